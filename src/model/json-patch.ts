import { type FieldPath, pointerOf, valueAt } from './field-path.ts';
import type { JsonPatchOperation } from './finding.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * Sets a field to the value that a policy wants: replaces the scalar that is there, or adds the field with its missing parents.
 * Undefined if that would lose something, such as a map or list in its place.
 */
export function patchTo(wanted: JsonValue, path: FieldPath, object: JsonObject): readonly JsonPatchOperation[] | undefined {
  const current = valueAt(object, path);
  if (isObject(current) || isArray(current)) return undefined;
  if (current !== undefined) return [{ op: 'replace', path: pointerOf(path), value: wanted }];
  let depth = path.length - 1;
  while (depth > 0 && valueAt(object, path.slice(0, depth)) === undefined) depth -= 1;
  const missing = path.slice(depth);
  if (!isObject(valueAt(object, path.slice(0, depth))) || missing.some((step) => typeof step === 'number')) return undefined;
  const value = missing.slice(1).reduceRight<JsonValue>((inner, step) => ({ [step]: inner }), wanted);
  return [{ op: 'add', path: pointerOf(path.slice(0, depth + 1)), value }];
}

/** Removes a field or list item; the value that is expected there is part of the operation. Undefined if there is none. */
export function patchWithout(path: FieldPath, object: JsonObject): readonly JsonPatchOperation[] | undefined {
  const value = valueAt(object, path);
  return value === undefined ? undefined : [{ op: 'remove', path: pointerOf(path), value }];
}

/** Adds an item to a list, or the list with its missing parents. Undefined if there is something else. */
export function patchWithItem(item: JsonValue, path: FieldPath, object: JsonObject): readonly JsonPatchOperation[] | undefined {
  const current = valueAt(object, path);
  if (current === undefined) return patchTo([item], path, object);
  return isArray(current) ? [{ op: 'add', path: `${pointerOf(path)}/-`, value: item }] : undefined;
}
