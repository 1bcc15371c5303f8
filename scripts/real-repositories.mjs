// `npm run real -- FOLDER`: evaluates clones of public repositories (FOLDER/owner/name) without configuration and writes the table into
// docs/real-repositories.md. It runs and copies nothing from them: the page contains counts, paths and the gate's own messages.
// `--only NAME,...` tries some of them and prints their rows, `--gate FILE` uses another command than the committed dist, `--list FILE` and
// `--page FILE` another list and page, `--reports FOLDER` keeps each JSON report.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withRows } from './real-repositories-page.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    gate: { type: 'string', default: path.join(root, 'dist', 'cli', 'index.js') },
    list: { type: 'string', default: path.join(root, 'scripts', 'real-repositories.json') },
    page: { type: 'string', default: path.join(root, 'docs', 'real-repositories.md') },
    reports: { type: 'string' },
  },
});
const [clones] = positionals;
if (clones === undefined) throw new Error('expected the folder of the clones: npm run real -- FOLDER');
const minutes = 20;

const listed = JSON.parse(readFileSync(values.list, 'utf8')).repositories;
const only = values.only?.split(',');
const wanted = only === undefined ? listed : listed.filter(({ name }) => only.includes(name));
const absent = wanted.filter(({ name }) => !existsSync(path.join(clones, name, '.git'))).map(({ name }) => name);
if (absent.length > 0) throw new Error(`not cloned: ${absent.join(', ')}. Clone each to ${path.join(clones, 'OWNER', 'NAME')}.`);

const reports = values.reports === undefined ? mkdtempSync(path.join(tmpdir(), 'k8s-gate-real-')) : path.resolve(values.reports);
mkdirSync(reports, { recursive: true });
const rows = [];
for (const repository of wanted) {
  rows.push(judge(repository));
  const { name, seconds, report } = rows.at(-1);
  console.error(`${name}: ${report?.outcome ?? 'no report'} in ${seconds} s`);
}
if (values.reports === undefined) rmSync(reports, { recursive: true });

const text = readFileSync(values.page, 'utf8');
const page = withRows(text, rows);
if (only === undefined) writeFileSync(values.page, page);
else console.log(page);

/** One row: what was judged, and the gate's report, or how it ended without one. */
function judge({ name, paths = [], kind }) {
  const folder = path.resolve(clones, name);
  const { commit, left } = checkedOut(folder);
  const file = path.join(reports, `${name.replace('/', '+')}.json`);
  rmSync(file, { force: true });
  const args = ['check', ...paths, '--engines', 'cel', '--no-cache', '--output', `json=${file}`];
  const started = performance.now();
  const { status, signal } = spawnSync(process.execPath, [path.resolve(values.gate), ...args], {
    cwd: folder,
    env: environment(),
    stdio: 'ignore',
    timeout: minutes * 60_000,
  });
  const seconds = Math.ceil((performance.now() - started) / 1000);
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  return { name, paths, kind, commit, left, seconds, end: signal ?? `exit code ${status}`, report };
}

/** The clone's commit. A file that the work tree lacks or has changed would make the row about something else. */
function checkedOut(folder) {
  const git = (...args) =>
    execFileSync('git', ['--git-dir', path.join(folder, '.git'), '--work-tree', folder, ...args], { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain');
  if (changed !== '') throw new Error(`${folder} has changes. Commit or drop them:\n${changed.slice(0, 400)}`);
  const head = git('rev-parse', 'HEAD');
  // A copy can lack large files: a commit on top of the upstream one then omits them, and the row lists them.
  const upstream = git('for-each-ref', '--format=%(objectname)', 'refs/remotes/origin/HEAD') || head;
  return { commit: upstream, left: git('diff', '--name-only', upstream, head).split('\n').filter(Boolean) };
}

/** No setting of a workflow or of the gate is passed on: the verdict is the one of a first run on a developer's machine. */
function environment() {
  const own = Object.entries(process.env).filter(([key]) => !/^(GITHUB_|ACTIONS_|INPUT_|K8S_GATE_|CI$)/.test(key));
  return Object.fromEntries(own);
}
