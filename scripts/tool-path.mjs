// Prints the path of an installed tool: `node scripts/tool-path.mjs actionlint`.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'cli', 'index.js');
const table = execFileSync(process.execPath, [cli, 'engines', 'install', process.argv[2] ?? ''], { encoding: 'utf8' });
// TOOL VERSION STATE WHERE
const where = table
  .trim()
  .split('\n')[1]
  ?.split(/\s{2,}/)[3];
if (where === undefined) throw new Error(table);
console.log(where);
