import { EvaluationError } from '@marcbachmann/cel-js';
import { int64, uint64 } from '../semantics/arithmetic.ts';
import { Instant, parseInstant, parseSpan, type Span } from '../semantics/time.ts';
import type { Uint } from '../semantics/uint.ts';
import { TypeValue, typeName } from '../semantics/values.ts';
import type { Library } from './library.ts';

const same = (value: unknown) => value;

export const conversions: Library = {
  to_dyn: same,
  type: (value: unknown) => new TypeValue(value instanceof TypeValue ? 'type' : typeName(value)),
  bool_to_bool: same,
  string_to_bool: (text: string) => {
    if (/^(?:1|t|true|TRUE|True)$/.test(text)) return true;
    if (/^(?:0|f|false|FALSE|False)$/.test(text)) return false;
    throw cannot('bool', text);
  },
  bytes_to_bytes: same,
  string_to_bytes: (text: string) => new TextEncoder().encode(text),
  double_to_double: same,
  int64_to_double: Number,
  uint64_to_double: Number,
  string_to_double: double,
  int64_to_int64: same,
  uint64_to_int64: (value: Uint) => int64(value.valueOf()),
  double_to_int64: (value: number) => {
    // cel-go refuses the ends of the range as well.
    if (!(value > -(2 ** 63) && value < 2 ** 63)) throw new EvaluationError('integer overflow');
    return BigInt(Math.trunc(value));
  },
  string_to_int64: (text: string) => {
    if (!/^[+-]?\d+$/.test(text)) throw cannot('int', text);
    return int64(BigInt(text.replace(/^\+/, '')));
  },
  timestamp_to_int64: (value: Instant) => value.seconds,
  duration_to_int64: (value: Span) => value.nanos,
  uint64_to_uint64: same,
  int64_to_uint64: uint64,
  double_to_uint64: (value: number) => {
    if (!(value >= 0 && value < 2 ** 64)) throw new EvaluationError('unsigned integer overflow');
    return uint64(BigInt(Math.trunc(value)));
  },
  string_to_uint64: (text: string) => {
    if (!/^\d+$/.test(text)) throw cannot('uint', text);
    return uint64(BigInt(text));
  },
  string_to_string: same,
  bool_to_string: String,
  int64_to_string: String,
  uint64_to_string: String,
  timestamp_to_string: String,
  duration_to_string: String,
  double_to_string: textOfDouble,
  bytes_to_string: (value: Uint8Array) => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
    } catch {
      throw new EvaluationError('invalid UTF-8 in bytes, cannot convert to string');
    }
  },
  timestamp_to_timestamp: same,
  int64_to_timestamp: (value: bigint) => new Instant(value * 1_000_000_000n),
  string_to_timestamp: (text: string) => parseInstant(text) ?? fail(cannot('timestamp', text)),
  duration_to_duration: same,
  int64_to_duration: (value: bigint) => parseSpan(`${value}ns`),
  string_to_duration: (text: string) => parseSpan(text) ?? fail(cannot('duration', text)),
};

function fail(error: Error): never {
  throw error;
}

function cannot(type: string, text: string): EvaluationError {
  const wanted =
    { int: 'an integer', uint: 'an unsigned integer', double: 'a number', bool: 'true or false' }[type] ?? `a ${type}`;
  return new EvaluationError(`${type}() of ${JSON.stringify(text)}, which is not ${wanted}`);
}

/** Go's strconv.ParseFloat: it also reads hexadecimal with an exponent, and no number that is too large. */
function double(text: string): number {
  const named = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (named !== null) return named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/i.test(text)) return /^nan$/i.test(text) ? Number.NaN : fail(cannot('double', text));
  const [, sign, whole = '', fraction = '', power] = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?p([+-]?\d{1,4})$/i.exec(text) ?? [];
  if (power !== undefined && whole + fraction !== '') {
    const value = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(power) - 4 * fraction.length);
    return sign === '-' ? -value : value;
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) || !Number.isFinite(Number(text))) throw cannot('double', text);
  return Number(text);
}

/** As Go's %g: with an exponent of at least two digits below 1e-4 and from 1e6 on. */
export function textOfDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
