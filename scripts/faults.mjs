// `npm run faults`: injects each fault of the table in test/faults, prints the row, and fails if one does not hold. `npm run faults -- TEXT` runs only
// rows whose id matches; `npm run faults -- --write-docs` writes docs/faults.md instead.
import { writeFileSync } from 'node:fs';
import { register } from 'node:module';
import path from 'node:path';

process.exitCode = 1;
// The rows are TypeScript, which Node reads from 22.18 on.
register('./typescript-loader.mjs', import.meta.url);
const given = process.argv[2] ?? '';
if (given === '--write-docs') {
  const [{ documentation }, { rows }] = [await import('../test/faults/docs.ts'), await import('../test/faults/rows.ts')];
  writeFileSync(path.join(import.meta.dirname, '../docs/faults.md'), documentation(rows));
  process.exitCode = 0;
} else {
  const { main } = await import('../test/faults/main.ts');
  // The registry that rows share runs until this process ends.
  process.exit((await main(new RegExp(given))) ? 0 : 1);
}
