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
const unused = `## Settings that apply to nothing

A file under a name that the gate does not read is an error that names both: \`.k8s-gate.yml\`, \`k8s-gate.yaml\`, \`.github/k8s-gate.yaml\`,
\`.k8s-gate/waivers.yml\`, \`.k8s-gate/policy/\`. So are an unknown engine, tool (\`--tool trvy=/usr/bin/trivy\`) or environment, and \`--only-new\`
without \`--base\`. A change that renames or removes such a file is judged as usual; one that adds it gets a finding \`gate/config-broken\`.

A setting that is read and applies to nothing is a finding \`gate/setting-unused\` at its line. It has the severity \`unknown\`, which warns by default,
where the gate may judge less strictly than it reads, and \`low\` where nothing that is judged depends on it.

| Setting | Severity |
| --- | --- |
| An environment that matches no resource | \`unknown\`; \`low\` where the change removes its files |
| A path of an environment that matches no file; a namespace of one that is nearly the name of another | \`unknown\` |
| A glob of \`exclude\` that matches no file | \`low\` |
| A policy of your own that is about no resource | \`unknown\` where it names nearly a kind or group that exists (\`deployment\` for \`deployments\`), else \`low\` |
| A file among the policies that holds none, or another file in \`.k8s-gate/\` that nothing reads | \`unknown\` |
| \`.k8s-gate.yaml\` in a folder below | \`low\` |
| A waiver of a rule that the CEL policies, KubeLinter or Kyverno don't have, or of an environment that does not exist | \`unknown\` |
| Rules that \`engines.kube-linter\` names and KubeLinter does not have | \`unknown\` |
| \`engines.kyverno.namespaces\`, \`images.sources\`, \`images.paths\`: nothing of that name | \`unknown\` where one is nearly named so, else \`low\` |
| \`images.paths\` without an image in any resource of the kind | \`unknown\` |

A run of a part of the repository (paths, exclusions or an environment given to the action or the command) does not report what only the rest uses. Rules
of Trivy, OPA, kube-bench and SARIF files are not known without a run, so that waivers of them are not checked: the JSON report lists waivers that were
not used.

`;
const docs = `${intro}${fieldTable(withoutEngines, 'Required')}\n${unused}## Engines\n\n\`false\` switches an engine off, which the report says.\n\n${options.map(engineText).join('\n')}`;

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
