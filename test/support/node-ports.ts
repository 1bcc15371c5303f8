import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command, EnginePorts, FileStat, Files, ProcessResult } from '../../src/ports/ports.ts';

const noRegistry = () => Promise.reject(new Error('a live engine test asks no registry itself'));

/** The outside world for live engine tests: real files, real processes, the real clock, no log. */
export const nodePorts: EnginePorts = {
  files: nodeFiles(),
  processes: { run, find: (name) => findIn(['/usr/bin', '/bin'], name) },
  http: { download: () => Promise.reject(new Error('a live engine test downloads nothing itself')) },
  registries: { digest: noRegistry, read: noRegistry, refused: noRegistry, relay: noRegistry, lend: noRegistry },
  remotes: { checkout: noRegistry, get: noRegistry, manifest: noRegistry, blob: noRegistry, tags: noRegistry },
  trustRoots: { current: () => Promise.resolve({ status: 'unavailable', why: 'a test refreshes nothing itself' }) },
  clock: { now: () => new Date(), monotonicMs: () => performance.now() },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
};

function nodeFiles(): Files {
  return {
    readText: (file) => readFile(file, 'utf8'),
    readBytes: (file) => readFile(file),
    write: async (file, content) => {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    },
    stat,
    walk: async (root) => {
      const entries = await readdir(root, { withFileTypes: true, recursive: true });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => ({
          path: path.relative(root, path.join(entry.parentPath, entry.name)),
          kind: entry.isSymbolicLink() ? 'symlink' : 'file',
          size: 0,
        }));
    },
    resolveInside: async (root, file) => path.relative(root, await realpath(file)),
    makeTempDir: (prefix) => mkdtemp(path.join(tmpdir(), prefix)),
    makeDir: async (folder) => {
      await mkdir(folder, { recursive: true });
    },
    remove: (target) => rm(target, { recursive: true, force: true }),
    rename,
    makeExecutable: (file) => chmod(file, 0o755),
    sha256: async (file) =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    unpack: () => Promise.reject(new Error('a live engine test unpacks nothing itself')),
  };
}

async function stat(file: string): Promise<FileStat | undefined> {
  try {
    const found = await lstat(file);
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'symlink' : 'other';
    return { kind, size: found.size, modifiedMs: found.mtimeMs };
  } catch {
    return undefined;
  }
}

async function findIn(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const file = path.join(folder, name);
    if ((await stat(file)) !== undefined) return file;
  }
  return undefined;
}

function run(command: Command): Promise<ProcessResult> {
  const started = performance.now();
  const child = spawn(command.executable, command.args, {
    cwd: command.cwd,
    env: command.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(command.signal !== undefined && { signal: command.signal }),
    timeout: command.timeoutMs,
    killSignal: 'SIGKILL',
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  child.stdin.on('error', () => {});
  child.stdin.end(command.stdin ?? '');
  return new Promise((resolve) => {
    const done = (part: Pick<ProcessResult, 'exitCode' | 'signal' | 'end'> & { readonly startError?: string }): void =>
      resolve({ ...output, ...part, durationMs: Math.round(performance.now() - started) });
    child.once('error', (error) =>
      done({ exitCode: undefined, signal: undefined, end: 'not-started', startError: error.message }),
    );
    child.once('close', (code, signal) =>
      done({ exitCode: code ?? undefined, signal: signal ?? undefined, end: signal === 'SIGKILL' ? 'timeout' : 'exited' }),
    );
  });
}
