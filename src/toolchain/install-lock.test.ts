import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { acquireLock } from './install-lock.ts';

const ports = { files: createNodeFiles(), clock: { now: () => new Date(), monotonicMs: () => performance.now() } };
const times = { beatMs: 20, pollMs: 5, staleMs: 200 };
afterAll(removeTempFolders);

describe('the install lock', () => {
  it('lets one in at a time', async () => {
    const folder = path.join(emptyFolder(), 'slot');
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      // On a busy machine a beat may come late, and a lock that is stale is broken.
      const lock = await acquireLock(ports, folder, { timeoutMs: 20_000, times: { ...times, staleMs: 10_000 } });
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 15));
      inside--;
      await lock.release();
    };
    await Promise.all(Array.from({ length: 6 }, work));
    expect(most).toBe(1);
    expect(readdirSync(path.dirname(folder))).toEqual([]);
  });

  it('is kept by a holder that runs longer than the stale limit', async () => {
    const folder = path.join(emptyFolder(), 'slot');
    const lock = await acquireLock(ports, folder, { timeoutMs: 1_000, times });
    const waited: string[] = [];
    const second = acquireLock(ports, folder, { timeoutMs: 600, times, onWait: () => waited.push('waiting') });
    await expect(second).rejects.toThrow('another process is installing it');
    expect(waited).toEqual(['waiting']);
    await lock.release();
  });

  it('is taken over from a holder that is gone, with everything it left', async () => {
    const folder = path.join(emptyFolder(), 'slot');
    const left = path.join(path.dirname(folder), '.installing-slot');
    mkdirSync(path.join(left, 'work'), { recursive: true });
    writeFileSync(path.join(left, 'work', 'half'), 'x');
    writeFileSync(path.join(left, 'beat'), 'the last one');
    const lock = await acquireLock(ports, folder, { timeoutMs: 5_000, times });
    expect(readdirSync(lock.work)).toEqual([]);
    await lock.release();
    expect(readdirSync(path.dirname(folder))).toEqual([]);
  });

  it('is not waited for once the run is cancelled', async () => {
    const folder = path.join(emptyFolder(), 'slot');
    const lock = await acquireLock(ports, folder, { timeoutMs: 1_000, times });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    await expect(acquireLock(ports, folder, { timeoutMs: 60_000, times, signal: controller.signal })).rejects.toThrow(
      'cancelled',
    );
    await lock.release();
  });
});
