// Builds dist/ from src/: tsc, then one bundle for the action and one for the command. `--check` builds into a temporary
// folder and fails where the committed dist differs, so that what is reviewed is what runs.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes('--check');
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const run = (name, ...args) => execFileSync(bin(name), args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
const entries = { main: 'lib/main.js', cli: 'lib/cli.js' };

rmSync(path.join(root, 'lib'), { recursive: true, force: true });
run('tsc', '-p', 'tsconfig.json');
const out = check ? mkdtempSync(path.join(tmpdir(), 'k8s-gate-dist-')) : path.join(root, 'dist');
if (!check) rmSync(out, { recursive: true, force: true });
for (const [name, entry] of Object.entries(entries)) {
  run('ncc', 'build', entry, '--out', path.join(out, name), '--license', 'licenses.txt', '--no-cache', '--quiet');
}
// ncc leaves type declarations of the sources beside some bundles; they are of no use to a runner.
for (const name of Object.keys(entries)) {
  for (const file of readdirSync(path.join(out, name))) {
    if (!['index.js', 'package.json', 'licenses.txt'].includes(file) && !/^\d+\.index\.js$/.test(file))
      rmSync(path.join(out, name, file), { recursive: true });
  }
}

if (check) {
  const difference = firstDifference(out, path.join(root, 'dist'));
  rmSync(out, { recursive: true, force: true });
  if (difference !== undefined) {
    console.error(`dist is not what src builds: ${difference}. Run \`npm run build\` and commit dist.`);
    process.exit(1);
  }
  console.log('dist is what src builds');
} else {
  for (const name of Object.keys(entries))
    console.log(`dist/${name}/index.js ${statSync(path.join(out, name, 'index.js')).size} bytes`);
}

function firstDifference(built, committed) {
  if (!existsSync(committed)) return 'dist is missing';
  const names = new Set([...list(built), ...list(committed)]);
  for (const name of [...names].sort()) {
    const [a, b] = [path.join(built, name), path.join(committed, name)];
    if (!existsSync(a)) return `dist/${name} is left over`;
    if (!existsSync(b)) return `dist/${name} is missing`;
    if (!readFileSync(a).equals(readFileSync(b))) return `dist/${name} differs`;
  }
  return undefined;
}

function list(folder, prefix = '') {
  return readdirSync(path.join(folder, prefix), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? list(folder, path.join(prefix, entry.name)) : [path.join(prefix, entry.name)],
  );
}
