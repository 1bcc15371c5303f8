import { pointerOf } from './field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';

/** An operation of RFC 6902. A removal has the value that is there. */
export interface Difference {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value: JsonValue;
}

/** RFC 6902 operations that turn one value into the other; empty if equal. Correct, but not necessarily minimal. */
export function diff(from: JsonValue, to: JsonValue, at = ''): readonly Difference[] {
  if (isObject(from) && isObject(to)) return diffObjects(from, to, at);
  if (isArray(from) && isArray(to)) return diffArrays(from, to, at);
  return equalJson(from, to) ? [] : [{ op: 'replace', path: at, value: to }];
}

function diffObjects(from: JsonObject, to: JsonObject, at: string): readonly Difference[] {
  const removed = Object.entries(from).filter(([key]) => !Object.hasOwn(to, key));
  return [
    ...removed.map(([key, value]): Difference => ({ op: 'remove', path: at + pointerOf([key]), value })),
    ...Object.entries(to).flatMap(([key, value]): readonly Difference[] => {
      const path = at + pointerOf([key]);
      const before = Object.hasOwn(from, key) ? from[key] : undefined;
      return before === undefined ? [{ op: 'add', path, value }] : diff(before, value, path);
    }),
  ];
}

/** Keeps the common prefix and suffix; items between are paired, and the rest of the longer side is removed or added. */
function diffArrays(from: readonly JsonValue[], to: readonly JsonValue[], at: string): readonly Difference[] {
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && equalJson(from[head], to[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && equalJson(from[from.length - 1 - tail], to[to.length - 1 - tail])) tail += 1;
  const before = from.slice(head, from.length - tail);
  const after = to.slice(head, to.length - tail);
  const paired = Math.min(before.length, after.length);
  return [
    ...after.slice(0, paired).flatMap((value, index) => diff(before[index] ?? null, value, `${at}/${head + index}`)),
    // In descending order, so that the remaining indexes stay valid.
    ...before
      .slice(paired)
      .toReversed()
      .map((value, index): Difference => ({ op: 'remove', path: `${at}/${head + before.length - 1 - index}`, value })),
    ...after.slice(paired).map((value, index): Difference => ({ op: 'add', path: `${at}/${head + paired + index}`, value })),
  ];
}

/** Whatever type their numbers have. */
export function equalJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key], b[key]));
  }
  if (isNumeric(a) && isNumeric(b)) return Number(a) === Number(b);
  return a === b;
}

function isNumeric(value: JsonValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
