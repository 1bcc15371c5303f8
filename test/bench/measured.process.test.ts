import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { measured, spentIn } from '../../bench/measured.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const run = (code: string, answers: readonly number[] = [0]) => {
  const folder = emptyFolder();
  return measured({ executable: process.execPath, args: ['-e', code], cwd: folder, answers }, folder);
};

/** Processor time is asked of the child itself, so that a busy machine changes nothing. */
const burn = 'while (process.cpuUsage().user < 300_000);';

describe('a measured command', () => {
  afterAll(removeTempFolders);

  it('has the cost of the command and of the processes that it waited for', async () => {
    const child = `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(burn)}])`;
    const spent = await run(child);
    expect(spent.cpuMs).toBeGreaterThanOrEqual(300);
    expect(spent.wallMs).toBeGreaterThan(0);
  });

  it('has the peak memory', async () => {
    const hold = 'const held = Buffer.alloc(200e6, 1); setTimeout(() => process.exit(held[0] - 1), 1500)';
    expect((await run(hold)).peakBytes).toBeGreaterThan(200e6);
  });

  it('keeps output and its own notes apart', async () => {
    const ended = await run('console.log("out"); console.error("err"); process.exit(1)', [0, 1]);
    expect([ended.code, readFileSync(ended.stdoutFile, 'utf8'), ended.stderr]).toEqual([1, 'out\n', 'err\n']);
  });

  it('throws for an unexpected exit code, with the error output', async () => {
    await expect(run('console.error("no manifests"); process.exit(2)', [0, 1])).rejects.toThrow(/exit code 2: no manifests/);
  });

  it('throws if the cost is missing', () => {
    expect(() => spentIn('pid 7\n')).toThrow('did not print the cost');
    expect(spentIn('pid 7\nspent 1.250 1.000 0.500\n')).toEqual({ wallMs: 1250, cpuMs: 1500 });
  });
});
