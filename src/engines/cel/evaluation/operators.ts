import { EvaluationError } from '@marcbachmann/cel-js';
import type { Spend } from '../budget.ts';
import type { Handle } from '../node.ts';
import * as arithmetic from '../semantics/arithmetic.ts';
import { isEqual } from '../semantics/equality.ts';
import { valueAt } from '../semantics/maps.ts';
import { compare } from '../semantics/order.ts';
import { isMap, noOverload } from '../semantics/values.ts';
import { select, selectOptional } from './selection.ts';

/** Operators on the values of their operands. `&&`, `||` and `?:` are those of cel-js, which evaluates an operand only if it is needed. */
export function operatorHandles(spend: Spend): Readonly<Record<string, Handle>> {
  return {
    '==': (left, right) => isEqual(left, right, spend),
    '!=': (left, right) => !isEqual(left, right, spend),
    '<': (left, right) => compare(left, right) < 0,
    '<=': (left, right) => compare(left, right) <= 0,
    '>': (left, right) => compare(left, right) > 0,
    '>=': (left, right) => compare(left, right) >= 0,
    in: (item, list) => {
      if (Array.isArray(list)) return list.some((other) => isEqual(item, other, spend));
      if (isMap(list)) return valueAt(list, item) !== undefined;
      throw noOverload('@in', item, list);
    },
    '+': arithmetic.add,
    '-': arithmetic.subtract,
    '*': arithmetic.multiply,
    '/': arithmetic.divide,
    '%': arithmetic.modulo,
    '!_': (value) => {
      if (typeof value === 'boolean') return !value;
      throw noOverload('!_', value);
    },
    '-_': arithmetic.negate,
    '.': select,
    '[]': select,
    '.?': selectOptional,
    '[?]': selectOptional,
    // The items of a loop.
    comprehension: (items) => {
      if (Array.isArray(items) || isMap(items)) return items;
      throw new EvaluationError('a loop takes a list or a map');
    },
  };
}
