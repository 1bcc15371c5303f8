import { clearLine, cursorTo } from 'node:readline';
import { safeText } from './console-log.ts';
import type { Clock, Log } from './ports.ts';

/** Below this, a line would only flicker. */
const quickMs = 500;
const repaintMs = 100;

export interface StatusLine {
  /** Counts what is under way: `rendering 4/20`. A step ends when all of it is done. */
  readonly progress: NonNullable<Log['progress']>;
  /** Writes above the line, which is painted again by the next count. */
  write(text: string): void;
  /** Removes the line for good: what follows is a report or an error. */
  end(): void;
}

/**
 * One line at the bottom of a terminal with the steps that are under way. The cursor is never hidden and no signal is handled, as spinner
 * libraries do: the gate ends its engines on a signal, and whatever ends the gate leaves a usable terminal behind.
 */
export function createStatusLine(
  stream: NodeJS.WritableStream & { readonly columns: number },
  clock: Pick<Clock, 'monotonicMs'>,
): StatusLine {
  const steps = new Map<string, { readonly done: number; readonly total: number; readonly sinceMs: number }>();
  let isPainted = false;
  let paintedMs = -repaintMs;
  let timer: NodeJS.Timeout | undefined;

  function clear(): void {
    if (!isPainted) return;
    cursorTo(stream, 0);
    clearLine(stream, 0);
    isPainted = false;
  }

  function paint(): void {
    const nowMs = clock.monotonicMs();
    if (nowMs - paintedMs < repaintMs) return;
    clear();
    const slow = [...steps].filter(([, { sinceMs }]) => nowMs - sinceMs >= quickMs);
    if (slow.length === 0) return;
    paintedMs = nowMs;
    const seconds = Math.floor((nowMs - Math.min(...slow.map(([, { sinceMs }]) => sinceMs))) / 1000);
    const text = [...slow.map(([what, { done, total }]) => `${what} ${done}/${total}`), `${seconds} s`].join(' · ');
    // A line that wraps could not be removed.
    stream.write(safeText(text).slice(0, Math.max(0, stream.columns - 1)));
    isPainted = true;
  }

  /** Seconds pass without a count. */
  function tick(): void {
    if (steps.size > 0) timer ??= setInterval(paint, 1000).unref();
    else timer = void clearInterval(timer);
  }

  return {
    progress(what, done, total) {
      const sinceMs = steps.get(what)?.sinceMs ?? clock.monotonicMs();
      if (done < total) steps.set(what, { done, total, sinceMs });
      else steps.delete(what);
      tick();
      if (steps.size === 0) clear();
      else paint();
    },
    write(text) {
      clear();
      stream.write(text);
    },
    end() {
      steps.clear();
      tick();
      clear();
    },
  };
}
