// Writes schemas/waivers.schema.json and the table of fields in docs/waivers.md from the zod schema that reads `.k8s-gate/waivers.yaml`.
// Reads lib/, so run tsc first. `--check` writes nothing and fails if a file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { fieldTable } from './report-schema.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { waiversSchema } = await import(path.join(root, 'lib/inputs/waivers/schema.js'));
const schema = {
  ...z.toJSONSchema(waiversSchema(), { target: 'draft-2020-12', io: 'input' }),
  title: 'k8s-gate waivers',
  description: '`.k8s-gate/waivers.yaml`',
};

const docsFile = 'docs/waivers.md';
const docs = readFileSync(path.join(root, docsFile), 'utf8');
const [begin, end] = ['<!-- begin fields: made by scripts/generate-waivers.mjs -->', '<!-- end fields -->'];
const [from, to] = [docs.indexOf(begin), docs.indexOf(end)];
if (from < 0 || to < from) throw new Error(`${docsFile}: the markers around the table of fields are missing`);

for (const [file, text] of Object.entries({
  'schemas/waivers.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
  [docsFile]: `${docs.slice(0, from + begin.length)}\n\n${fieldTable(schema, 'Required')}\n${docs.slice(to)}`,
})) {
  const target = path.join(root, file);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`${file} is stale: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
  }
}
