import { EvaluationError } from '@marcbachmann/cel-js';
import { Instant, Span } from './time.ts';
import { Uint } from './uint.ts';
import { noOverload } from './values.ts';

export function isNumber(value: unknown): value is bigint | number | Uint {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;
}

/** -1, 0 or 1. Neither may be NaN. As compareIntDouble and its siblings of cel-go, which compare as doubles within the range. */
export function compareNumbers(left: bigint | number | Uint, right: bigint | number | Uint): number {
  const one = left instanceof Uint ? left.valueOf() : left;
  const other = right instanceof Uint ? right.valueOf() : right;
  if (typeof one === typeof other) return one < other ? -1 : one > other ? 1 : 0;
  return compareNumbers(Number(one), Number(other));
}

/** -1, 0 or 1. Throws if the values have no order. */
export function compare(left: unknown, right: unknown): number {
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  if (isNumber(left) && isNumber(right)) {
    if (Number.isNaN(left) || Number.isNaN(right)) throw new EvaluationError('NaN values cannot be ordered');
    return compareNumbers(left, right);
  }
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Instant && right instanceof Instant) return compareNumbers(left.nanos, right.nanos);
  if (left instanceof Span && right instanceof Span) return compareNumbers(left.nanos, right.nanos);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Math.sign(Buffer.compare(left, right));
  throw noOverload('compare', left, right);
}

/** By code point, as Go compares UTF-8; JavaScript's `<` compares UTF-16, which differs for surrogates. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const one = left.charCodeAt(at);
    const other = right.charCodeAt(at);
    if (one === other) continue;
    const [high, low] = [isSurrogate(one), isSurrogate(other)];
    if (high !== low && one >= 0xd800 && other >= 0xd800) return high ? 1 : -1;
    return one < other ? -1 : 1;
  }
  return left.length < right.length ? -1 : 1;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
