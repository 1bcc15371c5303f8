import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { removeTempFolders } from '../test/support/temp-folders.ts';
import { type Bench, type Measure, runMeasures } from './bench.ts';
import { root } from './gate.ts';
import { type Part, readKept, writeKept } from './kept.ts';
import { machine } from './machine.ts';
import { measures } from './measures.ts';
import { page, pageOf } from './page.ts';
import type { Row } from './row.ts';
import { explanations, type Section, textTable } from './table.ts';
import { findTools } from './tools.ts';

/** Measures, prints the table, stores it and writes docs/performance.md. False if a measurement failed. */
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
    const sections = await runMeasures(chosen, bench);
    console.log([textTable(sections), '', ...explanations(sections)].join('\n'));
    const parts = partsOf(sections, [...before, Object.values(tools.versions).join(', ')]);
    if (values.write !== undefined) writeFileSync(values.write, page(pageOf(parts)));
    else if (!values.quick) keep(parts);
    return sections.every(({ rows }) => rows.every(({ kind }) => kind !== 'broken'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    removeTempFolders();
  }
}

function partsOf(sections: readonly Section[], machine: readonly string[]): Readonly<Record<string, Part>> {
  const date = new Date().toISOString();
  return Object.fromEntries(sections.map(({ id, rows }) => [id, { date, machine: [...machine], rows: rows.map(copied) }]));
}

/** The page then has these in addition to earlier measurements. */
function keep(parts: Readonly<Record<string, Part>>): void {
  const kept = { ...readKept(), ...parts };
  writeKept(kept);
  writeFileSync(path.join(root, 'docs', 'performance.md'), page(pageOf(kept)));
}

const copied = (row: Row): Part['rows'][number] => (row.kind === 'measured' ? { ...row, profile: [...row.profile] } : row);

/** `c,d`: those measurements, in their own order. Throws for an unknown letter. */
export function choose(only: string | undefined): readonly Measure[] {
  if (only === undefined) return measures;
  const letters = only.split(',').map((letter) => letter.trim());
  const unknown = letters.find((letter) => !measures.some(({ id }) => id === letter));
  if (unknown !== undefined) {
    throw new Error(`--only: there is no measurement \`${unknown}\`; expected some of ${measures.map(({ id }) => id).join(',')}`);
  }
  return measures.filter(({ id }) => letters.includes(id));
}
