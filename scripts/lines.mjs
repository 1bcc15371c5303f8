// `npm run lines [FOLDER]`: what the lines below a folder are, by default src, as a table in Markdown. Tests are not in `lines`.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

/** What one file has: imports, comments, blank lines, and the rest, which is code. */
function countsOf(file) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  if (file.endsWith('.test.ts')) return { tests: lines.length };
  const counts = { files: 1, lines: lines.length, imports: 0, comments: 0, blank: 0, code: 0 };
  let within;
  for (const line of lines) {
    within ??= /^\s*\/[/*]/.test(line)
      ? 'comments'
      : /^(?:import|export [^=({]*\{[^}]*$|export .* from)\b/.test(line)
        ? 'imports'
        : undefined;
    if (line.trim() === '') counts.blank += 1;
    else counts[within ?? 'code'] += 1;
    const isEnd = within === 'comments' ? /^\s*\/\/|\*\/\s*$/.test(line) : line.includes(" from '") || line.endsWith("';");
    if (isEnd) within = undefined;
  }
  return counts;
}

const columns = ['files', 'lines', 'code', 'imports', 'comments', 'blank', 'tests'];

function sum(all) {
  return Object.fromEntries(columns.map((column) => [column, all.reduce((total, one) => total + (one[column] ?? 0), 0)]));
}

function below(entry) {
  const absolute = path.join(root, entry);
  if (!statSync(absolute).isDirectory()) return entry.endsWith('.ts') && !entry.endsWith('.d.ts') ? [countsOf(absolute)] : [];
  return readdirSync(absolute).flatMap((name) => below(path.join(entry, name)));
}

const folder = (process.argv[2] ?? 'src').replace(/\/$/, '');
const entries = readdirSync(path.join(root, folder)).map((name) => path.join(folder, name));
const isFolder = (entry) => statSync(path.join(root, entry)).isDirectory();
const own = sum(entries.filter((entry) => !isFolder(entry)).flatMap(below));
const rows = [...entries.filter(isFolder).map((entry) => [`${entry}/`, sum(below(entry))]), [`files of ${folder}`, own]];
const all = [...rows.toSorted(([, a], [, b]) => b.lines - a.lines), ['all', sum(rows.map(([, counts]) => counts))]];
console.log(`| | ${columns.join(' | ')} |\n|---|${columns.map(() => '---:').join('|')}|`);
for (const [name, counts] of all.filter(([, { lines, tests }]) => lines + tests > 0))
  console.log(`| ${name} | ${columns.map((column) => counts[column].toLocaleString('en')).join(' | ')} |`);
