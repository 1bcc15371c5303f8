import type { JsonPatchOperation } from '../../model/finding.ts';
import { isArray, isObject, type JsonValue } from '../../model/json.ts';
import type { Steps } from './source.ts';

/** An operation with a split path and a plain JSON value. */
export interface Operation {
  readonly op: 'add' | 'replace';
  readonly path: Steps;
  readonly value: JsonValue;
}

/** Undefined for operations that are never suggested: removals, replacing the whole document, deep or non-JSON values. */
export function readOperation({ op, path, value }: JsonPatchOperation): Operation | undefined {
  if (op === 'remove' || !path.startsWith('/') || !isPlain(value)) return undefined;
  const steps = path.split('/').slice(1);
  return { op, value, path: steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')) };
}

function isPlain(value: unknown, depth = 0): value is JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > 8) return false;
  return Object.values(value).every((item) => isPlain(item, depth + 1));
}

/** A strict subset of RFC 6902: `add` never replaces, and only appends to lists. Undefined if the operation does not apply. */
export function patched(document: unknown, { op, path, value }: Operation): JsonValue | undefined {
  const [step, ...rest] = path;
  if (!isPlain(document, -64)) return undefined;
  if (step === undefined) return op === 'replace' ? value : undefined;
  if (isArray(document)) {
    const end = step === '-' || step === String(document.length);
    if (end) return op === 'add' && rest.length === 0 ? [...document, value] : undefined;
    const index = /^\d+$/.test(step) ? Number(step) : -1;
    if (document[index] === undefined || (op === 'add' && rest.length === 0)) return undefined;
    const inner = patched(document[index], { op, path: rest, value });
    return inner === undefined ? undefined : document.map((item, position) => (position === index ? inner : item));
  }
  if (!isObject(document)) return undefined;
  const own = Object.hasOwn(document, step);
  const inner = rest.length > 0 ? own && patched(document[step], { op, path: rest, value }) : own === (op === 'replace') && value;
  if ((rest.length > 0 && !own) || (rest.length === 0 && own !== (op === 'replace')) || inner === undefined) return undefined;
  // Via entries, so that a key named __proto__ stays data.
  const entries = Object.entries(document).map(([key, item]): [string, JsonValue] => [key, key === step ? inner : item]);
  return Object.fromEntries(own ? entries : [...entries, [step, inner]]);
}

/** Equal as data, regardless of key order and of whether an integer was parsed as bigint. */
export function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && !Array.isArray(a) && !Array.isArray(b)) {
    const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
    return left.size === right.size && [...left].every(([key, item]) => right.has(key) && equal(item, right.get(key)));
  }
  if (isInteger(a) && isInteger(b)) return BigInt(a) === BigInt(b);
  return Object.is(a, b);
}

function isInteger(value: unknown): value is bigint | number {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
