import { EvaluationError, Optional } from '@marcbachmann/cel-js';
import { add } from '../semantics/arithmetic.ts';
import { isEqual } from '../semantics/equality.ts';
import { compare } from '../semantics/order.ts';
import { Span } from '../semantics/time.ts';
import { Uint } from '../semantics/uint.ts';
import { typeName } from '../semantics/values.ts';
import type { CreateLibrary, Implementation, Library } from './library.ts';

type List = readonly unknown[];

const ordered = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
/** Kubernetes' own overloads have short names of types, those of cel-go the full ones. */
const fullName = (type: string) => (type === 'duration' || type === 'timestamp' ? `google.protobuf.${capital(type)}` : type);
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The same function for lists of each type. */
function forEach(types: readonly string[], id: (type: string) => string, implementation: Implementation): Library {
  return Object.fromEntries(types.map((type) => [id(type), implementation]));
}

export const listLibrary: CreateLibrary = (spend) => {
  const isItem = (item: unknown) => (other: unknown) => {
    spend(1);
    return isEqual(other, item, spend);
  };
  const sort = (list: List) => sortBy(list, list);
  return {
    ...forEach(ordered, (type) => `list_${type}_is_sorted_bool`, isSorted),
    ...forEach(
      ordered,
      (type) => `list_${type}_min_${type}`,
      (list: List) => extreme(list, 'min', 1),
    ),
    ...forEach(
      ordered,
      (type) => `list_${type}_max_${type}`,
      (list: List) => extreme(list, 'max', -1),
    ),
    ...forEach(ordered, (type) => `list_${fullName(type)}_sort`, sort),
    list_int_sum_int: (list: List) => list.reduce(add, 0n),
    list_uint_sum_uint: (list: List) => list.reduce(add, new Uint(0n)),
    list_double_sum_double: (list: List) => list.reduce(add, 0),
    list_duration_sum_duration: (list: List) => list.reduce(add, new Span(0n)),
    list_a_index_of_int: (list: List, item: unknown) => BigInt(list.findIndex(isItem(item))),
    list_a_last_index_of_int: (list: List, item: unknown) => BigInt(list.findLastIndex(isItem(item))),
    list_distinct: (list: List) => {
      const found: unknown[] = [];
      for (const item of list) if (!found.some(isItem(item))) found.push(item);
      return found;
    },
    list_flatten: (list: List) => flatten(list, 1n),
    list_flatten_int: flatten,
    list_reverse: (list: List) => list.toReversed(),
    list_slice: slice,
    list_first: (list: List) => Optional.of(list[0]),
    list_last: (list: List) => Optional.of(list.at(-1)),
    lists_range: (count: bigint) => {
      spend(Number(count));
      return Array.from({ length: Math.max(Number(count), 0) }, (_, index) => BigInt(index));
    },
  };
};

/** `sets.contains(list, list)` and its siblings. */
export const setLibrary: CreateLibrary = (spend) => {
  const has = (list: List, item: unknown): boolean => {
    spend(list.length);
    return list.some((other) => isEqual(other, item, spend));
  };
  const contains = (list: List, items: List): boolean => items.every((item) => has(list, item));
  return {
    list_sets_contains_list: contains,
    list_sets_intersects_list: (list: List, items: List) => list.some((item) => has(items, item)),
    list_sets_equivalent_list: (list: List, items: List) => contains(list, items) && contains(items, list),
  };
};

function isSorted(list: List): boolean {
  return list.every((item, index) => index === 0 || compare(list[index - 1], item) <= 0);
}

function extreme(list: List, name: string, worse: number): unknown {
  if (list.length === 0) throw new EvaluationError(`${name} called on empty list`);
  return list.slice(1).reduce((best, item) => (compare(best, item) === worse ? item : best), list[0]);
}

/** The items in the order of their keys. */
export function sortBy(list: List, keys: List): List {
  const type = typeName(keys[0]);
  if (keys.length > 1 && keys.some((key) => typeName(key) !== type))
    throw new EvaluationError('list elements must have the same type');
  if (keys.length > 0) compare(keys[0], keys[0]);
  return list
    .map((item, index) => ({ item, key: keys[index] }))
    .sort((one, other) => compare(one.key, other.key))
    .map(({ item }) => item);
}

function flatten(list: List, depth: bigint): List {
  if (depth < 0n) throw new EvaluationError('level must be non-negative');
  if (depth === 0n) return list;
  return list.flatMap((item) => (Array.isArray(item) ? flatten(item, depth - 1n) : [item]));
}

function slice(list: List, start: bigint, end: bigint): List {
  if (start < 0n || end < 0n || start > end || end > BigInt(list.length))
    throw new EvaluationError(`cannot slice(${start}, ${end}) a list of length ${list.length}`);
  return list.slice(Number(start), Number(end));
}
