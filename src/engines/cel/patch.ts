import { type FieldPath, valueAt } from '../../model/field-path.ts';
import type { JsonPatchOperation } from '../../model/finding.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/**
 * Sets a field to the value that a policy wants: replaces the scalar that is there, or adds the field with its missing parents.
 * Undefined if that would lose something, such as a map or list in its place.
 */
export function patchTo(wanted: JsonValue, path: FieldPath, object: JsonObject): readonly JsonPatchOperation[] | undefined {
  const current = valueAt(object, path);
  if (isObject(current) || isArray(current)) return undefined;
  if (current !== undefined) return [{ op: 'replace', path: pointer(path), value: wanted }];
  let depth = path.length - 1;
  while (depth > 0 && valueAt(object, path.slice(0, depth)) === undefined) depth -= 1;
  const missing = path.slice(depth);
  if (!isObject(valueAt(object, path.slice(0, depth))) || missing.some((step) => typeof step === 'number')) return undefined;
  const value = missing.slice(1).reduceRight<JsonValue>((inner, step) => ({ [step]: inner }), wanted);
  return [{ op: 'add', path: pointer(path.slice(0, depth + 1)), value }];
}

/** RFC 6901. */
function pointer(path: FieldPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
