// `npm run bench`: measures the gate beside other ways to the same answer, prints the table and writes docs/performance.md.
// `npm run bench -- --only c,d` runs parts and writes nothing; `--quick` takes small inputs, to try the bench itself; `--write FILE` writes there.
import { register } from 'node:module';

process.exitCode = 1;
// The bench is TypeScript, which Node reads from 22.18 on.
register('../scripts/typescript-loader.mjs', import.meta.url);
const { main } = await import('./main.ts');
if (await main(process.argv.slice(2))) process.exitCode = 0;
