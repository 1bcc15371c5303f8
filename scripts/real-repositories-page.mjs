// The table of docs/real-repositories.md from the gate's JSON reports.
const markers = ['<!-- begin table: made by npm run real -->', '<!-- end table -->'];

/** The page with the rows between its markers. */
export function withRows(text, rows) {
  const [from, to] = [text.indexOf(markers[0]), text.indexOf(markers[1])];
  if (from < 0 || to < from) throw new Error('the page has no markers around the table');
  const made = [summary(rows), table(rows), ...rows.map(section)].join('\n\n');
  return `${text.slice(0, from + markers[0].length)}\n\n${made}\n\n${text.slice(to)}`;
}

function summary(rows) {
  const judged = rows.filter(({ report }) => report !== undefined && report.outcome !== 'error').length;
  const whole = rows.filter(({ report }) => report?.errors.length === 0).length;
  const versions = [...new Set(rows.flatMap(({ report }) => report?.tool.version ?? []))].join(', ');
  return (
    `k8s-gate ${versions}: ${judged} of ${rows.length} repositories get a verdict other than \`error\` ` +
    `(${Math.floor((100 * judged) / Math.max(rows.length, 1))} %); ${whole} have no error at all.`
  );
}

const head = ['repository', 'paths', 'verdict', 'resources', 'evaluated', 'block / warn / allow', 'errors', 'not evaluated'];

function table(rows) {
  const lines = rows.map(({ name, paths, end, report }) => {
    const where = paths.length === 0 ? 'all' : paths.map(code).join(', ');
    const link = `[${name}](#${anchor(name)})`;
    if (report === undefined) return [link, where, `none: ${end}`, '', '', '', '', ''];
    const { outcome, totals, counts, errors } = report;
    const evaluated = resources(report).filter(isEvaluated).length;
    const actions = `${counts.block} / ${counts.warn} / ${counts.allow}`;
    return [link, where, outcome, totals.resources, evaluated, actions, errors.length, shortly(report)];
  });
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const shortly = (report) =>
  [
    plural(gapsOf(report).length, 'gap'),
    plural(resources(report).filter((row) => !isEvaluated(row)).length, 'resource'),
    plural(report.coverage.filter((row) => row.kind === 'image' && !isEvaluated(row)).length, 'image'),
    plural(left(report).length, 'file'),
  ]
    .filter((part) => !part.startsWith('0 '))
    .join(', ');

function section({ name, commit, kind, left: lacking, report }) {
  const lines = [`### ${name}`, '', `${kind}. Commit [\`${commit.slice(0, 12)}\`](https://github.com/${name}/tree/${commit}).`];
  if (lacking.length > 0) lines.push('', `Not in the copy that was evaluated: ${some(lacking.map(code), 8)}.`);
  if (report === undefined) return lines.join('\n');
  const lists = [
    ['Errors', report.errors.map((error) => ({ ...error, about: `${error.code}: ${error.message}` }))],
    ['Not evaluated, and reported as a warning', gapsOf(report).map(asGap)],
    ['Not evaluated', unseen(report)],
    ['Skipped', left(report)],
  ];
  for (const [title, entries] of lists) {
    if (entries.length > 0) lines.push('', `${title}:`, '', ...grouped(entries));
  }
  return lines.join('\n');
}

const resources = (report) => report.coverage.filter(({ kind }) => kind === 'resource');
const isEvaluated = ({ entries }) => entries.some(({ status }) => status === 'evaluated');
const gapsOf = (report) => report.findings.filter(({ engine, rule }) => engine === 'gate' && rule === 'not-evaluated');
const asGap = ({ title, detail, locations: [place], fix }) => ({
  about: detail ?? title,
  file: place?.file,
  line: place?.line,
  next: fix?.text,
});

/** Resources and images that no engine evaluated, by the reason of the engine. Where an engine failed, that is a fault. */
function unseen({ coverage }) {
  const isUnseen = (row) => !isEvaluated(row) && !row.entries.some(({ status }) => status === 'failed');
  const rows = coverage.filter((row) => (row.kind === 'resource' || row.kind === 'image') && isUnseen(row));
  return rows.map(({ kind, label, entries }) => {
    const [entry] = entries;
    const why = entry?.reason ?? (kind === 'image' ? 'no engine that scans images ran' : 'no engine ran');
    return { about: `${kind}: ${why}`, name: kind === 'resource' ? label.split(' ')[0] : undefined };
  });
}

/** Files that were read, or not, and gave nothing to judge. What is rendered as part of something else is judged there. */
function left({ coverage }) {
  const rows = coverage.filter((row) => row.kind === 'file' && row.entries.some(({ status }) => status === 'skipped'));
  return rows
    .map(({ label, entries: [{ engine, reason = '' }] }) => ({ about: `${engine}: ${reason}`, file: label }))
    .filter(({ about }) => !about.includes(': rendered as part of '));
}

/** Entries of one kind in one line: how many, an example, and what to do. */
function grouped(entries) {
  const groups = new Map();
  for (const entry of entries) groups.set(general(entry.about), [...(groups.get(general(entry.about)) ?? []), entry]);
  const sorted = [...groups.values()].sort((a, b) => b.length - a.length);
  const lines = sorted.slice(0, most).map((group) => `* ${group.length} × ${line(group)}`);
  return sorted.length <= most ? lines : [...lines, `* and ${plural(sorted.length - most, 'other kind')}`];
}
const most = 12;

function line(group) {
  const [{ about, file, line: at, next }] = group;
  const names = group.length === 1 ? [] : tally(group.flatMap(({ name }) => name ?? []));
  const example = group.length === 1 ? '' : 'such as ';
  const place = file === undefined ? '' : ` (${example}${code(at === undefined ? file : `${file}:${at}`)})`;
  const what = names.length === 0 ? plain(about) : `${plain(about)}: ${some(names, 8)}`;
  const end = `${what}${place}`;
  return `${end}${/[.!?]$/.test(end) ? '' : '.'}${next === undefined ? '' : ` ${plain(next)}`}`;
}

function tally(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`);
}

/** Two messages that differ in names and figures only are of one kind. */
const general = (message) => message.replaceAll(/`[^`]*`|"[^"]*"|'[^']*'/g, '…').replaceAll(/\S*[\d/]\S*/g, '…');
const plain = (message) =>
  message.replaceAll(/\s+/g, ' ').trim().slice(0, 300).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('|', '\\|');
const code = (message) => `\`${message.replaceAll(/[`|\s]+/g, ' ')}\``;
const some = (list, count) => (list.length <= count ? list : [...list.slice(0, count), `${list.length - count} more`]).join(', ');
const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;
const anchor = (name) => name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '');
