import { describe, expect, it } from 'vitest';
import { parseQuantity } from './quantity.ts';

describe('quantities', () => {
  it.each([
    ['1', 1_000_000_000n],
    ['100m', 100_000_000n],
    ['1.5Gi', 1_610_612_736_000_000_000n],
    ['-2k', -2_000_000_000_000n],
    ['1e3', 1_000_000_000_000n],
    ['2E-1', 200_000_000n],
    ['.5', 500_000_000n],
    ['0.1n', 1n],
    ['9223372036854775807', 9_223_372_036_854_775_807_000_000_000n],
    ['9Ei', 9_223_372_036_854_775_807_000_000_000n],
    ['Mi', 0n],
    ['.', 0n],
    ['e3', 0n],
  ])('reads %s exactly', (text, nano) => {
    expect(parseQuantity(text)?.nano).toBe(nano);
  });

  it.each(['', ' 1', '1 Gi', '1K', '1gi', '1e', '0x10', '1Gi2'])('rejects %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});
