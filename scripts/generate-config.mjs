// Writes schemas/config.schema.json and docs/configuration.md from the zod schemas that read `.k8s-gate.yaml`: the file's own and each
// engine's options; and the schemas of an organization's file, which has the same keys, and of the baseline file. Reads lib/, so run tsc first. `--check` writes nothing and fails if a file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { fieldTable } from './report-schema.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { configSchema } = await import(path.join(root, 'lib/inputs/schema.js'));
const { organizationSchema } = await import(path.join(root, 'lib/inputs/organization/schema.js'));
const { baselineSchema } = await import(path.join(root, 'lib/inputs/baseline/schema.js'));
const { engines } = await import(path.join(root, 'lib/engines/registry.js'));

const toSchema = (schema) => z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });
const options = engines.map((engine) => ({ engine, schema: toSchema(engine.options) }));
const schema = withEngines(configSchema(), 'k8s-gate configuration', '`.k8s-gate.yaml`');
const organization = withEngines(organizationSchema(), 'k8s-gate settings of an organization', 'The file that `extends` names.');
const baseline = { ...toSchema(baselineSchema()), title: 'k8s-gate baseline', description: '`.k8s-gate/baseline.yaml`' };

function withEngines(keys, title, description) {
  const whole = { ...toSchema(keys), title, description };
  for (const { engine, schema: part } of options) {
    // A `$ref` is relative to the root, so definitions of an engine's part must be there, under their own names.
    const { $schema, $defs = {}, ...own } = JSON.parse(JSON.stringify(part).replaceAll('#/$defs/', `#/$defs/${engine.id}-`));
    for (const [name, definition] of Object.entries($defs))
      whole.$defs = { ...whole.$defs, [`${engine.id}-${name}`]: definition };
    whole.properties.engines.properties[engine.id] = { description: engine.summary, anyOf: [{ type: 'boolean' }, own] };
  }
  return whole;
}

const intro = `# Configuration: \`.k8s-gate.yaml\`

All settings are optional, and so is the file, which is at the root of the repository. An unknown key or invalid value is an error with its line, so a typo
never switches anything off. With this first line, editors with a YAML language server validate and complete the file:

\`\`\`yaml
# yaml-language-server: $schema=https://raw.githubusercontent.com/org/k8s-gate/v1/schemas/config.schema.json
version: 1
\`\`\`

\`k8s-gate init\` writes the file with this line. Without public network access, use a relative path to the schema in your copy of k8s-gate.

## The file

`;
const engineText = ({ engine, schema: part }) =>
  `### ${engine.title}: \`engines.${engine.id}\`\n\n${engine.summary}\n\n${Object.keys(part.properties ?? {}).length === 0 ? 'No options.\n' : fieldTable(part, 'Required')}`;
const withoutEngines = {
  ...schema,
  properties: { ...schema.properties, engines: { type: 'object', description: schema.properties.engines.description } },
};
const unused = `## Settings that apply to nothing

A setting that has no effect must not go unnoticed.

**Errors**: a file with a misspelled name (\`.k8s-gate.yml\`, \`k8s-gate.yaml\`, \`.github/k8s-gate.yaml\`, \`.k8s-gate/waivers.yml\`, \`.k8s-gate/policy/\`), an unknown
engine, tool (\`--tool trvy=/usr/bin/trivy\`) or environment, and \`--only-new\` without \`--base\`. If only the change adds such a file, it is a finding
\`gate/config-broken\`.

**Findings** \`gate/setting-unused\`, at the line of the setting: everything in the following table. The severity is \`unknown\`, which warns by default, if the gate may be less
strict than the setting suggests, and \`low\` otherwise.

| Setting | Severity |
| --- | --- |
| An environment that matches no resource | \`unknown\`; \`low\` if the change removes its files |
| A path of an environment that matches no file; a namespace of an environment that resembles an existing one | \`unknown\` |
| A glob of \`exclude\` that matches no file | \`low\` |
| A policy of your own that applies to no resource | \`unknown\` if it resembles an existing kind or group (\`deployment\` for \`deployments\`), otherwise \`low\` |
| A file without a policy in a policy folder, or an unused file in \`.k8s-gate/\` | \`unknown\` |
| \`.k8s-gate.yaml\` in a subfolder | \`low\` |
| A waiver of a rule that the CEL policies, KubeLinter, Kyverno or Gatekeeper do not have, or for an environment that does not exist | \`unknown\` |
| A rule in \`engines.kube-linter\` that KubeLinter does not have | \`unknown\` |
| \`engines.kyverno.namespaces\`, \`engines.gatekeeper.namespaces\`, \`images.sources\`, \`images.paths\`: a name that does not exist | \`unknown\` if there is a similar name, otherwise \`low\` |
| \`images.paths\` without an image in any resource of the kind | \`unknown\` |

A run on part of the repository (paths, exclusions or an environment as inputs or flags) does not report settings that apply only to the rest. The rules of Trivy, OPA,
kube-bench and SARIF files are only known after a run, so waivers for them are not checked; the JSON report lists unused waivers.

`;
const docs = `<!-- Generated by scripts/generate-config.mjs from the schemas in src. -->
${intro}${fieldTable(withoutEngines, 'Required')}\n${unused}## Engines\n\n\`false\` turns an engine off, which the report shows.\n\n${options.map(engineText).join('\n')}`;

for (const [file, text] of Object.entries({
  'schemas/config.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
  'schemas/organization.schema.json': `${JSON.stringify(organization, null, 2)}\n`,
  'schemas/baseline.schema.json': `${JSON.stringify(baseline, null, 2)}\n`,
  'docs/configuration.md': docs,
})) {
  const target = path.join(root, file);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`${file} is stale: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
  }
}
