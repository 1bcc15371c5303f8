import { pointerSteps } from '../../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { equalJson } from '../../../model/json-diff.ts';

/** An operation as an expression gives it. */
export interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from: string;
  /** undefined: none, which counts as null. */
  readonly value: JsonValue | undefined;
}

/** The patch cannot be applied; an API server refuses the object. */
export class PatchFailed extends Error {}

/**
 * RFC 6902 as the API server applies it (gopkg.in/evanphx/json-patch.v4): `replace` also adds a member, and indexes may be negative. A `test` that
 * fails leaves the object as it is.
 */
export function applyPatch(object: JsonObject, operations: readonly Operation[]): JsonValue {
  let result: JsonValue = object;
  for (const { op, path, from, value = null } of operations) {
    if (op === 'add') result = changed(result, stepsOf(path), insert(value));
    else if (op === 'remove') result = changed(result, stepsOf(path), remove);
    else if (op === 'replace') result = path === '' ? value : changed(result, stepsOf(path), replace(value));
    else if (op === 'copy' || op === 'move') {
      const found = read(result, stepsOf(from));
      if (op === 'move') result = changed(result, stepsOf(from), remove);
      result = changed(result, stepsOf(path), insert(found));
    } else if (op !== 'test') throw new PatchFailed(`unknown operation ${JSON.stringify(op)}`);
    else if (!equalJson(path === '' ? result : read(result, stepsOf(path)), value)) return object;
  }
  return result;
}

type Change = (parent: JsonObject | readonly JsonValue[], step: string) => JsonValue;

/** `/metadata/labels/a~1b` -> the keys; what precedes the first slash is ignored. */
function stepsOf(path: string): readonly string[] {
  if (!path.includes('/')) throw new PatchFailed(`${JSON.stringify(path)} is not a path such as "/metadata/labels"`);
  return pointerSteps(path);
}

function changed(value: JsonValue | undefined, [step = '', ...rest]: readonly string[], change: Change): JsonValue {
  if (!isObject(value) && !isArray(value)) throw new PatchFailed(`there is nothing that could contain ${JSON.stringify(step)}`);
  if (rest.length === 0) return change(value, step);
  const inner = changed(member(value, step), rest, change);
  if (isArray(value)) return value.with(indexIn(value, step), inner);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === step ? inner : item]));
}

function read(value: JsonValue, steps: readonly string[]): JsonValue {
  let parent: JsonValue | undefined = value;
  for (const step of steps) {
    if (!isObject(parent) && !isArray(parent))
      throw new PatchFailed(`there is nothing that could contain ${JSON.stringify(step)}`);
    parent = member(parent, step);
  }
  return parent ?? null;
}

function member(parent: JsonObject | readonly JsonValue[], step: string): JsonValue | undefined {
  if (isArray(parent)) return parent[indexIn(parent, step)];
  return Object.hasOwn(parent, step) ? parent[step] : undefined;
}

/** @param room Places after the last item. */
function indexIn(list: readonly JsonValue[], step: string, room = 0): number {
  const index = /^-?\d+$/.test(step) ? Number(step) : Number.NaN;
  const positive = index < 0 ? index + list.length + room : index;
  if (!(positive >= 0 && positive < list.length + room))
    throw new PatchFailed(`a list of ${list.length} item(s) has no ${JSON.stringify(step)}`);
  return positive;
}

function insert(value: JsonValue): Change {
  return (parent, step) => {
    if (!isArray(parent)) return withMember(parent, step, value);
    return parent.toSpliced(step === '-' ? parent.length : indexIn(parent, step, 1), 0, value);
  };
}

function replace(value: JsonValue): Change {
  return (parent, step) => (isArray(parent) ? parent.with(indexIn(parent, step), value) : withMember(parent, step, value));
}

function remove(parent: JsonObject | readonly JsonValue[], step: string): JsonValue {
  if (isArray(parent)) return parent.toSpliced(indexIn(parent, step), 1);
  if (!Object.hasOwn(parent, step)) throw new PatchFailed(`there is no ${JSON.stringify(step)} to remove`);
  return Object.fromEntries(Object.entries(parent).filter(([key]) => key !== step));
}

function withMember(object: JsonObject, key: string, value: JsonValue): JsonObject {
  return Object.fromEntries([...Object.entries(object).filter(([other]) => other !== key), [key, value]]);
}
