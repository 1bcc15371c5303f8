import { all, type Faults, invalid } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';

interface Address {
  /** 32 or 128 zeros and ones. */
  readonly bits: string;
  /** Which Kubernetes' older fields accept. */
  readonly hasLeadingZeros: boolean;
}

const binary = (number: number, length: number) => number.toString(2).padStart(length, '0');

/** An address of IPv4 or IPv6; undefined if it is not one. As ParseIPSloppy of k8s.io/utils/net. */
function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

function parseIPv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,6}$/.test(part) && Number(part) <= 255)) return undefined;
  return {
    bits: parts.map((part) => binary(Number(part), 8)).join(''),
    hasLeadingZeros: parts.some((part) => /^0\d/.test(part)),
  };
}

function parseIPv6(text: string): Address | undefined {
  const quad = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const tail = quad === null ? undefined : parseIPv4(quad[2] ?? '');
  if (quad !== null && tail === undefined) return undefined;
  const groups = quad === null ? text : `${quad[1]}${hex(tail?.bits.slice(0, 16))}:${hex(tail?.bits.slice(16))}`;
  const [left = '', right, ...more] = groups.split('::');
  const [head, end] = [left, right ?? ''].map((half) => (half === '' ? [] : half.split(':')));
  if (head === undefined || end === undefined || more.length > 0) return undefined;
  const missing = 8 - head.length - end.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const full = [...head, ...Array<string>(missing).fill('0'), ...end];
  if (!full.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return undefined;
  return {
    bits: full.map((group) => binary(Number.parseInt(group, 16), 16)).join(''),
    hasLeadingZeros: tail?.hasLeadingZeros === true,
  };
}

const hex = (bits = '') => Number.parseInt(bits, 2).toString(16);
const mappedPrefix = '0'.repeat(80) + '1'.repeat(16);
const isMapped = ({ bits }: Address) => bits.length === 128 && bits.startsWith(mappedPrefix);

export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

export function isIPv6Address(text: string): boolean {
  return text.includes(':');
}

/** Of fields older than strict validation. */
export function* address(field: Field, minor: number): Faults {
  const parsed = parseAddress(field.text);
  if (parsed === undefined) return yield invalid(field, 'ip', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
  if (!isOn('checksAddressesStrictly', minor)) return;
  if (parsed.hasLeadingZeros) yield invalid(field, 'ip', 'must not have leading 0s');
  if (isMapped(parsed)) yield invalid(field, 'ip', 'must not be an IPv4-mapped IPv6 address');
}

interface Range extends Address {
  readonly length: number;
}

export function parseRange(text: string): Range | undefined {
  const [, head = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const parsed = parseAddress(head);
  if (parsed === undefined || Number(length) > parsed.bits.length) return undefined;
  return { ...parsed, length: Number(length), hasLeadingZeros: parsed.hasLeadingZeros || /^0\d/.test(length) };
}

/** Whether the outer one holds all of the inner one and more. */
export function isWithin(inner: Range, outer: Range): boolean {
  const isSameFamily = inner.bits.length === outer.bits.length;
  return isSameFamily && inner.length > outer.length && inner.bits.startsWith(outer.bits.slice(0, outer.length));
}

/** Of fields older than strict validation. */
export function* range(field: Field, minor: number): Faults {
  yield* rangeOf(field, field.text, isOn('checksAddressesStrictly', minor));
}

export function* rangeOf(field: Field, text: string, isStrict: boolean): Faults {
  const parsed = parseRange(text);
  if (parsed === undefined) return yield invalid(field, 'ip', 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
  if (!isStrict) return;
  if (parsed.hasLeadingZeros) yield invalid(field, 'ip', 'must not have leading 0s in IP or prefix length');
  else if (isMapped(parsed)) yield invalid(field, 'ip', 'must not have an IPv4-mapped IPv6 address');
  else if (parsed.bits.slice(parsed.length).includes('1'))
    yield invalid(field, 'ip', 'must not have bits set beyond the prefix length');
}

const notForEndpoints: readonly (readonly [range: Range | undefined, message: string])[] = [
  [parseRange('0.0.0.0/32'), 'may not be unspecified'],
  [parseRange('::/128'), 'may not be unspecified'],
  [parseRange('127.0.0.0/8'), 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [parseRange('::1/128'), 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [parseRange('169.254.0.0/16'), 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [parseRange('fe80::/10'), 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [parseRange('224.0.0.0/24'), 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
  [parseRange('ff02::/16'), 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
];

/** An address that traffic may be sent to. */
export function* endpointAddress(field: Field): Faults {
  const parsed = parseAddress(field.text);
  if (parsed === undefined) return;
  const isIn = (of: Range | undefined) =>
    of !== undefined && of.bits.length === parsed.bits.length && parsed.bits.startsWith(of.bits.slice(0, of.length));
  yield* all(
    field,
    'ip',
    notForEndpoints.filter(([of]) => isIn(of)).map(([, message]) => message),
  );
}
