import type { Row } from './row.ts';

const head = `# Faults

What goes wrong around the gate, and what it then says. \`npm run faults\` plays every row against the real gate, on a repository that is clean and
on one that must block; \`test/faults\` does the same in CI. This page is made from the rows: \`npm run faults -- --write-docs\`.

* **error**: evidence is gone. The verdict is \`error\`; where a finding that blocks was made all the same, \`block\` with the error beside it.
* **true**: nothing is gone. The verdict is what it would be without the fault.
* **true or error**: either, as it happens.

Under none of them is it \`pass\` or \`warn\` where something blocks, or where something was not looked at.

## What this can't show

An engine that leaves out one complaint and is otherwise whole says the same as an engine that found nothing. What is planted in each run
(a resource that must be refused, per engine and batch) tells a broken engine from a working one, and counts that an engine gives are held
against its lists (Kyverno's summary, Trivy's failed checks, kube-bench's totals). KubeLinter, OPA and Trivy's vulnerabilities have no such
count. Against an engine that lies on purpose stand the hashes of [tools.lock.json](../tools.lock.json), not this table.
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
