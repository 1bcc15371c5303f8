import type { Part } from './kept.ts';
import { measures } from './measures.ts';
import { explanations, markdownTable, type Section } from './table.ts';

export interface Run {
  /** Letters of what was measured. */
  readonly ids: readonly string[];
  readonly date: string;
  readonly machine: readonly string[];
}

export interface Page {
  readonly sections: readonly Section[];
  readonly runs: readonly Run[];
}

/** What is kept, in the order of the measurements, and the runs that it is of. */
export function pageOf(kept: Readonly<Record<string, Part>>): Page {
  const runs = new Map<string, Run>();
  const sections = measures.flatMap(({ id, title, how }): readonly Section[] => {
    const part = kept[id];
    if (part === undefined) return [];
    const { date, machine, rows } = part;
    runs.set(date, { ids: [...(runs.get(date)?.ids ?? []), id], date, machine });
    return [{ id, title, how, rows }];
  });
  return { sections, runs: [...runs.values()] };
}

/** The text of docs/performance.md. */
export function page({ sections, runs }: Page): string {
  const notes = explanations(sections);
  return `# Performance

Written by \`npm run bench\`, which measures the gate beside other ways to the same answer, on generated manifests. Figures of another machine
differ; ratios less so, since both sides take turns. Run it on yours: \`npm run bench\`, or \`npm run bench -- --only c,d\` for parts.

${runs.map(({ ids, date, machine }) => [`* ${ids.join(', ')}: ${time(date)}`, ...machine.map((line) => `  * ${line}`)].join('\n')).join('\n')}

${markdownTable(sections)}

Figures are medians. \`x\` says how many times; of the rows without a target nothing was asked.

## What was missed, and what was not measured

${notes.length === 0 ? 'Nothing.' : `\`\`\`text\n${notes.join('\n')}\n\`\`\``}

## How each was measured

${sections.map(({ id, title, how }) => `* **(${id}) ${title}**: ${how}`).join('\n')}
`;
}

function time(date: string): string {
  return `${date.slice(0, 16).replace('T', ' ')} UTC`;
}
