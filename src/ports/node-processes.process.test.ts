import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNodeProcesses } from './node-processes.ts';
import type { Command, ProcessResult } from './ports.ts';

const processes = createNodeProcesses({ PATH: `relative:/usr/bin:/bin` });
const base = { cwd: '/', env: {}, timeoutMs: 20_000, maxOutputBytes: 1_000_000 };

function node(script: string, rest: Partial<Command> = {}): Promise<ProcessResult> {
  return processes.run({ ...base, executable: process.execPath, args: ['-e', script], ...rest });
}
function shell(script: string, rest: Partial<Command> = {}): Promise<ProcessResult> {
  return processes.run({ ...base, executable: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' }, ...rest });
}
/** A process that has ended but that nobody has waited for (a zombie, usual where PID 1 of a container does not) is not alive. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('/bin/ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return !['', 'Z'].includes(stdout.trim().slice(0, 1));
}
const aMoment = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('run', () => {
  it('returns the exit code and both outputs', async () => {
    const result = await shell('cat; echo oops >&2; exit 3', { stdin: 'given\n' });
    expect(result).toMatchObject({ exitCode: 3, signal: undefined, end: 'exited', stdout: 'given\n', stderr: 'oops\n' });
  });

  it('lets a child inherit nothing', async () => {
    process.env.K8S_GATE_TEST_SECRET = 'hunter2';
    const { stdout } = await processes.run({ ...base, executable: '/usr/bin/env', args: [], env: { ONLY: 'this' } });
    expect(stdout).toBe('ONLY=this\n');
  });

  it('takes arguments literally', async () => {
    const { stdout } = await processes.run({ ...base, executable: '/bin/echo', args: ['$(id) `id`; id', '*'] });
    expect(stdout).toBe('$(id) `id`; id *\n');
  });

  it('keeps a character whose bytes arrive separately', async () => {
    const { stdout } = await shell(`printf '\\303'; sleep 0.2; printf '\\244'`);
    expect(stdout).toBe('ä');
  });

  it('ends a child that takes too long, and what it started', async () => {
    const result = await shell('sleep 60 & echo $!; wait', { timeoutMs: 300 });
    expect(result).toMatchObject({ end: 'timeout', signal: 'SIGTERM' });
    await aMoment(50);
    expect(isAlive(Number(result.stdout))).toBe(false);
  });

  it('ends a child that ignores SIGTERM', async () => {
    const result = await shell(`trap '' TERM; while true; do sleep 0.1; done`, { timeoutMs: 300 });
    expect(result).toMatchObject({ end: 'timeout', signal: 'SIGKILL' });
    expect(result.durationMs).toBeLessThan(6_000);
  });

  it('ends a child that floods, and keeps what fitted', async () => {
    const result = await shell('yes', { maxOutputBytes: 10_000 });
    expect(result.end).toBe('output-limit');
    expect(result.stdout).toHaveLength(10_000);
  });

  it('counts stderr apart from stdout', async () => {
    const result = await shell('yes | head -c 9000; yes | head -c 11000 >&2; sleep 9', { maxOutputBytes: 10_000 });
    expect(result.end).toBe('output-limit');
    expect([result.stdout.length, result.stderr.length]).toEqual([9_000, 10_000]);
  });

  it('ends a child when the run is cancelled', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    const result = await shell('sleep 60', { signal: controller.signal });
    expect(result.end).toBe('aborted');
    expect(result.durationMs).toBeLessThan(5_000);
  });

  it('starts nothing once the run is cancelled', async () => {
    expect(await shell('echo ran', { signal: AbortSignal.abort() })).toMatchObject({ end: 'aborted', stdout: '' });
  });

  it('does not wait for a grandchild that holds the pipe', async () => {
    const result = await shell('echo done; sleep 60 &');
    expect(result).toMatchObject({ exitCode: 0, end: 'exited', stdout: 'done\n' });
    expect(result.durationMs).toBeLessThan(2_000);
  });

  it('does not wait for a grandchild that left the process group', async () => {
    const script = `const { spawn } = require('node:child_process');
      spawn('/bin/sleep', ['6'], { detached: true, stdio: 'inherit' }).unref(); console.log('done');`;
    const result = await node(script);
    expect(result).toMatchObject({ exitCode: 0, stdout: 'done\n' });
    expect(result.durationMs).toBeLessThan(5_000);
  });

  it('reports why a child could not be started', async () => {
    const missing = await processes.run({ ...base, executable: '/nowhere/engine', args: [] });
    expect(missing).toMatchObject({ end: 'not-started', startError: 'ENOENT', exitCode: undefined });
    const noProgram = await processes.run({ ...base, executable: path.join(import.meta.dirname, 'ports.ts'), args: [] });
    expect(noProgram).toMatchObject({ end: 'not-started', startError: 'EACCES' });
    const nul = await processes.run({ ...base, executable: '/bin/echo', args: ['a\u0000b'] });
    expect(nul.end).toBe('not-started');
  });

  it('survives a child that does not read its stdin', async () => {
    expect(await shell('exec 0<&-; exit 0', { stdin: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 0, end: 'exited' });
  });

  it('reports each line of stderr', async () => {
    const lines: string[] = [];
    await shell(`printf 'one\\r\\ntw' >&2; sleep 0.1; printf 'o\\nrest' >&2`, { onStderrLine: (line) => lines.push(line) });
    expect(lines).toEqual(['one', 'two', 'rest']);
  });
});

describe('find', () => {
  it('looks through absolute folders of PATH only', async () => {
    expect(await processes.find('sh')).toMatch(/^\/(usr\/)?bin\/sh$/);
    expect(await processes.find('no-such-tool')).toBeUndefined();
    expect(await processes.find('../bin/sh')).toBeUndefined();
    expect(await createNodeProcesses({ PATH: 'src:.' }).find('sh')).toBeUndefined();
  });
});
