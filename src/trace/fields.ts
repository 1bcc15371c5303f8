import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';

export type Scalar = null | boolean | number | bigint | string;

export interface Field {
  readonly path: FieldPath;
  readonly value: JsonValue;
}

/** Every field of a document, each before those below it. */
export function fieldsOf(value: JsonValue, path: FieldPath = []): readonly Field[] {
  const below = isArray(value)
    ? value.flatMap((item, index) => fieldsOf(item, [...path, index]))
    : isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => fieldsOf(item, [...path, key]))
      : [];
  return [{ path, value }, ...below];
}

export function isScalar(value: JsonValue | undefined): value is Scalar {
  return value !== undefined && (typeof value !== 'object' || value === null);
}

/** The part of a path that a document has. */
export function existing(value: JsonValue, path: FieldPath): FieldPath {
  let length = path.length;
  while (length > 0 && valueAt(value, path.slice(0, length)) === undefined) length -= 1;
  return path.slice(0, length);
}

/** The path as text, for use as a key. */
export function pathKey(path: FieldPath): string {
  return JSON.stringify(path);
}

/** Scalars below a map or list that are looked at to find where it was written: the first of them tell. */
const maxScalars = 8;

/** The scalars to trace for a field: itself, or the first ones below it. */
export function scalarsFor(root: JsonValue, path: FieldPath): readonly Field[] {
  const value = valueAt(root, path);
  if (value === undefined) return [];
  const scalars = fieldsOf(value).filter((field) => isScalar(field.value) && field.value !== null);
  return scalars.slice(0, maxScalars).map((field) => ({ path: [...path, ...field.path], value: field.value }));
}
