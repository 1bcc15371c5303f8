import type { JsonPatchOperation } from '../../model/finding.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** RFC 6902 operations that turn one value into the other; empty if equal. Correct, but not necessarily minimal. */
export function diff(from: JsonValue, to: JsonValue, at = ''): readonly JsonPatchOperation[] {
  if (isObject(from) && isObject(to)) return diffObjects(from, to, at);
  if (isArray(from) && isArray(to)) return diffArrays(from, to, at);
  return equal(from, to) ? [] : [{ op: 'replace', path: at, value: to }];
}

function diffObjects(from: JsonObject, to: JsonObject, at: string): readonly JsonPatchOperation[] {
  const removed = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
  return [
    ...removed.map((key): JsonPatchOperation => ({ op: 'remove', path: `${at}/${escapeStep(key)}` })),
    ...Object.entries(to).flatMap(([key, value]): readonly JsonPatchOperation[] => {
      const path = `${at}/${escapeStep(key)}`;
      const before = Object.hasOwn(from, key) ? from[key] : undefined;
      return before === undefined ? [{ op: 'add', path, value }] : diff(before, value, path);
    }),
  ];
}

/** Keeps the common prefix and suffix; items between are paired, and the rest of the longer side is removed or added. */
function diffArrays(from: readonly JsonValue[], to: readonly JsonValue[], at: string): readonly JsonPatchOperation[] {
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && equal(from[head], to[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && equal(from[from.length - 1 - tail], to[to.length - 1 - tail])) tail += 1;
  const before = from.slice(head, from.length - tail);
  const after = to.slice(head, to.length - tail);
  const paired = Math.min(before.length, after.length);
  return [
    ...after.slice(0, paired).flatMap((value, index) => diff(before[index] ?? null, value, `${at}/${head + index}`)),
    // In descending order, so that the remaining indexes stay valid.
    ...before
      .slice(paired)
      .map((_value, index): JsonPatchOperation => ({ op: 'remove', path: `${at}/${head + before.length - 1 - index}` })),
    ...after
      .slice(paired)
      .map((value, index): JsonPatchOperation => ({ op: 'add', path: `${at}/${head + paired + index}`, value })),
  ];
}

function equal(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
  }
  if (isNumeric(a) && isNumeric(b)) return Number(a) === Number(b);
  return a === b;
}

function isNumeric(value: JsonValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** RFC 6901. */
function escapeStep(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
