import { isInRange, isMapped, parseAddress, parseRange, type Range } from '../../ip-address.ts';
import { all, type Faults, invalid } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';

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
  else if (BigInt.asUintN(parsed.bits - parsed.length, parsed.number) !== 0n)
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
  yield* all(
    field,
    'ip',
    notForEndpoints.filter(([of]) => of !== undefined && isInRange(parsed, of)).map(([, message]) => message),
  );
}
