import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GateError } from '../model/gate-error.ts';
import type { Clock, Files } from '../ports/ports.ts';

/** A holder writes a heartbeat; one that has been silent for `staleMs` is dead. */
export interface LockTimes {
  readonly beatMs: number;
  readonly pollMs: number;
  readonly staleMs: number;
}
const lockTimes: LockTimes = { beatMs: 10_000, pollMs: 500, staleMs: 60_000 };

export interface InstallLock {
  /** An empty folder for the holder, on the same disk as the cache; gone after `release`. */
  readonly work: string;
  release(): Promise<void>;
}

interface Waiting {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly times?: LockTimes;
  readonly onWait?: () => void;
}

/**
 * One installer at a time for `folder`, across processes and containers that share a cache: hence a heartbeat in the lock instead of a
 * process id. The lock is a folder put in place by a rename, which only one can win. It saves work; the cache stays consistent because tools
 * are put in place by a rename too.
 * @throws GateError TOOL_UNAVAILABLE when the wait is over or the run cancelled.
 */
export async function acquireLock(
  ports: { readonly files: Files; readonly clock: Clock },
  folder: string,
  waiting: Waiting,
): Promise<InstallLock> {
  const { files, clock } = ports;
  const times = waiting.times ?? lockTimes;
  const name = path.basename(folder);
  const lock = path.join(path.dirname(folder), `.installing-${name}`);
  const startedMs = clock.monotonicMs();
  let seen: { readonly beat: string; readonly sinceMs: number } | undefined;
  while (!(await take(files, lock))) {
    if (seen === undefined) waiting.onWait?.();
    const nowMs = clock.monotonicMs();
    const beat = await readBeat(files, lock);
    if (seen === undefined || seen.beat !== beat) seen = { beat, sinceMs: nowMs };
    if (nowMs - seen.sinceMs > times.staleMs) await breakLock(files, lock, beat);
    if (waiting.signal?.aborted) throw new GateError('TOOL_UNAVAILABLE', { message: 'installing was cancelled' });
    if (nowMs - startedMs > waiting.timeoutMs) {
      throw new GateError('TOOL_UNAVAILABLE', {
        message: 'another process is installing it, and has not finished',
        next: `If no other k8s-gate runs, delete ${lock}.`,
      });
    }
    await sleep(times.pollMs, undefined, { ...(waiting.signal && { signal: waiting.signal }) }).catch(() => {}); // cancelled: the next round throws
  }
  return hold(files, lock, times.beatMs);
}

const beatFile = 'beat';

/** True if the lock is ours now. Renaming a folder onto one that is not empty fails. */
async function take(files: Files, lock: string): Promise<boolean> {
  const mine = `${lock}.${randomUUID()}`;
  await files.makeDir(path.join(mine, 'work'));
  await files.write(path.join(mine, beatFile), randomUUID());
  try {
    await files.rename(mine, lock);
    return true;
  } catch (thrown) {
    await files.remove(mine);
    // The lock may be free again by now, for the next round. A cache that can't be written fails in makeDir.
    if (thrown instanceof GateError) return false;
    throw thrown;
  }
}

async function readBeat(files: Files, lock: string): Promise<string> {
  try {
    return await files.readText(path.join(lock, beatFile));
  } catch {
    return '';
  }
}

/** Renamed before it is removed, so that only one of many waiters breaks it, and checked again, so that a new holder keeps its own. */
async function breakLock(files: Files, lock: string, beat: string): Promise<void> {
  if ((await readBeat(files, lock)) !== beat) return;
  const broken = `${lock}.${randomUUID()}`;
  try {
    await files.rename(lock, broken);
  } catch {
    return;
  }
  await files.remove(broken);
}

function hold(files: Files, lock: string, beatMs: number): InstallLock {
  let beating = Promise.resolve();
  const timer = setInterval(() => {
    // If a beat can't be written (disk full), the install fails too.
    beating = beating.then(() => files.write(path.join(lock, beatFile), randomUUID())).catch(() => {});
  }, beatMs);
  return {
    work: path.join(lock, 'work'),
    async release() {
      clearInterval(timer);
      await beating;
      await files.remove(lock);
    },
  };
}
