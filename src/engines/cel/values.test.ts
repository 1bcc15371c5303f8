import { describe, expect, it } from 'vitest';
import { toCel } from './values.ts';

describe('values', () => {
  it('are ints where they are whole, and have no null members', () => {
    expect(toCel({ a: 1, b: 1.5, c: null, d: [null, 'x'], __proto__x: true })).toEqual({
      a: 1n,
      b: 1.5,
      d: [null, 'x'],
      __proto__x: true,
    });
  });
});
