import { inParallel } from '../../src/model/concurrency.ts';
import { type Row, type RowResult, runRow } from './row.ts';

/** Runs rows, several at a time since most of them wait; `onDone` as each ends. Answers in the order given. */
export async function runTable(
  rows: readonly Row[],
  onDone: (result: RowResult) => void,
  atOnce = 8,
): Promise<readonly RowResult[]> {
  return inParallel(atOnce, rows, async (row) => {
    const result = await runRow(row);
    onDone(result);
    return result;
  });
}

/** `47 faults, 47 held, 0 false passes` */
export function summary(results: readonly RowResult[]): string {
  const held = results.filter((result) => result.problems.length === 0).length;
  const falsePasses = results.reduce((sum, result) => sum + result.falsePasses, 0);
  return `${results.length} faults, ${held} held, ${falsePasses} false passes`;
}
