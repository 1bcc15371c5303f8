import { type Row, type RowResult, runRow } from './row.ts';

/** Runs rows, a few at a time; `onDone` as each ends. Answers in the order given. */
export async function runTable(
  rows: readonly Row[],
  onDone: (result: RowResult) => void,
  atOnce = 3,
): Promise<readonly RowResult[]> {
  const results: RowResult[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < rows.length; index = next++) {
      const row = rows[index];
      if (row === undefined) continue;
      const result = await runRow(row);
      results[index] = result;
      onDone(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** `47 faults, 47 held, 0 false passes` */
export function summary(results: readonly RowResult[]): string {
  const held = results.filter((result) => result.problems.length === 0).length;
  const falsePasses = results.reduce((sum, result) => sum + result.falsePasses, 0);
  return `${results.length} faults, ${held} held, ${falsePasses} false passes`;
}
