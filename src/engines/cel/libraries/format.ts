import { EvaluationError } from '@marcbachmann/cel-js';
import { type Spend, weigh } from '../budget.ts';
import { keysOf, valueAt } from '../semantics/maps.ts';
import { Instant, Span } from '../semantics/time.ts';
import { Uint } from '../semantics/uint.ts';
import { isMap, TypeValue, typeName } from '../semantics/values.ts';
import { textOfDouble } from './conversions.ts';

/** `format` of CEL's strings library, version 2: https://github.com/google/cel-go/blob/v0.26.0/ext/formatting.go */
export function format(template: string, values: readonly unknown[], spend: Spend): string {
  let next = 0;
  const text = template.replaceAll(/%(?:\.(\d*))?([\s\S]?)/gu, (_found, precision: string | undefined, verb: string) => {
    if (verb === '%' && precision === undefined) return '%';
    if (next >= values.length) throw new EvaluationError(`format: index ${next} out of range`);
    const value = values[next];
    next += 1;
    spend(weigh(value));
    return formatOne(verb, value, digitsOf(precision));
  });
  return text;
}

function digitsOf(precision: string | undefined): number {
  if (precision === undefined) return 6;
  if (precision === '' || Number(precision) > 100) throw new EvaluationError(`format: a precision of "${precision}"`);
  return Number(precision);
}

function formatOne(verb: string, value: unknown, precision: number): string {
  const integer = typeof value === 'bigint' ? value : value instanceof Uint ? value.valueOf() : undefined;
  const base = { b: 2, o: 8, x: 16, X: 16 }[verb];
  if (verb === 's') return textOf(value);
  if (verb === 'd' && integer !== undefined) return integer.toString();
  if (verb === 'f' || verb === 'e') return formatDouble(verb, value, precision);
  if (verb === 'b' && typeof value === 'boolean') return value ? '1' : '0';
  if ((verb === 'x' || verb === 'X') && (typeof value === 'string' || value instanceof Uint8Array))
    return inCase(verb, Buffer.from(typeof value === 'string' ? new TextEncoder().encode(value) : value).toString('hex'));
  if (base !== undefined && integer !== undefined) return inCase(verb, integer.toString(base));
  throw new EvaluationError(`format: %${verb} does not take a value of type ${typeName(value)}`);
}

function inCase(verb: string, hex: string): string {
  return verb === 'X' ? hex.toUpperCase() : hex;
}

function formatDouble(verb: 'e' | 'f', value: unknown, precision: number): string {
  const named = value === 'NaN' ? Number.NaN : value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : undefined;
  const number = typeof value === 'number' ? value : named;
  if (number === undefined) throw new EvaluationError(`format: %${verb} does not take a value of type ${typeName(value)}`);
  // As golang.org/x/text for en-US. cel-go passes the precision of %e as a width: there are always six digits.
  const text = Number.isFinite(number) ? undefined : Number.isNaN(number) ? 'NaN' : number > 0 ? '\u221e' : '-\u221e';
  if (verb === 'f') return text ?? grouped(fixed(number, precision));
  const [mantissa = '', exponent = ''] = number.toExponential(6).split('e');
  return (text ?? `${mantissa}\u00d710${superscript(exponent)}`).padStart(precision);
}

/** JavaScript writes numbers from 1e21 on with an exponent, and rounds 2.5 up; Go rounds a tie to the even digit. */
function fixed(number: number, precision: number): string {
  const halves = Math.abs(number) * 2 ** (precision + 1);
  const rounded = number.toFixed(precision);
  const isTie = halves % 2 === 1 && /[13579]$/.test(rounded);
  const text = isTie ? (number - Math.sign(number) * 0.5 * 10 ** -precision).toFixed(precision) : rounded;
  return text.includes('e') ? `${BigInt(number)}${precision === 0 ? '' : `.${'0'.repeat(precision)}`}` : text;
}

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const separated = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

function superscript(exponent: string): string {
  const digits = exponent.replace(/^[+-]/, '').padStart(2, '0');
  const raised = [...digits].map((digit) => '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'.charAt(Number(digit)));
  return (exponent.startsWith('-') ? '\u207b' : '') + raised.join('');
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return textOfDouble(value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof TypeValue) return value.name;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (isMap(value)) return textOfMap(value);
  const known = ['string', 'bool', 'int', 'uint', 'null_type', 'google.protobuf.Timestamp', 'google.protobuf.Duration'];
  if (known.includes(typeName(value))) return String(value);
  throw new EvaluationError(`format: %s does not take a value of type ${typeName(value)}`);
}

function textOfMap(map: object): string {
  const entries = keysOf(map).map((key): readonly [string, string] => {
    if (typeof key === 'number') throw new EvaluationError('format: no text for a key of type double');
    return [literal(key), literal(valueAt(map, key))];
  });
  entries.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  return `{${entries.map(([key, value]) => `${key}:${value}`).join(', ')}}`;
}

/** A value inside of a list or map. */
function literal(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `b${JSON.stringify(new TextDecoder().decode(value))}`;
  if (typeof value === 'number') return Number.isFinite(value) ? value.toFixed(6) : JSON.stringify(textOfDouble(value));
  if (value instanceof Instant) return `timestamp("${value}")`;
  if (value instanceof Span) return `duration("${value}")`;
  return textOf(value);
}
