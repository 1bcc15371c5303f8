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
