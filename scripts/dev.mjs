// `npm run dev -- check …`: the command of src/cli.ts, without a build. To run it in another folder: `node <this file> check …` there.
import { register } from 'node:module';
import path from 'node:path';

// Node reads TypeScript itself from 22.18 on, and faster.
if (!process.features.typescript) register('./typescript-loader.mjs', import.meta.url);
// Where the gate looks for its policies and tools.
process.argv[1] = path.join(import.meta.dirname, '../src/cli.ts');
await import('../src/cli.ts');
