// Writes the inputs of action.yml from the table of options. Reads lib/, so run tsc first. `--check` writes nothing and fails if it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = path.join(root, 'action.yml');
const { optionEntries } = await import(path.join(root, 'lib/inputs/options/table.js'));

function description({ text, otherwise, type, key, input }) {
  const hasDefault = otherwise !== undefined && input.text === undefined && !input.default;
  const parts = [
    input.text ?? text,
    type === 'list' || type === 'files' ? 'One per line.' : undefined,
    type === 'boolean' ? 'Either true or false.' : undefined,
    input.note,
    hasDefault ? `Default: ${key === undefined ? '' : 'the value in the configuration, else '}${otherwise}.` : undefined,
  ];
  return parts.filter(Boolean).join(' ').replaceAll('`', '');
}

const inputs = Object.fromEntries(
  optionEntries.flatMap(([, option]) =>
    option.input === undefined
      ? []
      : [[option.input.name, { description: description(option), required: false, default: option.input.default ?? '' }]],
  ),
);
const text = readFileSync(file, 'utf8');
const [from, to] = [text.indexOf('inputs:\n'), text.indexOf('outputs:\n')];
const wanted = text.slice(0, from) + stringify({ inputs }, { lineWidth: 0, defaultStringType: 'PLAIN' }) + text.slice(to);
if (!process.argv.includes('--check')) writeFileSync(file, wanted);
else if (wanted !== text) {
  console.error('action.yml is stale: run `npm run generate` and commit it.');
  process.exitCode = 1;
}
