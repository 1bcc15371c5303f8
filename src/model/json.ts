/**
 * A value as Kubernetes parses it from YAML or JSON. Integers outside the safe range of a double are `bigint`, so that a large `runAsUser`
 * or a quantity keeps all digits.
 */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** JSON text that, unlike JSON.stringify, writes a bigint as the integer it is. Keys keep their order. */
export function stringifyJson(value: JsonValue, indent = 0): string {
  return holdsBigint(value) ? write(value, indent, '') : JSON.stringify(value, null, indent);
}

/** Bigints are rare, and the built-in JSON.stringify, which does not support them, is many times as fast. */
export function holdsBigint(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsBigint);
  if (!isRecord(value)) return typeof value === 'bigint';
  for (const key in value) if (holdsBigint(value[key])) return true;
  return false;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function write(value: JsonValue, indent: number, margin: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = margin + ' '.repeat(indent);
  const [open, close] = isArray(value) ? '[]' : '{}';
  const items = isArray(value)
    ? value.map((item) => write(item, indent, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${indent ? ' ' : ''}${write(item, indent, inner)}`);
  if (items.length === 0) return `${open}${close}`;
  return indent ? `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}` : `${open}${items.join(',')}${close}`;
}

/** Maps are merged, at every depth; anything else of `over` takes the place of what was there. */
export function mergeMaps(base: JsonObject, over: JsonObject): JsonObject {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const before = merged.get(key);
    merged.set(key, isObject(before) && isObject(value) ? mergeMaps(before, value) : value);
  }
  return Object.fromEntries(merged);
}

/** `null` removes a field, a list takes the place of the other one: https://datatracker.ietf.org/doc/html/rfc7396 */
export function mergePatch(base: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(patch)) {
    const before = result.get(key);
    if (value === null) result.delete(key);
    else result.set(key, isObject(value) ? mergePatch(isObject(before) ? before : {}, value) : value);
  }
  return Object.fromEntries(result);
}

/** A value below maps, one for each step. */
export function nestedAt(steps: readonly string[], value: JsonObject): JsonObject;
export function nestedAt(steps: readonly string[], value: JsonValue): JsonValue;
export function nestedAt(steps: readonly string[], value: JsonValue): JsonValue {
  return steps.reduceRight<JsonValue>((inner, step) => ({ [step]: inner }), value);
}

/** The steps of a dotted path as `--set` of Helm reads it: `\.` is a dot within a key. */
export function dottedSteps(path: string): readonly string[] {
  return path.split(/(?<!\\)\./).map((step) => step.replaceAll('\\.', '.'));
}

/** Assigning `__proto__` would set the prototype. */
export function addMember<Value>(members: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__') Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
  else members[key] = value;
}
