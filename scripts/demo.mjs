// `npm run demo`: judges examples/shop as a pull request's check would. The shop is there to be blocked, so a block is the demo's
// success. Only the CEL pack judges: it needs nothing but the renderers, which are installed at the first run. No results are kept or
// used: what it prints is the transcript in README.md, at the second run as at the first.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const shop = path.join(root, 'examples', 'shop');
const args = ['check', '--workspace', shop, '--engines', 'cel', '--no-cache', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, [path.join(root, 'dist', 'cli', 'index.js'), ...args], { stdio: 'inherit' });
if (status === 1) {
  console.log('\nBlocked, as it should be. `node dist/cli/index.js check --help` says how to judge your own repository.');
} else {
  console.error(`\nThe demo was to be blocked (exit code 1), and ended with exit code ${status}.`);
}
process.exitCode = status === 1 ? 0 : 1;
