// `npm run demo`: checks examples/shop as the check of a pull request would. The shop is meant to be blocked, so a block is the demo's
// success. Only the engines in process run, which need nothing but the renderers; these are installed on the first run. No results are cached or
// reused: what it prints is docs/transcript.md, on the second run as on the first.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const shop = path.join(root, 'examples', 'shop');
const args = ['check', '--workspace', shop, '--engines', 'schema,cel', '--no-cache', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, [path.join(root, 'dist', 'cli', 'index.js'), ...args], { stdio: 'inherit' });
if (status === 1) {
  console.log('\nBlocked, as it should be. `node dist/cli/index.js check --help` explains how to check your own repository.');
} else {
  console.error(`\nThe demo was to be blocked (exit code 1), and ended with exit code ${status}.`);
}
process.exitCode = status === 1 ? 0 : 1;
