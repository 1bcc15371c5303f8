// `npm run generate`: writes every committed file that is generated from another one. `--check` writes nothing and fails if a file is stale.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = (file, args = []) =>
  execFileSync(process.execPath, [path.join(root, file), ...args], { cwd: root, stdio: 'inherit' });

run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json']);
const scripts = ['schemas', 'action', 'config', 'waivers', 'policies', 'reference', 'compliance'];
for (const script of scripts.map((name) => `generate-${name}.mjs`)) run(path.join('scripts', script), process.argv.slice(2));
