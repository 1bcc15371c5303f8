import type { Row } from './row.ts';

const head = `# Faults

Faults around the gate, and the resulting verdict. \`npm run faults\` injects each of them into a run of the real gate, on a repository that is clean
and on one that must block; \`test/faults\` does the same in CI. This page is generated from the rows: \`npm run faults -- --write-docs\`.

* **error**: evidence is missing. The verdict is \`error\`, or, if a blocking finding was still made, \`block\` together with the error.
* **true**: nothing is missing. The verdict is what it would be without the fault.
* **true or error**: either of them.

In no case is it \`pass\` or \`warn\` if something blocks, or if something was not evaluated.

## What this cannot show

An engine that omits one finding but otherwise works cannot be distinguished from an engine that found nothing. The defect that is planted in each run
(a resource that must be refused, per engine and batch) reveals a broken engine, and totals that an engine reports are compared
with its lists (Kyverno's summary, Trivy's failed checks, kube-bench's totals). KubeLinter, OPA and Trivy's vulnerabilities have no such
total. Against a manipulated engine the hashes in [tools.lock.json](../tools.lock.json) protect, not this table.
`;

/** The text of docs/faults.md. */
export function documentation(rows: readonly Row[]): string {
  const areas = [...new Set(rows.map((row) => row.area))];
  const sections = areas.map((area) => {
    const lines = rows.filter((row) => row.area === area).map((row) => `| ${cell(row.fault)} | ${row.expects} |`);
    return `## ${area.charAt(0).toUpperCase()}${area.slice(1)}\n\n| fault | verdict |\n|---|---|\n${lines.join('\n')}\n`;
  });
  return [head, ...sections].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
