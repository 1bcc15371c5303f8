/** An address of IPv4 or IPv6 as a number. */
export interface Address {
  readonly bits: 32 | 128;
  readonly number: bigint;
  /** Which Kubernetes' older fields accept. */
  readonly hasLeadingZeros: boolean;
}
/** A CIDR, with the address that it is written with. */
export interface Range extends Address {
  readonly length: number;
}

/** Undefined if it is not an address. As ParseIPSloppy of k8s.io/utils/net, with an IPv4 address at the end of IPv6 (`64:ff9b::10.0.0.1`). */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

function parseIPv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,6}$/.test(part) && Number(part) <= 255)) return undefined;
  const number = parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  return { bits: 32, number, hasLeadingZeros: parts.some((part) => /^0\d/.test(part)) };
}

function parseIPv6(text: string): Address | undefined {
  const [, before = '', quad] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const tail = quad === undefined ? undefined : parseIPv4(quad);
  if (quad !== undefined && tail === undefined) return undefined;
  const hex = (number: bigint) => number.toString(16);
  const groups = tail === undefined ? text : `${before}${hex(tail.number >> 16n)}:${hex(tail.number & 0xffffn)}`;
  const [left = '', right, ...more] = groups.split('::');
  const [head = [], end = []] = [left, right ?? ''].map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - end.length;
  if (more.length > 0 || (right === undefined ? missing !== 0 : missing < 1)) return undefined;
  const full = [...head, ...Array<string>(missing).fill('0'), ...end];
  if (!full.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return undefined;
  const number = full.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
  return { bits: 128, number, hasLeadingZeros: tail?.hasLeadingZeros === true };
}

export function parseRange(text: string): Range | undefined {
  const [, head = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const parsed = parseAddress(head);
  if (parsed === undefined || Number(length) > parsed.bits) return undefined;
  return { ...parsed, length: Number(length), hasLeadingZeros: parsed.hasLeadingZeros || /^0\d/.test(length) };
}

/** `::ffff:10.0.0.1` */
export function isMapped({ bits, number }: Address): boolean {
  return bits === 128 && number >> 32n === 0xffffn;
}

export function isInRange({ bits, number }: Address, range: Range): boolean {
  const rest = BigInt(range.bits - range.length);
  return bits === range.bits && number >> rest === range.number >> rest;
}

/** Whether `inner` is in `outer` and smaller. */
export function isWithin(inner: Range, outer: Range): boolean {
  return inner.length > outer.length && isInRange(inner, outer);
}
