import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** A JSON value as CEL has it. */
export type CelValue = null | boolean | number | bigint | string | readonly CelValue[] | { readonly [key: string]: CelValue };

/**
 * Integers are CEL ints (bigint), other numbers doubles. Members that are null are left out, as the API server does: it
 * decodes `securityContext: null` into nothing.
 */
export function toCel(value: JsonValue): CelValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (!isArray(value) && !isObject(value)) return value;
  const converted = known.get(value) ?? convert(value);
  known.set(value, converted);
  return converted;
}

/** Every policy asks about the same resource, or about one that shares its parts, and neither side changes them. */
const known = new WeakMap<object, CelValue>();

function convert(value: readonly JsonValue[] | JsonObject): CelValue {
  if (isArray(value)) return value.map(toCel);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): [string, CelValue][] => (item === null ? [] : [[key, toCel(item)]])),
  );
}
