// Writes schemas/config.schema.json and docs/configuration.md from the zod schemas that read `.k8s-gate.yaml`: the file's own and each
// engine's options. Reads lib/, so run tsc first. `--check` writes nothing and fails where a file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { fieldTable } from './report-schema.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { configSchema } = await import(path.join(root, 'lib/inputs/schema.js'));
const { engines } = await import(path.join(root, 'lib/engines/registry.js'));

const toSchema = (schema) => z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });
const schema = { ...toSchema(configSchema), title: 'k8s-gate configuration', description: '`.k8s-gate.yaml`' };
const options = engines.map((engine) => ({ engine, schema: toSchema(engine.options) }));
for (const { engine, schema: part } of options) {
  // A `$ref` counts from the root, so what an engine's part refers to has to stand there, by a name of its own.
  const { $schema, $defs = {}, ...own } = JSON.parse(JSON.stringify(part).replaceAll('#/$defs/', `#/$defs/${engine.id}-`));
  for (const [name, definition] of Object.entries($defs))
    schema.$defs = { ...schema.$defs, [`${engine.id}-${name}`]: definition };
  schema.properties.engines.properties[engine.id] = { description: engine.summary, anyOf: [{ type: 'boolean' }, own] };
}

const intro = `# Configuration: \`.k8s-gate.yaml\`

The file is optional and lies at the root of the repository. Unknown keys and wrong values are errors that name the line: a typo never
switches anything off. Editors with a YAML language server complete it with this first line:

\`\`\`yaml
# yaml-language-server: $schema=https://raw.githubusercontent.com/org/k8s-gate/v1/schemas/config.schema.json
version: 1
\`\`\`

\`k8s-gate init\` writes it. Where the editor reaches no public network, name the file in your copy of k8s-gate instead: a relative path will do.

This page and [the schema](../schemas/config.schema.json) are made by \`npm run generate\`.

## The file

`;
const engineText = ({ engine, schema: part }) =>
  `### ${engine.title}: \`engines.${engine.id}\`\n\n${engine.summary}\n\n${Object.keys(part.properties ?? {}).length === 0 ? 'No options.\n' : fieldTable(part, 'Required')}`;
const withoutEngines = {
  ...schema,
  properties: { ...schema.properties, engines: { type: 'object', description: schema.properties.engines.description } },
};
const docs = `${intro}${fieldTable(withoutEngines, 'Required')}\n## Engines\n\n\`false\` switches an engine off, which the report says.\n\n${options.map(engineText).join('\n')}`;

for (const [file, text] of Object.entries({
  'schemas/config.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
  'docs/configuration.md': docs,
})) {
  const target = path.join(root, file);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`${file} is stale: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
  }
}
