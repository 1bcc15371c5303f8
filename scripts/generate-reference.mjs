// Writes the tables of inputs and outputs in docs/reference.md from action.yml. `--check` writes nothing and fails if they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { cell } from './report-schema.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = path.join(root, 'docs', 'reference.md');
const { inputs, outputs } = parse(readFileSync(path.join(root, 'action.yml'), 'utf8'));
const code = (text) => (text === '' ? '' : `\`${text}\``);
const table = (head, rows) => `${[head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`;
const tables = {
  inputs: table(
    ['Input', 'Default', 'Meaning'],
    Object.entries(inputs).map(([name, input]) => [code(name), code(input.default), cell(input.description)]),
  ),
  outputs: table(
    ['Output', 'Meaning'],
    Object.entries(outputs).map(([name, output]) => [code(name), cell(output.description)]),
  ),
};

const text = readFileSync(file, 'utf8');
let wanted = text;
for (const [name, rows] of Object.entries(tables)) {
  const [begin, end] = [`<!-- begin ${name}: generated from action.yml by npm run generate -->`, `<!-- end ${name} -->`];
  const [from, to] = [wanted.indexOf(begin), wanted.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/reference.md: the markers around the table of ${name} are missing`);
  wanted = `${wanted.slice(0, from + begin.length)}\n\n${rows}\n${wanted.slice(to)}`;
}
if (!process.argv.includes('--check')) writeFileSync(file, wanted);
else if (wanted !== text) {
  console.error('docs/reference.md is stale: run `npm run generate` and commit it.');
  process.exitCode = 1;
}
