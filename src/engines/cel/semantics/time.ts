import { EvaluationError } from '@marcbachmann/cel-js';
import { Opaque } from './values.ts';

const second = 1_000_000_000n;
/** The years 1 to 9999. */
const earliest = -62_135_596_800n;
const latest = 253_402_300_799n;

/** A timestamp. */
export class Instant extends Opaque {
  readonly celType = 'google.protobuf.Timestamp';
  /** Since 1970. */
  readonly nanos: bigint;
  /** Throws outside the years 1 to 9999. */
  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
    if (this.seconds < earliest || this.seconds > latest) throw new EvaluationError('timestamp overflow');
  }
  /** Rounded down. */
  get seconds(): bigint {
    const cut = this.nanos / second;
    return this.nanos % second < 0n ? cut - 1n : cut;
  }
  isEqual(other: unknown): boolean {
    return other instanceof Instant && other.nanos === this.nanos;
  }
  override toString(): string {
    const fraction = (((this.nanos % second) + second) % second).toString().padStart(9, '0').replace(/0+$/, '');
    const whole = new Date(Number(this.seconds) * 1_000).toISOString().slice(0, 19);
    return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`;
  }
}

/** A duration. */
export class Span extends Opaque {
  readonly celType = 'google.protobuf.Duration';
  readonly nanos: bigint;
  /** Throws beyond 64 bits, about 292 years. */
  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
    if (BigInt.asIntN(64, nanos) !== nanos) throw new EvaluationError('integer overflow');
  }
  isEqual(other: unknown): boolean {
    return other instanceof Span && other.nanos === this.nanos;
  }
  /** Seconds, as cel-go writes them: from a double. */
  override toString(): string {
    return `${withoutExponent(Number(this.nanos / second) + Number(this.nanos % second) / 1e9)}s`;
  }
}

/** The shortest text of a double without an exponent: Go's `strconv.FormatFloat(value, 'f', -1, 64)`. */
export function withoutExponent(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const power = Number(exponent);
  const digits = whole + fraction;
  const sign = value < 0 ? '-' : '';
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  return `${sign}${digits.padEnd(power + 1, '0')}`;
}

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** RFC 3339 as Go's time.Parse reads it; undefined for everything else. */
export function parseInstant(text: string): Instant | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, secondOfMinute = 0] = match.slice(1, 7).map(Number);
  const [zoneHours, zoneMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (!isDate(year, month, day) || hour > 23 || minute > 59 || secondOfMinute > 59 || zoneHours > 24 || zoneMinutes > 60)
    return undefined;
  const offset = (zoneHours * 60 + zoneMinutes) * (match[8] === '-' ? -1 : 1);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute - offset, secondOfMinute);
  return new Instant(BigInt(date.getTime() / 1_000) * second + BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0')));
}

export function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC((year % 400) + 2_000, month, 0)).getUTCDate();
}

const units: Readonly<Record<string, bigint>> = {
  ...{ ns: 1n, us: 1_000n, '\u00b5s': 1_000n, '\u03bcs': 1_000n, ms: 1_000_000n },
  ...{ s: second, m: 60n * second, h: 3_600n * second },
};

/** Go's time.ParseDuration; undefined for what it refuses. */
export function parseSpan(text: string): Span | undefined {
  const [, sign = '', rest = ''] = /^([+-]?)([\s\S]*)$/.exec(text) ?? [];
  if (rest === '0') return new Span(0n);
  const part = /(\d*)(\.\d*)?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;
  let total = 0n;
  while (part.lastIndex < rest.length) {
    const match = part.exec(rest);
    if (match === null) return undefined;
    const [, whole = '', fraction = '', unit = ''] = match;
    const size = units[unit];
    if (size === undefined || (whole === '' && fraction.length < 2)) return undefined;
    const digits = fraction.slice(1, 19);
    total += BigInt(whole === '' ? '0' : whole) * size;
    if (digits !== '') total += BigInt(Math.trunc(Number(digits) * (Number(size) / 10 ** digits.length)));
  }
  if (rest === '' || total > 2n ** 63n - (sign === '-' ? 0n : 1n)) return undefined;
  return new Span(sign === '-' ? -total : total);
}
