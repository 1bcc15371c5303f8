import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** A JSON value as CEL has it. */
export type CelValue = null | boolean | number | bigint | string | readonly CelValue[] | { readonly [key: string]: CelValue };

/**
 * Integers are CEL ints (bigint), other numbers doubles. Members that are null are left out, as the API server does: it
 * decodes `securityContext: null` into nothing.
 */
export function toCel(value: JsonValue): CelValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (isArray(value)) return value.map(toCel);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): [string, CelValue][] => (item === null ? [] : [[key, toCel(item)]])),
  );
}

const known = new WeakMap<JsonObject, CelValue>();

/** The same, once for each object: every policy asks about the same resource, and neither side changes it. */
export function objectToCel(object: JsonObject): CelValue {
  const value = known.get(object) ?? toCel(object);
  known.set(object, value);
  return value;
}
