import { EvaluationError } from '@marcbachmann/cel-js';
import { type Address, isMapped, parseAddress, parseRange } from '../../ip-address.ts';
import { Opaque } from '../semantics/values.ts';
import type { Library } from './library.ts';

/** An address as a number, and its width. */
export class Ip extends Opaque {
  readonly celType = 'net.IP';
  readonly bits: 32 | 128;
  readonly number: bigint;
  constructor(bits: 32 | 128, number: bigint) {
    super();
    this.bits = bits;
    this.number = number;
  }
  isEqual(other: unknown): boolean {
    return other instanceof Ip && other.bits === this.bits && other.number === this.number;
  }
  /** As Go's netip writes it. */
  override toString(): string {
    if (this.bits === 32) return groupsOf(this.number, 4, 8n).join('.');
    const groups = groupsOf(this.number, 8, 16n).map((group) => group.toString(16));
    const zeros = [...groups.join(' ').matchAll(/(?<![^ ])0(?: 0)+(?![^ ])/g)].map(([found]) => found);
    const longest = zeros.reduce((best, found) => (found.length > best.length ? found : best), '');
    if (longest === '') return groups.join(':');
    const [before = '', after = ''] = split(groups.join(' '), longest);
    return `${before.trim().replaceAll(' ', ':')}::${after.trim().replaceAll(' ', ':')}`;
  }
}

/** Around the first place where the part is between spaces. */
function split(text: string, part: string): readonly [string, string] {
  const at = ` ${text} `.indexOf(` ${part} `);
  return [text.slice(0, at), text.slice(at + part.length)];
}

function groupsOf(number: bigint, count: number, bits: bigint): readonly bigint[] {
  return Array.from({ length: count }, (_, index) => BigInt.asUintN(Number(bits), number >> (bits * BigInt(count - 1 - index))));
}

export class Cidr extends Opaque {
  readonly celType = 'net.CIDR';
  readonly address: Ip;
  readonly prefix: number;
  constructor(address: Ip, prefix: number) {
    super();
    this.address = address;
    this.prefix = prefix;
  }
  isEqual(other: unknown): boolean {
    return other instanceof Cidr && other.prefix === this.prefix && other.address.isEqual(this.address);
  }
  override toString(): string {
    return `${this.address}/${this.prefix}`;
  }
}

/** Without leading zeros; an IPv4-mapped address (`::ffff:10.0.0.1`) is refused, as by Kubernetes. */
function strict<Parsed extends Address>(parsed: Parsed | undefined): Parsed | undefined {
  return parsed === undefined || parsed.hasLeadingZeros || isMapped(parsed) ? undefined : parsed;
}

export function parseIp(text: string): Ip | undefined {
  const found = strict(parseAddress(text));
  return found && new Ip(found.bits, found.number);
}

export function parseCidr(text: string): Cidr | undefined {
  const found = strict(parseRange(text));
  return found && new Cidr(new Ip(found.bits, found.number), found.length);
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

const top = ({ bits, number }: Ip, count: number) => number >> BigInt(bits - count);
const isUnspecified = ({ number }: Ip) => number === 0n;
const isLoopback = (value: Ip) => (value.bits === 32 ? top(value, 8) === 127n : value.number === 1n);
const isMulticast = (value: Ip) => (value.bits === 32 ? top(value, 4) === 14n : top(value, 8) === 0xffn);
const isLinkLocalUnicast = (value: Ip) => (value.bits === 32 ? top(value, 16) === 0xa9fen : top(value, 10) === 0x3fan);
const isLinkLocalMulticast = (value: Ip) =>
  value.bits === 32 ? top(value, 24) === 0xe00000n : isMulticast(value) && (top(value, 16) & 0xfn) === 2n;
const isBroadcast = ({ bits, number }: Ip) => bits === 32 && number === 0xffffffffn;

export const networkLibrary: Library = {
  string_to_ip: ip,
  is_ip: (text: string) => parseIp(text) !== undefined,
  ip_to_string: String,
  ip_is_canonical: (text: string) => String(ip(text)) === text,
  ip_family: (value: Ip) => (value.bits === 32 ? 4n : 6n),
  ip_is_loopback: isLoopback,
  ip_is_unspecified: isUnspecified,
  ip_is_link_local_unicast: isLinkLocalUnicast,
  ip_is_link_local_multicast: isLinkLocalMulticast,
  ip_is_global_unicast: (value: Ip) =>
    ![isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast, isBroadcast].some((is) => is(value)),
  string_to_cidr: cidr,
  is_cidr: (text: string) => parseCidr(text) !== undefined,
  cidr_to_string: String,
  cidr_prefix_length: (value: Cidr) => BigInt(value.prefix),
  cidr_ip: (value: Cidr) => value.address,
  cidr_masked: ({ address, prefix }: Cidr) => {
    const rest = BigInt(address.bits - prefix);
    return new Cidr(new Ip(address.bits, (address.number >> rest) << rest), prefix);
  },
  cidr_contains_ip_string: (value: Cidr, text: string) => contains(value, ip(text)),
  cidr_contains_ip_ip: contains,
  cidr_contains_cidr_string: (value: Cidr, text: string) => containsCidr(value, cidr(text)),
  cidr_contains_cidr: containsCidr,
};
