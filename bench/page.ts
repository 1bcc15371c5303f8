import { explanations, markdownTable, type Section } from './table.ts';

export interface Page {
  readonly sections: readonly Section[];
  readonly machine: readonly string[];
  readonly versions: readonly string[];
  readonly date: Date;
  readonly tookMs: number;
}

/** The text of docs/performance.md. */
export function page({ sections, machine, versions, date, tookMs }: Page): string {
  const notes = explanations(sections);
  return `# Performance

Written by \`npm run bench\`, which measures the gate beside other ways to the same answer, on generated manifests. Figures of another machine
differ; ratios less so, since both sides take turns. Run it on yours: \`npm run bench\`, or \`npm run bench -- --only c,d\` for parts.

* ${[date.toISOString().slice(0, 16).replace('T', ' ').concat(' UTC'), ...machine].join('\n* ')}
* ${versions.length === 0 ? 'no engine' : versions.join(', ')}
* the run took ${(tookMs / 60_000).toFixed(1)} minutes

${markdownTable(sections)}

Figures are medians. \`x\` says how many times; of the rows without a target nothing was asked.

## What was missed, and what was not measured

${notes.length === 0 ? 'Nothing.' : `\`\`\`text\n${notes.join('\n')}\n\`\`\``}

## How each was measured

${sections.map(({ id, title, how }) => `* **(${id}) ${title}**: ${how}`).join('\n')}
`;
}
