// `npm run bench`: measures the gate beside other ways to the same answer, prints the table and writes docs/performance.md.
// `npm run bench -- --only c,d` measures parts anew, and the page keeps the others; `--quick` takes small inputs, to try the bench itself, and
// keeps nothing; `--write FILE` writes a page of this run alone there, and keeps nothing.
import { register } from 'node:module';

process.exitCode = 1;
// The bench is TypeScript, which Node reads from 22.18 on.
register('../scripts/typescript-loader.mjs', import.meta.url);
const { main } = await import('./main.ts');
if (await main(process.argv.slice(2))) process.exitCode = 0;
