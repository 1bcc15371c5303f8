// Builds dist/ from src/: tsc, then one bundle for the action and one for the command, minified. `--check` builds into a
// temporary folder and fails where the committed dist differs, so that what is reviewed is what runs. `--out DIR` builds elsewhere.
//
// Why minified: every job downloads dist, and bundled as it is an entry takes 5 MB (7.5 with @actions/cache), of 3 allowed. What is
// lost is little: nobody reviews 120,000 lines of bundled libraries, the review is of src/ and of the lock, and CI proves that
// dist is built of these two. Names of our own functions and of classes stay, so that a trace in a bug report can be read.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { minify } from 'terser';
import { sourceHash } from './source-hash.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { check, out: elsewhere } = parseArgs({
  options: { check: { type: 'boolean', default: false }, out: { type: 'string' } },
}).values;
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const run = (name, ...args) => execFileSync(bin(name), args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
// No name that a source has; see callMarked.
const mark = '__read_at_once__';
const entries = { main: 'lib/main.js', cli: 'lib/cli.js' };

rmSync(path.join(root, 'lib'), { recursive: true, force: true });
run('tsc', '-p', 'tsconfig.json');
leaveLocalesOut();
const out = check ? mkdtempSync(path.join(tmpdir(), 'k8s-gate-dist-')) : path.resolve(elsewhere ?? path.join(root, 'dist'));
for (const name of Object.keys(entries)) rmSync(path.join(out, name), { recursive: true, force: true });
for (const [name, entry] of Object.entries(entries)) {
  run('ncc', 'build', entry, '--out', path.join(out, name), '--license', 'licenses.txt', '--no-cache', '--quiet');
}
// ncc leaves type declarations of the sources next to some bundles; a runner does not need them.
for (const name of Object.keys(entries)) {
  for (const file of readdirSync(path.join(out, name))) {
    if (!['index.js', 'package.json', 'licenses.txt'].includes(file) && !/^\d+\.index\.js$/.test(file))
      rmSync(path.join(out, name, file), { recursive: true });
  }
}
await minifyAll();
await writePack();
// What dist is built from: tests that run dist compare it with the sources in the same checkout.
writeFileSync(path.join(out, 'source.sha256'), `${sourceHash()}\n`);

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
    console.log(`${path.join(out, name)}: ${scripts(name).reduce((sum, file) => sum + statSync(file).size, 0)} bytes of scripts`);
}

/** Functions of src/. Those of libraries lose their names: a twentieth of dist. */
function ownFunctions() {
  const sources = readdirSync(path.join(root, 'lib'), { recursive: true }).filter(
    (name) => name.endsWith('.js') && !name.startsWith('node_modules'),
  );
  const texts = sources.map((name) => readFileSync(path.join(root, 'lib', name), 'utf8'));
  const names = new Set(texts.flatMap((text) => text.match(/(?<=\bfunction\*? )\w+/g) ?? []));
  if (names.size === 0) throw new Error('no function of src was found: see ownFunctions');
  return new RegExp(`^(?:${[...names].sort().join('|')})$`);
}

/**
 * zod exports its messages in 64 languages, and ncc bundles what is exported: a tenth of dist, of which only English is used. The nearest
 * node_modules of lib/ is a copy of zod with that one.
 */
function leaveLocalesOut() {
  const copy = path.join(root, 'lib', 'node_modules', 'zod');
  cpSync(path.join(root, 'node_modules', 'zod'), copy, { recursive: true });
  writeFileSync(path.join(copy, 'v4', 'locales', 'index.js'), "export { default as en } from './en.js';\n");
}

/** The shipped policies, parsed and checked, so that a run does neither: see src/engines/cel/parsed-pack.ts. */
async function writePack() {
  const { readPackTexts } = await import('../lib/engines/cel/pack.js');
  const { parsedPackText } = await import('../lib/engines/cel/parsed-pack.js');
  const { loadPack } = await import('../lib/engines/cel/load.js');
  const { createNodeFiles } = await import('../lib/ports/node-files.js');
  const texts = await readPackTexts(createNodeFiles(), root);
  loadPack(texts.map(({ path: file, text }) => ({ path: file, text })));
  writeFileSync(path.join(out, 'pack.json'), parsedPackText(texts));
}

/** Not by ncc: its --minify leaves the chunks that are loaded later as they are. A chunk that both entries have is worked on once. */
async function minifyAll() {
  const done = new Map();
  const names = ownFunctions();
  for (const file of Object.keys(entries).flatMap(scripts)) {
    const text = readFileSync(file, 'utf8');
    // Licenses are in licenses.txt.
    const options = { module: true, keep_classnames: true, keep_fnames: names, format: { comments: false } };
    if (!done.has(text)) done.set(text, readAtOnce((await minify(callMarked(text), options)).code));
    writeFileSync(file, done.get(text));
  }
}

/**
 * V8 skims a function to its end, and reads it again when it is called. ncc makes an arrow function of each module, and nearly all are
 * called at the start: all of dist was read twice, a quarter of the time to load. A function in parentheses, unless
 * it is an arrow function, is read immediately (https://v8.dev/blog/preparser#pife). Terser drops such parentheses, but keeps the call of a global.
 */
function callMarked(text) {
  const marked = text.replace(/^(\/\*\*\*\/ )\((?:function\s*)?\((.*)\) (?:=> )?\{$/gm, `$1${mark}(function ($2) {`);
  if (marked === text) throw new Error('ncc writes its modules in another way now: see callMarked');
  return marked;
}

function readAtOnce(code) {
  return code.replaceAll(`${mark}(`, '(');
}

function scripts(name) {
  return readdirSync(path.join(out, name))
    .filter((file) => file.endsWith('.js'))
    .map((file) => path.join(out, name, file));
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
