import { type FieldPath, formatPath } from '../../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { ListMerge } from '../go-types.ts';
import type { MergeType } from './merge-types.ts';

/**
 * What an API server refuses of a patch, or of an object that it decodes (`object`), in which null counts as absent and keys are not compared: one line for
 * each.
 */
export function problemsIn(value: JsonValue, type: MergeType, of: 'patch' | 'object', path: FieldPath = []): readonly string[] {
  const at = (text: string) => [`${formatPath(path) || 'the object'}: ${text}`];
  if (type.is === 'any' || (of === 'object' && value === null)) return [];
  if (type.is === 'scalar') {
    const found = typeof value === 'bigint' ? 'number' : typeof value;
    const fits = type.of === 'any' ? ['string', 'number', 'boolean'].includes(found) : found === type.of;
    return fits ? [] : at(`expected ${type.of === 'any' ? 'a scalar' : `a ${type.of}`}, got ${inWords(value)}`);
  }
  if (type.is === 'list') {
    if (!isArray(value)) return at(`expected a list, got ${inWords(value)}`);
    const keys = type.merge === 'atomic' || of === 'object' ? [] : value.map((item) => keyOf(item, type.merge));
    const repeated = keys.filter((key, index) => keys.indexOf(key) !== index);
    const items = value.flatMap((item, index) => problemsIn(item, type.items(), of, [...path, index]));
    return [...repeated.flatMap((key) => at(`two items with the key ${key}`)), ...items];
  }
  if (!isObject(value)) return at(`expected a map, got ${inWords(value)}`);
  return Object.entries(value).flatMap(([key, item]) => {
    const field = type.field(key);
    if (field === undefined) return [`${formatPath([...path, key])}: field not declared in schema`];
    return problemsIn(item, field, of, [...path, key]);
  });
}

function inWords(value: JsonValue): string {
  if (isArray(value)) return 'a list';
  if (isObject(value)) return 'a map';
  return value === null ? 'null' : `a ${typeof value === 'bigint' ? 'number' : typeof value}`;
}

/** Lists and maps that a patch would replace as a whole, which an API server refuses: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/admission/plugin/policy/mutating/patch/smd.go */
export function replacedBy(patch: JsonValue, type: MergeType, path: FieldPath = []): readonly string[] {
  if (type.is === 'object' && isObject(patch)) {
    const inner = Object.entries(patch).flatMap(([key, item]) => {
      const field = type.isStruct ? type.field(key) : undefined;
      return field === undefined ? [] : replacedBy(item, field, [...path, key]);
    });
    return type.atomic ? [formatPath(path), ...inner] : inner;
  }
  if (type.is !== 'list' || !isArray(patch)) return [];
  const inner = patch.flatMap((item, index) => replacedBy(item, type.items(), [...path, index]));
  return type.merge === 'atomic' ? [formatPath(path), ...inner] : inner;
}

/** Structured merge: the patch changes what it contains and keeps the rest. */
export function merge(live: JsonValue | undefined, patch: JsonValue, type: MergeType): JsonValue {
  if (type.is === 'object' && !type.atomic && isObject(patch) && isObject(live)) return mergeMaps(live, patch, type.field);
  if (type.is === 'any' && isObject(patch) && isObject(live)) return mergeMaps(live, patch, () => type);
  if (type.is === 'list' && type.merge !== 'atomic' && isArray(patch) && isArray(live)) {
    const { merge: by, items } = type;
    return mergeLists(live, patch, by, (one, other) => merge(one, other, items()));
  }
  return patch;
}

function mergeMaps(live: JsonObject, patch: JsonObject, field: (name: string) => MergeType | undefined): JsonObject {
  const changed = Object.entries(patch).map(([key, item]): [string, JsonValue] => {
    const before = Object.hasOwn(live, key) ? live[key] : undefined;
    return [key, merge(before, item, field(key) ?? { is: 'any' })];
  });
  return Object.fromEntries([...Object.entries(live), ...changed]);
}

function keyOf(item: JsonValue, by: ListMerge): string {
  if (typeof by === 'string' || !isObject(item)) return text(item);
  return by.map(({ name, default: absent }) => `${name}=${text(item[name] ?? absent)}`).join(',');
}

function text(value: JsonValue): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? Number(item) : item));
}

/**
 * Items keep the order of the list, and new ones that of the patch; where both order them differently, the patch is right: visitListItems of
 * https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/typed/merge.go. Of items with the same key, the patch replaces all.
 */
function mergeLists(
  live: readonly JsonValue[],
  patch: readonly JsonValue[],
  by: ListMerge,
  mergeItems: (live: JsonValue | undefined, patch: JsonValue) => JsonValue,
): readonly JsonValue[] {
  const left = live.map((item) => keyOf(item, by));
  const right = patch.map((item) => keyOf(item, by));
  const shared = right.filter((key) => left.includes(key));
  const result: JsonValue[] = [];
  const take = (index: number) => {
    const key = right[index] ?? '';
    const before = left.filter((other) => other === key).length === 1 ? live[left.indexOf(key)] : undefined;
    result.push(mergeItems(before, patch[index] ?? null));
    if (shared[0] === key) shared.shift();
  };
  const merged = new Set<string>();
  for (let atLeft = 0, atRight = 0; atLeft < left.length || atRight < right.length; ) {
    const key = left[atLeft];
    if (key !== undefined && atRight < right.length && key !== right[atRight]) {
      if (right.includes(key) && shared[0] !== undefined && shared[0] !== key) {
        atLeft += 1;
        continue;
      }
    }
    if (key !== undefined && key !== right[atRight]) {
      if (!right.includes(key)) {
        result.push(live[atLeft] ?? null);
        atLeft += 1;
        continue;
      }
      if (merged.has(key)) atLeft += 1;
    }
    if (atRight < right.length) {
      merged.add(right[atRight] ?? '');
      take(atRight);
      if (key === right[atRight]) atLeft += 1;
      atRight += 1;
    }
  }
  return result;
}
