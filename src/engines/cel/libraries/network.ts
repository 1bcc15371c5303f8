import { EvaluationError } from '@marcbachmann/cel-js';
import type { Library } from './library.ts';

/** An address as a number, and its width. */
export class Ip {
  readonly bits: 32 | 128;
  readonly number: bigint;
  constructor(bits: 32 | 128, number: bigint) {
    this.bits = bits;
    this.number = number;
  }
}
export class Cidr {
  readonly address: Ip;
  readonly prefix: number;
  constructor(address: Ip, prefix: number) {
    this.address = address;
    this.prefix = prefix;
  }
}
export function parseIp(text: string): Ip | undefined {
  if (!text.includes(':')) {
    const parts = text.split('.');
    if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined;
    return new Ip(
      32,
      parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n),
    );
  }
  const halves = text.split('::');
  const [head = '', tail] = halves;
  const groups = (half: string) => (half === '' ? [] : half.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const missing = 8 - left.length - right.length;
  if (halves.length > 2 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...left, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...right];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return new Ip(
    128,
    all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n),
  );
}

export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length = '', ...more] = text.split('/');
  const ip = parseIp(address);
  if (ip === undefined || more.length > 0 || !/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > ip.bits) return undefined;
  return new Cidr(ip, Number(length));
}

function contains(outer: Cidr, ip: Ip): boolean {
  const shift = BigInt(outer.address.bits - outer.prefix);
  return outer.address.bits === ip.bits && outer.address.number >> shift === ip.number >> shift;
}

function ip(text: string): Ip {
  const parsed = parseIp(text);
  if (parsed === undefined) throw new EvaluationError(`${JSON.stringify(text)} is not an IP address`);
  return parsed;
}

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new EvaluationError(`${JSON.stringify(text)} is not a CIDR`);
  return parsed;
}

const containsCidr = (value: Cidr, inner: Cidr): boolean => inner.prefix >= value.prefix && contains(value, inner.address);

export const networkLibrary: Library = {
  types: { IP: { ctor: Ip, fields: {} }, CIDR: { ctor: Cidr, fields: {} } },
  operators: { 'IP == IP': (a: Ip, b: Ip) => a.bits === b.bits && a.number === b.number },
  functions: {
    'ip(string): IP': ip,
    'isIP(string): bool': (text: string) => parseIp(text) !== undefined,
    'IP.family(): int': (value: Ip) => (value.bits === 32 ? 4n : 6n),
    'IP.isLoopback(): bool': (value: Ip) => (value.bits === 32 ? value.number >> 24n === 127n : value.number === 1n),
    'IP.isUnspecified(): bool': (value: Ip) => value.number === 0n,
    'cidr(string): CIDR': cidr,
    'isCIDR(string): bool': (text: string) => parseCidr(text) !== undefined,
    'CIDR.prefixLength(): int': (value: Cidr) => BigInt(value.prefix),
    'CIDR.ip(): IP': (value: Cidr) => value.address,
    'CIDR.containsIP(string): bool': (value: Cidr, text: string) => contains(value, ip(text)),
    'CIDR.containsIP(IP): bool': contains,
    'CIDR.containsCIDR(string): bool': (value: Cidr, text: string) => containsCidr(value, cidr(text)),
    'CIDR.containsCIDR(CIDR): bool': containsCidr,
  },
};
