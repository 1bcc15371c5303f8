import { describe, expect, it } from 'vitest';
import { createSemaphore } from './semaphore.ts';

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('semaphore', () => {
  it.each([
    [1, 1],
    [3, 3],
    [0, 1],
  ])('lets %i work at a time, in order, whether they succeed or fail', async (count, most) => {
    const semaphore = createSemaphore(count);
    const started: number[] = [];
    let [working, busiest] = [0, 0];
    const all = Array.from({ length: 8 }, (_, index) =>
      semaphore(async () => {
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
