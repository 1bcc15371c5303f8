import { removeTempFolders } from '../support/temp-folders.ts';
import { rows } from './rows.ts';
import { runTable, summary } from './table.ts';

const fewest = 40;

/** Prints each row as it ends; false where one did not hold or there are too few. */
export async function main(only: RegExp): Promise<boolean> {
  const chosen = rows.filter((row) => only.test(row.id));
  const able = chosen.filter((row) => row.missing === undefined);
  for (const row of chosen.filter((one) => one.missing !== undefined)) console.log(`skip  ${row.fault} (${row.missing})`);
  const results = await runTable(able, ({ row, problems, durationMs }) => {
    console.log(
      `${problems.length === 0 ? 'held' : 'FAIL'}  ${row.fault} -> ${row.expects} (${(durationMs / 1000).toFixed(1)} s)`,
    );
    for (const problem of problems) console.log(`      ${problem}`);
  });
  removeTempFolders();
  console.log(summary(results));
  return results.length >= fewest && results.every((result) => result.problems.length === 0 && result.falsePasses === 0);
}
