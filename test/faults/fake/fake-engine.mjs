// Stands in for an engine's executable: the honest output, damaged as a scenario specifies. `launcher.ts` writes the executable.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { damaged } from './damage.mjs';

/** Only the engine that is needed is loaded: a fault table starts hundreds of them. */
const honest = {
  opa: async (args) => (await import('./opa.mjs')).opa(args),
  kyverno: async (args) => (await import('./kyverno.mjs')).kyverno(args),
  gatekeeper: async (args) => (await import('./gatekeeper.mjs')).gatekeeper(args),
  'kube-linter': async (args) => (await import('./kube-linter.mjs')).kubeLinter(args),
  trivy: async (args) => (await import('./trivy.mjs')).trivy(args),
};

/**
 * @param scenario `id`, `real` (path of the true executable, else it is computed), `damage` ({ how, ... }) and `when`, a regular expression on
 * the arguments that are hit; asking for the version never is.
 */
export async function act({ id, real, damage, when }, args) {
  if (/^(--)?version/.test(args[0] ?? '')) return say({ code: 0, stdout: 'Version: v1.0.0\n', stderr: '', files: {} });
  const hit = damage !== undefined && new RegExp(when ?? '').test(args.join(' '));
  if (!hit) return say(await answer(id, real, args));
  if (damage.how === 'kill') return end(damage.signal ?? 'SIGKILL');
  if (damage.how === 'hang') return hang(damage);
  if (damage.how === 'flood') return flood(damage.megabytes);
  if (damage.how === 'slow') await new Promise((resolve) => setTimeout(resolve, damage.ms));
  if (damage.how === 'litter') litter();
  if (damage.how === 'grandchild') leaveBehind(damage.detached === true);
  const said = await answer(id, real, args);
  if (damage.how === 'kill-midway') {
    await write(process.stdout, said.stdout.slice(0, said.stdout.length / 2));
    for (const [file, text] of Object.entries(said.files)) writeFileSync(file, text.slice(0, text.length / 2));
    return end('SIGSEGV');
  }
  return say(damaged(id, said, damage));
}

async function answer(id, real, args) {
  if (real === undefined) return { code: 0, stdout: '', stderr: '', files: {}, ...(await honest[id](args)) };
  const { status, stdout, stderr } = spawnSync(real, args, { encoding: 'utf8', maxBuffer: 512 * 1024 * 1024 });
  const report = args[args.indexOf('--output') + 1];
  const written = args.includes('--output') && existsSync(report) ? { [report]: readFileSync(report, 'utf8') } : {};
  return { code: status, stdout, stderr, files: written };
}

async function say({ code, stdout, stderr, files, unwritten = [] }) {
  for (const file of unwritten) if (existsSync(file)) spawnSync('/bin/rm', ['-f', file]);
  for (const [file, text] of Object.entries(files)) writeFileSync(file, text);
  await write(process.stderr, stderr);
  await write(process.stdout, stdout);
  process.exit(code);
}

function write(stream, text) {
  return new Promise((resolve) => stream.write(text, resolve));
}

function end(signal) {
  process.kill(process.pid, signal);
  return new Promise(() => setTimeout(() => {}, 60_000));
}

function hang({ deaf, pidFile }) {
  if (deaf === true) for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {});
  if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
  return new Promise(() => setTimeout(() => {}, 600_000));
}

async function flood(megabytes) {
  const piece = 'x'.repeat(1024 * 1024);
  for (let written = 0; written < megabytes; written += 1) await write(process.stdout, piece);
  process.exit(0);
}

/** Everything an engine would read from its working directory, and files that look like its input. */
function litter() {
  const files = ['.trivyignore', 'trivy.yaml', '.kube-linter.yaml', 'data.json.tmp', 'policies.yaml', '../.k8s-gate.yaml'];
  for (const file of files) writeFileSync(path.resolve(file), '[]\n');
}

/** A process that outlives its parent and holds its pipes open. */
function leaveBehind(detached) {
  const child = spawn('/bin/sleep', ['20'], { stdio: ['ignore', 'inherit', 'inherit'], detached });
  child.unref();
}
