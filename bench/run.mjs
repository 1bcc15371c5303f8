// `npm run bench`: compares the gate with other ways to get the same result, prints the table and writes docs/performance.md.
// `npm run bench -- --only c,d` measures parts again, and the page keeps the others; `--quick` uses small inputs, to try the bench itself, and
// stores nothing; `--write FILE` writes a page of this run only, and stores nothing.
import { register } from 'node:module';

process.exitCode = 1;
// The bench is TypeScript, which Node reads from 22.18 on.
register('../scripts/typescript-loader.mjs', import.meta.url);
const { main } = await import('./main.ts');
if (await main(process.argv.slice(2))) process.exitCode = 0;
