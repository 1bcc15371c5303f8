import type { BaselineEntry } from '../../model/baseline.ts';

const head = `# yaml-language-server: $schema=https://raw.githubusercontent.com/org/k8s-gate/v1/schemas/baseline.schema.json
# Existing findings that do not block: see docs/baseline.md of k8s-gate. Written by \`k8s-gate baseline\`; \`--prune\` removes what is fixed.
version: 1
findings:
`;

/** The file, sorted so that a later run changes few lines. Names of the repository are quoted as in JSON, which YAML reads the same. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  const sorted = entries.map((entry) => [keyOf(entry), entry] as const).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.length === 0
    ? head.replace('findings:\n', 'findings: []\n')
    : head + sorted.map(([, entry]) => textOf(entry)).join('');
}

function keyOf({ file = '', rule, resources, fingerprints }: BaselineEntry): string {
  return JSON.stringify([file, rule, resources, fingerprints]);
}

function textOf({ rule, severity, resources, file, environments, fingerprints, added, expires }: BaselineEntry): string {
  const lines = [
    `- rule: ${JSON.stringify(rule)}`,
    `  severity: ${severity}`,
    ...(resources.length === 0 ? [] : [`  resources: ${list(resources)}`]),
    ...(file === undefined ? [] : [`  file: ${JSON.stringify(file)}`]),
    ...(environments.length === 0 ? [] : [`  environments: ${list(environments)}`]),
    `  fingerprints: ${list(fingerprints)}`,
    `  added: ${added}`,
    ...(expires === undefined ? [] : [`  expires: ${expires}`]),
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

/** Numbers in hex may look like others: `1e10`. */
function list(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
}
