import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isWithin, parseRange } from '../../src/engines/ip-address.ts';
import { isAddress } from '../../src/engines/schema/rules/addresses.ts';
import { randomFrom } from '../agreement/random.ts';

describe('isAddress', () => {
  it('agrees with Node on addresses without leading zeros', () => {
    const random = randomFrom(7);
    const parts = ['0', '1', '10', '255', '256', 'ff', 'fffff', '::', ':', '.', '1.2.3.4', 'a', ''];
    const texts = Array.from({ length: 5000 }, () =>
      Array.from({ length: 1 + random.int(10) }, () => random.pick(parts)).join(random.pick(['', ':', '.'])),
    );
    expect(texts.filter((text) => isAddress(text) !== isIP(text) > 0 && !/(?:^|\.)0\d/.test(text))).toEqual([]);
    expect(texts.filter((text) => isIP(text) > 0).length).toBeGreaterThan(50);
  });

  it('accepts leading zeros, as the older fields of Kubernetes do, and no zone', () => {
    expect([isAddress('10.00.0.01'), isAddress('fe80::1%eth0'), isAddress('')]).toEqual([true, false, false]);
  });
});

describe('isWithin', () => {
  it.each([
    ['10.0.1.0/24', '10.0.0.0/16', true],
    ['10.0.0.0/16', '10.0.0.0/16', false],
    ['10.1.0.0/24', '10.0.0.0/16', false],
    ['2001:db8:1::/48', '2001:db8::/32', true],
    ['::/8', '0.0.0.0/0', false],
  ])('of %s in %s is %s', (inner, outer, is) => {
    const [one, other] = [parseRange(inner), parseRange(outer)];
    expect(one && other && isWithin(one, other)).toBe(is);
  });
});
