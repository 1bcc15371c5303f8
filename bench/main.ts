import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { removeTempFolders } from '../test/support/temp-folders.ts';
import { type Bench, type Measure, runMeasures } from './bench.ts';
import { root } from './gate.ts';
import { machine } from './machine.ts';
import { measures } from './measures.ts';
import { page } from './page.ts';
import { explanations, textTable } from './table.ts';
import { findTools } from './tools.ts';

/** Measures, prints the table, and writes docs/performance.md after a full run. False where a measurement broke. */
export async function main(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, quick: { type: 'boolean', default: false }, write: { type: 'string' } },
  });
  const chosen = choose(values.only);
  const folder = mkdtempSync(path.join(tmpdir(), 'k8s-gate-bench-'));
  try {
    const tools = await findTools();
    const bench: Bench = { quick: values.quick, folder, tools, say: (text) => console.error(text) };
    const before = machine(root);
    const started = performance.now();
    const sections = await runMeasures(chosen, bench);
    console.log([textTable(sections), '', ...explanations(sections)].join('\n'));
    const full = values.only === undefined && !values.quick;
    const file = values.write ?? (full ? path.join(root, 'docs', 'performance.md') : undefined);
    const versions = Object.values(tools.versions);
    if (file !== undefined) {
      writeFileSync(file, page({ sections, machine: before, versions, date: new Date(), tookMs: performance.now() - started }));
    }
    return sections.every(({ rows }) => rows.every(({ kind }) => kind !== 'broken'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    removeTempFolders();
  }
}

/** `c,d`: those measurements, in their own order. Throws for a letter that is none. */
export function choose(only: string | undefined): readonly Measure[] {
  if (only === undefined) return measures;
  const letters = only.split(',').map((letter) => letter.trim());
  const unknown = letters.find((letter) => !measures.some(({ id }) => id === letter));
  if (unknown !== undefined) {
    throw new Error(`--only: there is no measurement \`${unknown}\`; expected some of ${measures.map(({ id }) => id).join(',')}`);
  }
  return measures.filter(({ id }) => letters.includes(id));
}
