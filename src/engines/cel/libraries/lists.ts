import { EvaluationError } from '@marcbachmann/cel-js';
import { isEqual } from './equality.ts';
import type { CreateLibrary } from './library.ts';

type List = readonly unknown[];

export const listLibrary: CreateLibrary = (spend) => {
  const isItem = (item: unknown) => (other: unknown) => isEqual(other, item, spend);
  return {
    functions: {
      'list.isSorted(): bool': (list: List) =>
        list.map(comparable).every((item, index, all) => index === 0 || !((all[index - 1] ?? item) > item)),
      'list.sum(): dyn': sum,
      'list.min(): dyn': (list: List) => extreme(list, (a, b) => a < b),
      'list.max(): dyn': (list: List) => extreme(list, (a, b) => a > b),
      'list.k8sIndexOf(dyn): int': (list: List, item: unknown) => BigInt(list.findIndex(isItem(item))),
      'list.k8sLastIndexOf(dyn): int': (list: List, item: unknown) => BigInt(list.findLastIndex(isItem(item))),
      'list.distinct(): list<dyn>': (list: List) => list.filter((item, index) => list.findIndex(isItem(item)) === index),
    },
  };
};

class SetsNamespace {}

/** `sets.contains(list, list)` and its siblings. */
export const setLibrary: CreateLibrary = (spend) => {
  const has = (list: List, item: unknown): boolean => list.some((other) => isEqual(other, item, spend));
  const contains = (list: List, items: List): boolean => items.every((item) => has(list, item));
  return {
    types: { SetsNamespace },
    constants: { sets: ['SetsNamespace', new SetsNamespace()] },
    functions: {
      'SetsNamespace.contains(list, list): bool': (_sets: unknown, list: List, items: List) => contains(list, items),
      'SetsNamespace.intersects(list, list): bool': (_sets: unknown, list: List, items: List) =>
        items.some((item) => has(list, item)),
      'SetsNamespace.equivalent(list, list): bool': (_sets: unknown, list: List, items: List) =>
        contains(list, items) && contains(items, list),
    },
  };
};

type Comparable = bigint | number | string | boolean;

function comparable(value: unknown): Comparable {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return value;
  throw new EvaluationError('a list of such values has no order');
}

function sum(list: List): bigint | number {
  if (list.every((item) => typeof item === 'bigint')) return list.reduce((total: bigint, item) => total + item, 0n);
  if (list.every((item) => typeof item === 'number')) return list.reduce((total: number, item) => total + item, 0);
  throw new EvaluationError('sum() takes a list of numbers of one type');
}

function extreme(list: List, better: (a: Comparable, b: Comparable) => boolean): Comparable {
  const [first, ...rest] = list.map(comparable);
  if (first === undefined) throw new EvaluationError('min() and max() take a list that is not empty');
  return rest.reduce((best, item) => (better(item, best) ? item : best), first);
}
