// `npm run faults`: runs the fault table of test/faults, prints each row, and fails where one does not hold. `npm run faults -- TEXT` runs
// only the rows whose id matches. The rows are TypeScript: Node before 22.18 doesn't read that, so the types are taken off as they load.
import { register } from 'node:module';

register('./typescript-loader.mjs', import.meta.url);
const { main } = await import('../test/faults/main.ts');
process.exitCode = 1;
if (await main(new RegExp(process.argv[2] ?? ''))) process.exitCode = 0;
