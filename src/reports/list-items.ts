import type { Finding } from '../model/finding.ts';
import { type GateError, troubleshootingUrl } from '../model/gate-error.ts';
import { groupBy } from '../model/group.ts';
import type { CoverageRow, EngineSummary, JudgedFinding } from '../model/verdict.ts';
import type { WaiverUse } from '../model/waiver.ts';
import { type Item, listItem } from './finding-list.ts';
import { basePlace, headPlace } from './github-links.ts';
import { code, link, prose } from './markdown.ts';
import { aboutOf, listed, proseWithCode, rulesOf } from './markdown-items.ts';
import type { PageContext } from './page-context.ts';
import { plural } from './text.ts';
import { type CoverageSummary, errorPlace, placeOf } from './view.ts';

export function errorItem(error: GateError, context: PageContext): string {
  const { message, expected, next, file, line } = error.details;
  const plain = errorPlace(error);
  const place = file !== undefined && line !== undefined ? headPlace({ file, line }, context) : plain && code(plain);
  return listItem([
    `**${error.code}** ${proseWithCode(message, 600)}`,
    place,
    expected === undefined ? undefined : `**Expected:** ${proseWithCode(expected, 400)}`,
    next === undefined ? undefined : `**Next:** ${proseWithCode(next, 400)}`,
    `**Help:** ${link(troubleshootingUrl(error.code))}`,
  ]);
}

export const allowedColumns = ['Severity', 'Rule', 'Finding', 'Where', 'What', 'Allowed by'];
export function allowedRow(judged: JudgedFinding, context: PageContext): string {
  const { finding } = judged;
  const [first] = finding.locations;
  const place = first === undefined ? code(placeOf(finding)) : headPlace(first, context);
  return row([
    finding.severity,
    rulesOf(finding, 2),
    proseWithCode(finding.title, 200),
    place,
    aboutOf(finding, 2),
    allowedBy(judged),
  ]);
}

function allowedBy({ decidedBy, waiver }: JudgedFinding): string {
  if (waiver !== undefined) return `waiver of ${prose(waiver.owner, 80)} until ${prose(waiver.expires, 20)}`;
  if (decidedBy === 'only-new') return 'not new';
  if (decidedBy === 'baseline') return 'baseline';
  return decidedBy === 'default' ? 'policy' : `policy of ${prose(decidedBy, 60)}`;
}

export const fixedColumns = ['Severity', 'Rule', 'Finding', 'Where it was', 'What'];
export function fixedRow(finding: Finding, context: PageContext): string {
  const [first] = finding.locations;
  const place = first === undefined ? code(placeOf(finding)) : basePlace(first, context);
  return row([finding.severity, rulesOf(finding, 2), proseWithCode(finding.title, 200), place, aboutOf(finding, 2)]);
}

/** A list item, because dates and paths would wrap in a table with this many columns. */
export function waiverItem({ waiver, status, findings, reason }: WaiverUse, context: PageContext): string {
  const state = { refused: '**refused**', expired: '**expired**', unused: 'unused', 'in-force': '' }[status];
  const facts = [
    `${code(waiver.rule, 120)} on ${code(waiver.target, 160)}`,
    status === 'in-force' ? `allows ${plural(findings, 'finding')}` : '',
    `until ${prose(waiver.expires, 20)}`,
    prose(waiver.owner, 80),
    basePlace(waiver, context),
  ];
  return listItem([
    `${state === '' ? '' : `${state} `}${facts.filter((fact) => fact !== '').join(' · ')}`,
    reason === undefined || status !== 'refused' ? undefined : `**Refused:** ${proseWithCode(reason, 300)}`,
    waiver.reason === '' ? undefined : `**Reason:** ${proseWithCode(waiver.reason, 300)}`,
  ]);
}

/** What was not evaluated for one reason. The coverage has all of it. */
export function notCoveredItem(group: CoverageSummary['notCovered']): string {
  const [first] = group;
  if (first === undefined) return '';
  const { row, why } = first;
  if (group.length === 1) {
    const from = row.source === undefined ? '' : ` from ${code(row.source)}`;
    return `- ${row.kind} ${code(row.label)}${from}: ${proseWithCode(why, 300)}\n`;
  }
  const names = listed(
    group.map(({ row: { label } }) => label),
    10,
    160,
  );
  return `- ${plural(group.length, row.kind)}: ${proseWithCode(why, 300)}: ${names}\n`;
}

export const coverageColumns = ['What', 'Name', 'Source', 'By engine'];
export function coverageItem({ kind, label, source, entries }: CoverageRow): string {
  const said = entries.slice(0, 12).map(({ engine, status, reason }) => {
    const mark = status === 'failed' ? '**failed**' : status;
    return `${prose(engine, 60)}: ${mark}${reason === undefined ? '' : ` (${proseWithCode(reason, 200)})`}`;
  });
  return row([kind, code(label, 200), source === undefined ? '' : code(source, 200), said.join('<br>') || '**not evaluated**']);
}

/** `Trivy 0.74.0 (database of 2026-11-20)` */
function engineItem({ title, version, status, reason, notes }: EngineSummary): string {
  const name = `${prose(title, 60)}${version === undefined || version.trim() === '' ? '' : ` ${code(version, 40)}`}`;
  if (status === 'failed') return `**${name} failed**${reason === undefined ? '' : `: ${proseWithCode(reason, 200)}`}`;
  const said = notes.slice(0, 2).map((note) => proseWithCode(note, 150));
  return said.length === 0 ? name : `${name} (${said.join('; ')})`;
}

/** Engines that ran, then skipped engines grouped by reason. */
export function engineItems(engines: readonly EngineSummary[]): readonly Item[] {
  const ran = engines.filter(({ status }) => status !== 'skipped');
  const groups = groupBy(
    engines.filter(({ status }) => status === 'skipped'),
    ({ reason }) => reason ?? '',
  );
  return [
    ...ran.map((engine) => ({ markdown: engineItem(engine), count: 1 })),
    ...[...groups].map(([reason, group]) => {
      const names = group.slice(0, 12).map(({ title }) => prose(title, 60));
      const more = group.length > names.length ? [`${group.length - names.length} more`] : [];
      const why = reason === '' ? '' : ` (${proseWithCode(reason, 200)})`;
      return { markdown: `not run: ${[...names, ...more].join(', ')}${why}`, count: group.length };
    }),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}
