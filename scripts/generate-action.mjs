// Writes the inputs of action.yml, and action-types.yml, from the table of options. Reads lib/, so run tsc first. `--check` writes nothing and fails if it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = path.join(root, 'action.yml');
const { optionEntries } = await import(path.join(root, 'lib/inputs/options/table.js'));
const { gateModes } = await import(path.join(root, 'lib/inputs/event-safety.js'));
const { outcomes } = await import(path.join(root, 'lib/model/verdict.js'));

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
write(file, text.slice(0, from) + stringify({ inputs }, { lineWidth: 0, defaultStringType: 'PLAIN' }) + text.slice(to));
write(
  path.join(root, 'action-types.yml'),
  `# Types of the inputs and outputs of action.yml, for tools that check workflows or generate them from code; npm run generate writes it:
# https://github.com/typesafegithub/github-actions-typing
${stringify({ inputs: inputTypes(), outputs: outputTypes() }, { blockQuote: false })}`,
);

function inputTypes() {
  const types = { boolean: 'boolean', count: 'integer', list: 'list', files: 'list' };
  return Object.fromEntries(
    optionEntries.flatMap(([, { input, type }]) => (input === undefined ? [] : [[input.name, typing(input, types[type])]])),
  );
}

function typing({ name }, type = 'string') {
  if (name === 'mode') return { type: 'enum', 'allowed-values': [...gateModes] };
  return type === 'list' ? { type, separator: '\n', 'list-item': { type: 'string' } } : { type };
}

function outputTypes() {
  const counts = ['blocked', 'warned', 'allowed', 'new', 'fixed'];
  const typeOf = (name) =>
    name === 'verdict'
      ? { type: 'enum', 'allowed-values': [...outcomes] }
      : { type: counts.includes(name) ? 'integer' : 'string' };
  return Object.fromEntries(Object.keys(parse(text).outputs).map((name) => [name, typeOf(name)]));
}

function write(target, wanted) {
  if (!process.argv.includes('--check')) writeFileSync(target, wanted);
  else if (wanted !== readFileSync(target, 'utf8')) {
    console.error(`${path.basename(target)} is stale: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
  }
}
