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
  return isObject(value) ? celObject(value) : value;
}

function celObject(value: JsonObject): CelValue {
  const members: Record<string, CelValue> = {};
  for (const key in value) {
    const item = value[key];
    if (item !== null && item !== undefined && Object.hasOwn(value, key)) addMember(members, key, toCel(item));
  }
  return members;
}

/** Assigning `__proto__` would set the prototype. */
function addMember(members: Record<string, CelValue>, key: string, value: CelValue): void {
  if (key === '__proto__') Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
  else members[key] = value;
}
