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
  const found = known.get(value);
  if (found !== undefined) return found;
  const converted = convert(value);
  known.set(value, converted);
  if (typeof converted === 'object' && converted !== null && isPlainInside(converted)) plain.add(converted);
  return converted;
}

/** Every policy asks about the same resource, or about one that shares its parts, and neither side changes them. */
const known = new WeakMap<object, CelValue>();
const plain = new WeakSet<object>();

/** A scalar, or what toCel made: it holds nothing that computes when it is read, and no key by which cel-js would take it for something else. */
export function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? plain.has(value) : value !== undefined;
}

function isPlainInside(value: object): boolean {
  if (Object.hasOwn(value, 'constructor')) return false;
  for (const item of Object.values(value)) if (!isPlain(item)) return false;
  return true;
}

function convert(value: readonly JsonValue[] | JsonObject): CelValue {
  if (isArray(value)) return value.map(toCel);
  const members: Record<string, CelValue> = {};
  for (const [key, item] of Object.entries(value)) if (item !== null) addMember(members, key, toCel(item));
  return members;
}

/** Assigned, `__proto__` would set the prototype. */
function addMember(members: Record<string, CelValue>, key: string, value: CelValue): void {
  if (key === '__proto__') Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
  else members[key] = value;
}
