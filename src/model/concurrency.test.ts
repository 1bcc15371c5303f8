import { describe, expect, it } from 'vitest';
import { createSemaphore, inParallel } from './concurrency.ts';

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a semaphore', () => {
  it.each([
    [1, 1],
    [3, 3],
    [0, 1],
  ])('with %i permits runs work in order, even if some of it fails', async (count, most) => {
    const run = createSemaphore(count);
    const started: number[] = [];
    let [working, busiest] = [0, 0];
    const all = Array.from({ length: 8 }, (_, index) =>
      run(async () => {
        started.push(index);
        working += 1;
        busiest = Math.max(busiest, working);
        await tick();
        working -= 1;
        if (index % 2 === 1) throw new Error(`${index}`);
        return index;
      }),
    );
    const ended = await Promise.allSettled(all);
    expect(ended.map((end) => (end.status === 'fulfilled' ? end.value : String(end.reason)))).toEqual([
      ...[0, 'Error: 1', 2, 'Error: 3', 4, 'Error: 5', 6, 'Error: 7'],
    ]);
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(busiest).toBe(most);
  });
});

describe('inParallel', () => {
  it('returns results in the order of the items', async () => {
    const ticks = [3, 1, 2];
    const results = await inParallel(2, ticks, async (count, index) => {
      for (let i = 0; i < count; i++) await tick();
      return [count, index];
    });
    expect(results).toEqual([
      [3, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  it('throws the error of the first failed item after all have ended', async () => {
    const ended: number[] = [];
    const run = inParallel(3, [2, 0, 1], async (count) => {
      for (let i = 0; i < count; i++) await tick();
      ended.push(count);
      throw new Error(`${count}`);
    });
    await expect(run).rejects.toThrow('2');
    expect(ended).toEqual([0, 1, 2]);
  });
});
