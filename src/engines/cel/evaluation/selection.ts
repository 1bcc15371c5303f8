import { EvaluationError, Optional } from '@marcbachmann/cel-js';
import { valueAt } from '../semantics/maps.ts';
import { Message } from '../semantics/messages.ts';
import { isNumber } from '../semantics/order.ts';
import { isMap, typeName } from '../semantics/values.ts';

/** `x.y` and `x[y]`. */
export function select(operand: unknown, key: unknown): unknown {
  if (operand instanceof Optional) return selectOptional(operand, key);
  if (operand instanceof Message && typeof key === 'string') return operand.get(key);
  const found = lookUp(operand, key);
  if (found !== undefined) return found;
  if (Array.isArray(operand)) throw new EvaluationError(`index out of bounds: ${String(key)}`);
  throw new EvaluationError(`No such key: ${String(key)}`);
}

/** `x.?y` and `x[?y]`, and everything after them. */
export function selectOptional(operand: unknown, key: unknown): Optional<unknown> {
  const value: unknown = operand instanceof Optional ? (operand.hasValue() ? operand.value() : null) : operand;
  return Optional.of<unknown>(ifPresent(value, key));
}

/** `has(x.y)`: whether the field is there. */
export function hasField(operand: unknown, key: string): boolean {
  return operand instanceof Optional ? selectOptional(operand, key).hasValue() : ifPresent(operand, key) !== undefined;
}

/**
 * An absent field is allowed, and so is one of null; a value that has no fields is an error. cel-go makes it an error only for a list and
 * treats a scalar as absent (refQualify in interpreter/attributes.go); but an API server refuses such a manifest before any policy evaluates
 * it, so here it must not pass.
 */
function ifPresent(operand: unknown, key: unknown): unknown {
  if (operand === null) return undefined;
  if (operand instanceof Message && typeof key === 'string') return operand.has(key) ? operand.get(key) : undefined;
  if (isMap(operand) || (Array.isArray(operand) && typeof key !== 'string')) return lookUp(operand, key);
  throw new EvaluationError(`the field ${String(key)} is read from ${withArticle(operand)}, not from an object`);
}

function withArticle(value: unknown): string {
  const name = typeName(value);
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

function lookUp(operand: unknown, key: unknown): unknown {
  if (Array.isArray(operand)) return operand[indexOf(key)];
  return isMap(operand) ? valueAt(operand, key) : undefined;
}

/** For a number of any type without a fraction. */
function indexOf(key: unknown): number {
  const index = isNumber(key) ? Number(key.valueOf()) : Number.NaN;
  if (Number.isInteger(index)) return index;
  throw new EvaluationError(`unsupported index of a list: ${typeof key === 'string' ? JSON.stringify(key) : typeName(key)}`);
}
