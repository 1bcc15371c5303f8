import type { Part } from './kept.ts';
import { measures } from './measures.ts';
import { explanations, markdownTable, type Section } from './table.ts';

export interface Run {
  /** Letters of the measurements. */
  readonly ids: readonly string[];
  readonly date: string;
  readonly machine: readonly string[];
}

export interface Page {
  readonly sections: readonly Section[];
  readonly runs: readonly Run[];
}

/** The stored results, in the order of the measurements, and the runs that produced them. */
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

Written by \`npm run bench\`, which compares the gate with other ways to get the same result, on generated manifests. Figures differ on other
machines; ratios differ less, because both sides run alternately. Run it on yours: \`npm run bench\`, or \`npm run bench -- --only c,d\` for parts.

${runs.map(({ ids, date, machine }) => [`* ${ids.join(', ')}: ${time(date)}`, ...machine.map((line) => `  * ${line}`)].join('\n')).join('\n')}

${markdownTable(sections)}

Figures are medians. \`x\` is a factor. Rows without a target are for information only.

## Missed targets, and what was not measured

${notes.length === 0 ? 'Nothing.' : `\`\`\`text\n${notes.join('\n')}\n\`\`\``}

## How each was measured

${sections.map(({ id, title, how }) => `* **(${id}) ${title}**: ${how}`).join('\n')}
`;
}

function time(date: string): string {
  return `${date.slice(0, 16).replace('T', ' ')} UTC`;
}
