import { EvaluationError } from '@marcbachmann/cel-js';
import { Instant, Span } from './time.ts';
import { Uint } from './uint.ts';
import { noOverload } from './values.ts';

/** An int of 64 bits. Throws if it does not fit. */
export function int64(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new EvaluationError('integer overflow');
  return value;
}

export function uint64(value: bigint): Uint {
  if (BigInt.asUintN(64, value) !== value) throw new EvaluationError('unsigned integer overflow');
  return new Uint(value);
}

export function add(left: unknown, right: unknown): unknown {
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Uint8Array.from([...left, ...right]);
  if (left instanceof Span && right instanceof Span) return new Span(left.nanos + right.nanos);
  if (left instanceof Instant && right instanceof Span) return new Instant(left.nanos + right.nanos);
  if (left instanceof Span && right instanceof Instant) return new Instant(left.nanos + right.nanos);
  return onNumbers('_+_', left, right, { ints: (a, b) => a + b, doubles: (a, b) => a + b });
}

export function subtract(left: unknown, right: unknown): unknown {
  if (left instanceof Span && right instanceof Span) return new Span(left.nanos - right.nanos);
  if (left instanceof Instant && right instanceof Instant) return new Span(left.nanos - right.nanos);
  if (left instanceof Instant && right instanceof Span) return new Instant(left.nanos - right.nanos);
  return onNumbers('_-_', left, right, { ints: (a, b) => a - b, doubles: (a, b) => a - b });
}

export function multiply(left: unknown, right: unknown): unknown {
  return onNumbers('_*_', left, right, { ints: (a, b) => a * b, doubles: (a, b) => a * b });
}

export function divide(left: unknown, right: unknown): unknown {
  return onNumbers('_/_', left, right, { ints: (a, b) => a / notZero(b, 'division'), doubles: (a, b) => a / b });
}

export function modulo(left: unknown, right: unknown): unknown {
  // As cel-go: the quotient of the smallest int and -1 does not fit, so neither has the remainder.
  if (right === -1n && typeof left === 'bigint') int64(-left);
  return onNumbers('_%_', left, right, { ints: (a, b) => a % notZero(b, 'modulus') });
}

export function negate(value: unknown): unknown {
  if (typeof value === 'bigint') return int64(-value);
  if (typeof value === 'number') return -value;
  throw noOverload('-_', value);
}

interface Operations {
  readonly ints: (left: bigint, right: bigint) => bigint;
  readonly doubles?: (left: number, right: number) => number;
}

function onNumbers(name: string, left: unknown, right: unknown, { ints, doubles }: Operations): unknown {
  if (typeof left === 'bigint' && typeof right === 'bigint') return int64(ints(left, right));
  if (typeof left === 'number' && typeof right === 'number' && doubles !== undefined) return doubles(left, right);
  if (left instanceof Uint && right instanceof Uint) return uint64(ints(left.valueOf(), right.valueOf()));
  throw noOverload(name, left, right);
}

function notZero(divisor: bigint, operation: string): bigint {
  if (divisor === 0n) throw new EvaluationError(`${operation} by zero`);
  return divisor;
}
