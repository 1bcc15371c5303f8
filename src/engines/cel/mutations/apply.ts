import { Optional } from '@marcbachmann/cel-js';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { keysOf, valueAt } from '../semantics/maps.ts';
import { Message } from '../semantics/messages.ts';
import { Uint } from '../semantics/uint.ts';
import { isMap, typeName } from '../semantics/values.ts';
import { Indeterminate } from '../variables.ts';
import { applyPatch, type Operation, PatchFailed } from './json-patch.ts';
import { merge, problemsIn, replacedBy } from './merge.ts';
import type { MergeType } from './merge-types.ts';

/** What the patch does is never possible for this kind. */
export class Rejected extends Error {}

/** @param value An Object. Throws Rejected or PatchFailed. */
export function applyConfiguration(object: JsonObject, value: unknown, type: MergeType | undefined): JsonValue {
  if (!(value instanceof Message)) throw new PatchFailed(`the result is of type ${typeName(value)}, not Object`);
  requireNames(value, value.celType);
  const { apiVersion = '', kind = '' } = object;
  // The API server sets both.
  const patch = jsonOf({ ...value.fields, apiVersion, kind });
  if (type === undefined)
    throw new Indeterminate(`there is no CustomResourceDefinition of ${String(kind)}, which determines how a patch is merged`);
  const problems = problemsIn(patch, type, 'patch');
  if (problems.length > 0) throw new Rejected(problems.slice(0, 3).join('; '));
  const replaced = replacedBy(patch, type);
  if (replaced.length > 0)
    throw new Rejected(`may not mutate atomic arrays, maps or structs: ${replaced.slice(0, 3).join(', ')}; use a JSONPatch`);
  return merge(object, patch, type);
}

/** @param value A list of JSONPatch. Throws Rejected or PatchFailed. */
export function applyJsonPatch(object: JsonObject, value: unknown, type: MergeType | undefined): JsonValue {
  if (!Array.isArray(value)) throw new PatchFailed(`the result is of type ${typeName(value)}, not list(JSONPatch)`);
  const result = applyPatch(object, value.map(operationOf));
  if (type === undefined) return result;
  const known = new Set(problemsIn(object, type, 'object'));
  const problems = problemsIn(result, type, 'object').filter((problem) => !known.has(problem));
  if (problems.length > 0) throw new Rejected(problems.slice(0, 3).join('; '));
  return result;
}

function operationOf(value: unknown): Operation {
  if (!(value instanceof Message)) throw new PatchFailed(`an operation is of type ${typeName(value)}, not JSONPatch`);
  const { op = '', path = '', from = '', value: given } = value.fields;
  if (given instanceof Message) requireNames(given, given.celType);
  else if (holdsMessage(given))
    throw new Rejected(`the API server cannot convert a list or map of ${patchObject}: write a map such as {"name": "a"}`);
  return { op: String(op), path: String(path), from: String(from), value: given === undefined ? undefined : jsonOf(given) };
}

const patchObject = 'Object types in the value of a JSONPatch';

/** Outside of other messages: the API server panics (v0.36.3, ConvertToNative of a list). */
function holdsMessage(value: unknown): boolean {
  if (value instanceof Message) return true;
  if (Array.isArray(value)) return value.some(holdsMessage);
  return isMap(value) && keysOf(value).some((key) => holdsMessage(valueAt(value, key)));
}

/** The type of a field is named like the field: CheckTypeNamesMatchFieldPathNames of the API server. */
function requireNames(value: unknown, expected: string): void {
  if (Array.isArray(value)) for (const item of value) requireNames(item, expected);
  else if (value instanceof Message) {
    if (value.celType !== expected) throw new Rejected(`unexpected type name ${value.celType}, expected ${expected}`);
    for (const [name, field] of Object.entries(value.fields)) requireNames(field, `${expected}.${name}`);
  } else if (isMap(value)) for (const key of keysOf(value)) requireNames(valueAt(value, key), expected);
}

function jsonOf(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (value instanceof Uint) return value.valueOf();
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Message) return jsonOf({ ...value.fields });
  if (!(value instanceof Optional) && typeof value === 'object' && isMap(value))
    return Object.fromEntries(
      keysOf(value).map((key) => {
        if (typeof key !== 'string') throw new PatchFailed(`a key of a map is of type ${typeName(key)}, not string`);
        return [key, jsonOf(valueAt(value, key))];
      }),
    );
  throw new PatchFailed(`a value of type ${typeName(value)} cannot be part of an object`);
}

/** The same with ordinary numbers where they are exact, as a manifest is read. */
export function withNumbers(value: JsonValue): JsonValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (isArray(value)) return value.map(withNumbers);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumbers(item)]));
}
