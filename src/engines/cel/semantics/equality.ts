import { Optional } from '@marcbachmann/cel-js';
import type { Spend } from '../budget.ts';
import { keysOf, valueAt } from './maps.ts';
import { compareNumbers, isNumber } from './order.ts';
import { Uint } from './uint.ts';
import { isMap, Opaque } from './values.ts';

/** Whether two values are equal in CEL. Numbers of different types are compared by value; other values of different types are not equal. */
export function isEqual(left: unknown, right: unknown, spend: Spend): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object')
    return isNumber(left) && isNumber(right) && isSameNumber(left, right);
  if (left === null || right === null) return false;
  spend(1);
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isEqual(item, right[index], spend));
  }
  if (left instanceof Uint) return right instanceof Uint && left.valueOf() === right.valueOf();
  if (left instanceof Opaque) return left.isEqual(right);
  if (left instanceof Optional) return right instanceof Optional && isSameOptional(left, right, spend);
  if (left instanceof Uint8Array) return right instanceof Uint8Array && isSameBytes(left, right, spend);
  return isMap(left) && isMap(right) && isSameMap(left, right, spend);
}

function isSameNumber(left: bigint | number | Uint, right: bigint | number | Uint): boolean {
  return !Number.isNaN(left) && !Number.isNaN(right) && compareNumbers(left, right) === 0;
}

function isSameOptional(left: Optional<unknown>, right: Optional<unknown>, spend: Spend): boolean {
  if (!left.hasValue() || !right.hasValue()) return left.hasValue() === right.hasValue();
  return isEqual(left.value(), right.value(), spend);
}

function isSameBytes(left: Uint8Array, right: Uint8Array, spend: Spend): boolean {
  spend(left.length / 10);
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function isSameMap(left: object, right: object, spend: Spend): boolean {
  const keys = keysOf(left);
  spend(keys.length);
  if (keys.length !== keysOf(right).length) return false;
  return keys.every((key) => {
    const other = valueAt(right, key);
    return other !== undefined && isEqual(valueAt(left, key), other, spend);
  });
}
