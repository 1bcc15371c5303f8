// Writes what `npm run demo` prints into docs/transcript.md, without times, and what `k8s-gate diff` prints about a change of examples/shop into
// docs/rendered-diff.md. `--check` writes nothing and fails if a page differs. `--cli FILE` runs another build of the command.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { check, cli } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    cli: { type: 'string', default: path.join(root, 'dist', 'cli', 'index.js') },
  },
}).values;
const env = { ...process.env, NO_COLOR: '1' };
const node = (args, options) => execFileSync(process.execPath, args, { encoding: 'utf8', env, ...options });

const pages = [
  {
    name: 'docs/transcript.md',
    prints: 'what the demo prints',
    command: 'npm run demo',
    print: () => node([path.join(root, 'scripts', 'demo.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] }),
  },
  { name: 'docs/rendered-diff.md', prints: 'what `k8s-gate diff` prints', command: 'k8s-gate diff', print: printDiff },
];

/** For two values that are changed after a commit of the shop. */
function printDiff() {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8s-gate-shop-'));
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=demo', '-c', 'user.email=demo@example.com', '-c', 'commit.gpgsign=false', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
  try {
    cpSync(path.join(root, 'examples', 'shop'), folder, { recursive: true });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'The shop');
    const values = path.join(folder, 'charts', 'cart', 'values-production.yaml');
    const changed = readFileSync(values, 'utf8')
      .replace('replicas: 3', 'replicas: 4')
      .replace('add: [NET_ADMIN]', 'add: [NET_ADMIN, SYS_ADMIN]');
    writeFileSync(values, changed);
    return node([path.resolve(cli), 'diff', '--no-cache'], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const { name, prints, command, print } of pages) {
  const page = path.join(root, name);
  const [begin, end] = [`<!-- begin transcript: ${command} -->`, '<!-- end transcript -->'];
  const timeless = print()
    .replaceAll(/\b\d+(\.\d+)? m?s\b/g, '… s')
    .replaceAll(/[ \t]+$/gm, '');
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${name}: the markers around the transcript are missing`);
  const language = command === 'k8s-gate diff' ? 'diff' : 'text';
  const wanted = `${text.slice(0, from + begin.length)}\n\n\`\`\`${language}\n$ ${command}\n${timeless.trim()}\n\`\`\`\n\n${text.slice(to)}`;
  if (!check) writeFileSync(page, wanted);
  else if (wanted !== text) {
    console.error(`${name} does not show ${prints}. Run \`node scripts/transcript.mjs\`. It printed:\n${timeless}`);
    process.exitCode = 1;
  } else console.log(`${name} shows ${prints}`);
}
