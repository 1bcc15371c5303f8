import { describe, expect, it } from 'vitest';
import { parseCidr, parseIp } from './network.ts';

describe('addresses', () => {
  it('reads both families', () => {
    expect(parseIp('10.0.0.1')).toMatchObject({ bits: 32, number: 0x0a000001n });
    expect(parseIp('2001:db8::1')?.number).toBe(0x20010db8000000000000000000000001n);
    expect(parseCidr('0.0.0.0/0')?.prefix).toBe(0);
  });

  it.each(['1.2.3', '1.2.3.04', '256.1.1.1', '::1::', '1:2:3', ':::', 'fe80::1%eth0', ''])('rejects %j', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it.each(['10.0.0.0/33', '10.0.0.0', '10.0.0.0/08', '::/129'])('rejects the network %j', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });
});
