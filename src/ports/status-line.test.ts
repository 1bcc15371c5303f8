import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createStatusLine } from './status-line.ts';

function terminal(columns = 80) {
  const written: string[] = [];
  const stream = Object.assign(new PassThrough(), { columns });
  stream.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  let nowMs = 0;
  return {
    status: createStatusLine(stream, { monotonicMs: () => nowMs }),
    wait: (ms: number) => {
      nowMs += ms;
    },
    /** What a terminal shows: `\u001b[1G` moves to the start of the line, `\u001b[2K` clears it. */
    screen: () =>
      written
        .join('')
        .split('\n')
        .map((line) => line.split('\u001b[1G\u001b[2K').at(-1)),
  };
}

describe('the status line', () => {
  afterEach(() => void vi.useRealTimers());

  it('shows what is under way after half a second, with its time, and nothing of what is done', () => {
    const { status, wait, screen } = terminal();
    status.progress('rendering', 0, 20);
    expect(screen()).toEqual(['']);
    wait(400);
    status.progress('rendering', 3, 20);
    expect(screen()).toEqual(['']);
    wait(1600);
    status.progress('rendering', 4, 20);
    expect(screen()).toEqual(['rendering 4/20 · 2 s']);
    status.progress('engines', 0, 3);
    wait(600);
    status.progress('engines', 1, 3);
    expect(screen()).toEqual(['rendering 4/20 · engines 1/3 · 2 s']);
    wait(100);
    status.progress('rendering', 20, 20);
    expect(screen()).toEqual(['engines 1/3 · 0 s']);
    status.progress('engines', 3, 3);
    expect(screen()).toEqual(['']);
  });

  it('stays below what is logged, and is gone where a report or an error follows', () => {
    const { status, wait, screen } = terminal();
    status.progress('engines', 0, 3);
    wait(600);
    status.progress('engines', 1, 3);
    status.write('cel: completed\n');
    wait(600);
    status.progress('engines', 2, 3);
    expect(screen()).toEqual(['cel: completed', 'engines 2/3 · 1 s']);
    status.end();
    status.write('error: cancelled\n');
    expect(screen()).toEqual(['cel: completed', 'error: cancelled', '']);
  });

  it('is painted every second, no more than ten times a second, and never wraps', () => {
    vi.useFakeTimers();
    const { status, wait, screen } = terminal(12);
    status.progress('rendering charts', 0, 20);
    wait(1000);
    vi.advanceTimersByTime(1000);
    expect(screen()).toEqual(['rendering c']);
    status.end();
    status.progress('a', 0, 9);
    wait(600);
    status.progress('a', 1, 9);
    wait(50);
    status.progress('a', 2, 9);
    expect(screen()).toEqual(['a 1/9 · 0 s']);
    status.end();
  });
});
