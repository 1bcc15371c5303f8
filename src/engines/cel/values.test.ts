import { describe, expect, it } from 'vitest';
import { parseCidr, parseIp } from './network.ts';
import { parseQuantity } from './quantity.ts';
import { toCel } from './values.ts';

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

  it.each(['', ' 1', '1 Gi', '1K', '1gi', '1e', '0x10', '1Gi2'])('refuses %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});

describe('addresses', () => {
  it('reads both families', () => {
    expect(parseIp('10.0.0.1')).toEqual({ bits: 32, number: 0x0a000001n });
    expect(parseIp('2001:db8::1')?.number).toBe(0x20010db8000000000000000000000001n);
    expect(parseCidr('0.0.0.0/0')?.prefix).toBe(0);
  });

  it.each(['1.2.3', '1.2.3.04', '256.1.1.1', '::1::', '1:2:3', ':::', 'fe80::1%eth0', ''])('refuses %j', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it.each(['10.0.0.0/33', '10.0.0.0', '10.0.0.0/08', '::/129'])('refuses the network %j', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });
});

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
