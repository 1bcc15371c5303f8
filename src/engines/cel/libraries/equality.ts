import { type Spend, weigh } from '../budget.ts';
import { textOf } from './format.ts';

/** Whether two values are equal in CEL; numbers of different types are compared by value. */
export function isEqual(left: unknown, right: unknown, spend: Spend): boolean {
  spend(1);
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index], spend));
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    spend(weigh(left) + weigh(right));
    return textOf(left) === textOf(right);
  }
  if ((typeof left === 'bigint' && typeof right === 'number') || (typeof left === 'number' && typeof right === 'bigint'))
    return Number(left) === Number(right);
  return left === right;
}
