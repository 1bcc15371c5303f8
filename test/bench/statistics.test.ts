import { describe, expect, it } from 'vitest';
import { selfTimes } from '../../bench/profile.ts';
import { interleaved, median, medianBy } from '../../bench/statistics.ts';

describe('a median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
    [[1, 1, 1, 900], 1],
  ])('of %j is %f', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  it('of nothing is an error, not a figure', () => {
    expect(() => median([])).toThrow();
    expect(() => medianBy([], () => 0)).toThrow();
  });

  it('by a figure is the run that has it', () => {
    expect(medianBy([{ ms: 9 }, { ms: 1 }, { ms: 4 }], ({ ms }) => ms)).toEqual({ ms: 4 });
  });
});

describe('runs of two sides', () => {
  it('take turns, and are given by side', async () => {
    const order: string[] = [];
    const side = (name: string) => (round: number) => {
      order.push(`${name}${round}`);
      return Promise.resolve(`${name}${round}`);
    };
    const runs = await interleaved(2, side('a'), side('b'));
    expect(order).toEqual(['a0', 'b0', 'a1', 'b1']);
    expect(runs).toEqual({ ours: ['a0', 'a1'], other: ['b0', 'b1'] });
  });
});

describe('a profile of V8', () => {
  it('is the time in each function itself, without waiting', () => {
    const node = (id: number, functionName: string) => ({
      id,
      callFrame: { functionName, url: 'file:///x/index.js', lineNumber: 9 },
    });
    const idle = { id: 3, callFrame: { functionName: '(idle)', url: '', lineNumber: -1 } };
    const profile = {
      nodes: [node(1, 'parse'), node(2, 'write'), idle],
      samples: [1, 2, 1, 3],
      timeDeltas: [3000, 1000, 4000, 9000],
    };
    expect(selfTimes(profile)).toEqual([
      { name: 'parse index.js:10', ms: 7, share: 0.875 },
      { name: 'write index.js:10', ms: 1, share: 0.125 },
    ]);
  });
});
