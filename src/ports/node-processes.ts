import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { access, constants, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { cappedText, eachLine } from './child-output.ts';
import type { Command, Processes, ProcessResult } from './ports.ts';
import { probeSandbox, unwrap, wrap } from './sandbox.ts';
import type { Sandbox } from './sandbox-wrappers.ts';
import { systemCode } from './system-error.ts';

/** From SIGTERM to SIGKILL, and from a child's exit until pipes that a process outside its group keeps open are closed. */
const graceMs = 2_000;

/**
 * Child processes. Not @actions/exec, neither for engines nor for git, Go and the probe of a tool's version: it has no deadline, no
 * cancellation, no limit on output, and does not end what the child started. A fetch that hangs, a build that is cancelled and a
 * binary that never prints its version all need that.
 * @param env Read only for PATH by `find`; no child inherits it.
 * @param sandbox What the system allows; tests pass other systems.
 */
export function createNodeProcesses(
  env: Readonly<Record<string, string | undefined>>,
  sandbox: () => Promise<Sandbox> = systemSandbox,
): Processes {
  return {
    run: (command) =>
      command.network === undefined && command.memoryBytes === undefined ? run(command) : runApart(command, sandbox),
    find: (name) => find(name, env.PATH ?? ''),
  };
}

let found: Promise<Sandbox> | undefined;
/** Probed once per process. */
function systemSandbox(): Promise<Sandbox> {
  const { platform, getuid } = process;
  found ??= probeSandbox(run, { platform, uid: getuid?.(), ownNetwork: () => readlink('/proc/self/ns/net') });
  return found;
}

async function runApart(bare: Command, sandbox: () => Promise<Sandbox>): Promise<ProcessResult> {
  const { command, notIsolated } = wrap(bare, await sandbox());
  const notStarted = (startError: string): ProcessResult => ({
    ...{ ...notRun, end: 'not-started', startError, stdout: '', stderr: '', durationMs: 0 },
    ...(notIsolated.length > 0 && { notIsolated }),
  });
  if (bare.isolationRequired === true && notIsolated.length > 0) return notStarted(notIsolated.join('; '));
  try {
    // A wrapper would not report the error code.
    await access(bare.executable, constants.X_OK);
  } catch (thrown) {
    return notStarted(systemCode(thrown) ?? String(thrown));
  }
  const result = unwrap(await run(command), bare);
  return notIsolated.length === 0 ? result : { ...result, notIsolated };
}

type End = Pick<ProcessResult, 'exitCode' | 'signal' | 'end'> & { readonly startError?: string };
const notRun = { exitCode: undefined, signal: undefined } as const;

function run(command: Command): Promise<ProcessResult> {
  const startedMs = performance.now();
  const nothing = (end: End): ProcessResult => ({
    ...end,
    stdout: '',
    stderr: '',
    durationMs: Math.round(performance.now() - startedMs),
  });
  if (command.signal?.aborted) return Promise.resolve(nothing({ ...notRun, end: 'aborted' }));
  try {
    const child = spawn(command.executable, command.args, {
      cwd: command.cwd,
      env: command.env,
      shell: false,
      // A process group of its own, so that its children can be ended with it.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    return supervise(child, command, startedMs);
  } catch (thrown) {
    // An argument or variable with a NUL byte, or more of them than the system accepts.
    return Promise.resolve(nothing({ ...notRun, end: 'not-started', startError: systemCode(thrown) ?? String(thrown) }));
  }
}

function supervise(child: ChildProcessWithoutNullStreams, command: Command, startedMs: number): Promise<ProcessResult> {
  let stopped: 'timeout' | 'output-limit' | 'aborted' | undefined;
  let kill: NodeJS.Timeout | undefined;
  const stop = (why: NonNullable<typeof stopped>): void => {
    if (stopped !== undefined || child.exitCode !== null || child.signalCode !== null) return;
    stopped = why;
    signalGroup(child.pid, 'SIGTERM');
    kill = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs);
  };
  const stdout = cappedText(command.maxOutputBytes);
  const stderr = cappedText(command.maxOutputBytes);
  const lines = command.onStderrLine === undefined ? undefined : eachLine(command.onStderrLine);
  child.stdout.on('data', (chunk: Buffer) => {
    if (stdout.add(chunk) === undefined) stop('output-limit');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    const text = stderr.add(chunk);
    if (text === undefined) stop('output-limit');
    else lines?.add(text);
  });
  // A child that ends before it has read its stdin breaks the pipe (EPIPE): its exit code is what counts.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  child.stdin.end(command.stdin ?? '');

  const deadline = setTimeout(() => stop('timeout'), command.timeoutMs);
  const abort = (): void => stop('aborted');
  command.signal?.addEventListener('abort', abort);
  return ending(child).then((end) => {
    clearTimeout(deadline);
    clearTimeout(kill);
    command.signal?.removeEventListener('abort', abort);
    const text = { stdout: stdout.end(), stderr: stderr.end() };
    lines?.end();
    const durationMs = Math.round(performance.now() - startedMs);
    return { ...end, ...(stopped !== undefined && { end: stopped }), ...text, durationMs };
  });
}

/** Resolves when the child has ended and its output is read, even if a process that it started keeps the pipes open. */
function ending(child: ChildProcessWithoutNullStreams): Promise<End> {
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ ...notRun, end: 'not-started', startError: systemCode(error) ?? error.message });
    });
    child.once('exit', (code, signal) => {
      signalGroup(pid, 'SIGKILL');
      if (pid !== undefined) running.delete(pid);
      const end: End = { exitCode: code ?? undefined, signal: signal ?? undefined, end: 'exited' };
      const giveUp = setTimeout(() => {
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
        resolve(end);
      }, graceMs);
      child.once('close', () => {
        clearTimeout(giveUp);
        resolve(end);
      });
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the group is empty. EPERM (macOS): it has zombies only.
  }
}

const running = new Set<number>();
// A separate group does not end with this process: what still runs at its exit is killed here.
process.on('exit', () => {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
});

/** Relative folders of PATH are skipped: they could mean a file of the judged repository. */
async function find(name: string, searchPath: string): Promise<string | undefined> {
  if (name === '' || name.includes(path.sep)) return undefined;
  for (const folder of searchPath.split(path.delimiter).filter((entry) => path.isAbsolute(entry))) {
    const file = path.join(folder, name);
    try {
      await access(file, constants.X_OK);
      if ((await stat(file)).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
