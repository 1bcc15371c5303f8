import { Optional } from '@marcbachmann/cel-js';
import { keysOf, valueAt } from '../../../src/engines/cel/semantics/maps.ts';
import { Instant, Span } from '../../../src/engines/cel/semantics/time.ts';
import { Uint } from '../../../src/engines/cel/semantics/uint.ts';
import { isMap, Opaque, TypeValue } from '../../../src/engines/cel/semantics/values.ts';

/** Writes a value as the oracle does (evaluate.go), so that values of different types differ. */
export function format(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `int ${value}`;
  if (typeof value === 'number') return `double ${double(value)}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint) return `uint ${value}`;
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (value instanceof Instant)
    return `timestamp ${value.seconds}.${String(value.nanos - value.seconds * 1_000_000_000n).padStart(9, '0')}`;
  if (value instanceof Span) return `duration ${value.nanos}`;
  if (value instanceof TypeValue) return `type ${value.name}`;
  if (value instanceof Optional) return value.hasValue() ? `some ${format(value.value())}` : 'none';
  if (Array.isArray(value)) return `[${value.map(format).join(', ')}]`;
  if (isMap(value)) {
    const entries = keysOf(value).map((key) => `${format(key)}: ${format(valueAt(value, key))}`);
    return `{${entries.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))).join(', ')}}`;
  }
  return value instanceof Opaque ? `${value.celType} ${value}` : typeof value;
}

/** Go's `strconv.FormatFloat(value, 'e', -1, 64)`. */
function double(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [mantissa, exponent = ''] = value.toExponential().split('e');
  const sign = Object.is(value, -0) ? '-' : '';
  return `${sign}${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
}
