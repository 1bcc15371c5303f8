import { BlockList, isIP, isIPv4 } from 'node:net';
import { all, type Faults, invalid } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';

/** An address without leading zeros, which Kubernetes' older fields accept and Node does not; undefined if it is none. */
function standard(text: string): string | undefined {
  const plain = /^\d{1,5}(?:\.\d{1,5}){3}$/.test(text)
    ? text.split('.').map(Number).join('.')
    : text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (quad) => quad.split('.').map(Number).join('.'));
  return isIP(plain) === 0 || plain.includes('%') ? undefined : plain;
}

export function isAddress(text: string): boolean {
  return standard(text) !== undefined;
}

export function isIPv6Address(text: string): boolean {
  return text.includes(':');
}

const isMapped = (text: string) => /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text);

/** Of fields older than strict validation. */
export function* address(field: Field, minor: number): Faults {
  const plain = standard(field.text);
  if (plain === undefined) return yield invalid(field, 'ip', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
  if (!isOn('checksAddressesStrictly', minor)) return;
  if (plain !== field.text) yield invalid(field, 'ip', 'must not have leading 0s');
  if (isMapped(plain)) yield invalid(field, 'ip', 'must not be an IPv4-mapped IPv6 address');
}

interface Range {
  readonly address: string;
  readonly length: number;
  readonly family: 'ipv4' | 'ipv6';
}

export function parseRange(text: string): Range | undefined {
  const [, head = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const plain = standard(head);
  if (plain === undefined || Number(length) > (isIPv4(plain) ? 32 : 128)) return undefined;
  return { address: plain, length: Number(length), family: isIPv4(plain) ? 'ipv4' : 'ipv6' };
}

/** Whether the first holds all of the second and more. */
export function isWithin(inner: Range, outer: Range): boolean {
  const list = new BlockList();
  list.addSubnet(outer.address, outer.length, outer.family);
  return inner.family === outer.family && inner.length > outer.length && list.check(inner.address, inner.family);
}

/** Whether the address is the first of its range, as strict validation requires. */
function isFirst({ address: text, length, family }: Range): boolean {
  const bits = bitsOf(text, family);
  return !bits.slice(length).includes('1');
}

function bitsOf(text: string, family: Range['family']): string {
  if (family === 'ipv4')
    return text
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  const quad = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = quad.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}

/** Of fields older than strict validation. */
export function* range(field: Field, minor: number): Faults {
  yield* rangeOf(field, field.text, isOn('checksAddressesStrictly', minor));
}

export function* rangeOf(field: Field, text: string, isStrict: boolean): Faults {
  const parsed = parseRange(text);
  if (parsed === undefined) return yield invalid(field, 'ip', 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
  if (!isStrict) return;
  if (text !== `${parsed.address}/${parsed.length}`)
    yield invalid(field, 'ip', 'must not have leading 0s in IP or prefix length');
  else if (isMapped(parsed.address)) yield invalid(field, 'ip', 'must not have an IPv4-mapped IPv6 address');
  else if (!isFirst(parsed)) yield invalid(field, 'ip', 'must not have bits set beyond the prefix length');
}

const notForEndpoints = (
  [
    ['0.0.0.0', 32, 'ipv4', 'may not be unspecified'],
    ['::', 128, 'ipv6', 'may not be unspecified'],
    ['127.0.0.0', 8, 'ipv4', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    ['::1', 128, 'ipv6', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    ['169.254.0.0', 16, 'ipv4', 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
    ['fe80::', 10, 'ipv6', 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
    ['224.0.0.0', 24, 'ipv4', 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
    ['ff02::', 16, 'ipv6', 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
  ] as const
).map(([start, length, family, message]) => {
  const list = new BlockList();
  list.addSubnet(start, length, family);
  return { list, family, message };
});

/** An address that traffic may be sent to. */
export function* endpointAddress(field: Field): Faults {
  const plain = standard(field.text);
  if (plain === undefined) return;
  const ofFamily = isIPv4(plain) ? 'ipv4' : 'ipv6';
  const found = notForEndpoints.filter(({ list, family }) => family === ofFamily && list.check(plain, family));
  yield* all(
    field,
    'ip',
    found.map(({ message }) => message),
  );
}
