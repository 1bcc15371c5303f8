import { pointerSteps } from '../model/field-path.ts';
import type { JsonPatchOperation } from '../model/finding.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { Steps } from './source.ts';

/** An operation with a split path and a plain JSON value. A removal has the value that it expects to find. */
export interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: Steps;
  readonly value: JsonValue;
}

/** Undefined for operations that are never suggested: the whole document, deep or non-JSON values, and removals of what is not named. */
export function readOperation({ op, path, value }: JsonPatchOperation): Operation | undefined {
  if (!path.startsWith('/') || !isPlain(value)) return undefined;
  return { op, value, path: pointerSteps(path) };
}

/**
 * A removal from a list, with the index of its value in this document: a base or overlay may have the items in another order. Undefined if the
 * value is not there, or more than once.
 */
export function settled(document: unknown, operation: Operation): Operation | undefined {
  const last = operation.path.at(-1) ?? '';
  if (operation.op !== 'remove' || !/^\d+$/.test(last)) return operation;
  const parent = operation.path.slice(0, -1);
  const list = valueIn(document, parent);
  if (!Array.isArray(list)) return undefined;
  if (equal(list[Number(last)], operation.value)) return operation;
  const fitting = [...list.keys()].filter((index) => equal(list[index], operation.value));
  return fitting.length === 1 ? { ...operation, path: [...parent, String(fitting[0])] } : undefined;
}

/** The value at a path; undefined if there is none. */
export function valueIn(document: unknown, path: Steps): unknown {
  return path.reduce<unknown>((value, step) => memberOf(value, step), document);
}

function memberOf(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(step) ? value[Number(step)] : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(step);
}

function isPlain(value: unknown, depth = 0): value is JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > 8) return false;
  return Object.values(value).every((item) => isPlain(item, depth + 1));
}

/**
 * A strict subset of RFC 6902: `add` never replaces, and only appends to lists; `remove` only removes the value that it names. Undefined if the
 * operation does not apply.
 */
export function patched(document: unknown, operation: Operation): JsonValue | undefined {
  const { op, path, value } = operation;
  const [step, ...rest] = path;
  if (!isPlain(document, -64)) return undefined;
  if (op === 'remove' && step !== undefined && rest.length === 0) return without(document, step, value);
  if (step === undefined) return op === 'replace' ? value : undefined;
  if (isArray(document)) {
    const end = step === '-' || step === String(document.length);
    if (end) return op === 'add' && rest.length === 0 ? [...document, value] : undefined;
    const index = /^\d+$/.test(step) ? Number(step) : -1;
    if (document[index] === undefined || (op !== 'replace' && rest.length === 0)) return undefined;
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

function without(document: JsonValue, step: string, value: JsonValue): JsonValue | undefined {
  if (!equal(memberOf(document, step), value)) return undefined;
  if (isArray(document)) return document.filter((_item, index) => String(index) !== step);
  return isObject(document) ? Object.fromEntries(Object.entries(document).filter(([key]) => key !== step)) : undefined;
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
