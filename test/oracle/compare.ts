import { GateError } from '../../src/model/gate-error.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';
import { readManifests } from '../../src/yaml/manifests.ts';
import { readObjects } from '../../src/yaml/objects.ts';
import type { Answer } from './oracle.ts';

export type Difference =
  /** kubectl has an object that we neither read nor fail on. */
  | { readonly is: 'hidden'; readonly object: JsonObject; readonly ours: readonly JsonValue[] }
  /** We fail, and kubectl reads all of it. */
  | { readonly is: 'stricter'; readonly reason: string };

/** kubectl takes a namespace that is empty out. */
function asApplied(object: JsonObject): JsonObject {
  if (!isObject(object.metadata) || object.metadata.namespace) return object;
  const { namespace: _empty, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Same content, same text: keys in order, and each number as the double it is. */
export function canonical(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
  }
  return typeof value === 'bigint' || typeof value === 'number' ? String(Number(value) + 0) : JSON.stringify(value);
}

function isNamed({ metadata }: JsonObject): boolean {
  const { name, generateName } = isObject(metadata) ? metadata : {};
  return [name, generateName].some((text) => typeof text === 'string' && text !== '');
}

/** An identity and `$patch: delete`: src/yaml/manifests.ts. */
function isDeletion(object: JsonObject): boolean {
  return object.$patch === 'delete' && Object.keys(object).length <= 4;
}

export function compare(text: string, { objects, error }: Answer): Difference | undefined {
  const ours: JsonObject[] = [];
  const failures: string[] = [];
  try {
    for (const { value } of readManifests({ file: 'f', text }).documents) {
      for (const reading of readObjects(value)) {
        if (reading.is === 'object') ours.push(reading.identity.object);
        if (reading.is === 'broken') failures.push(reading.message);
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof GateError)) throw thrown;
    failures.push(thrown.details.message);
  }
  const known = new Set(ours.map((object) => canonical(asApplied(object))));
  const missing = objects.filter((object) => isNamed(object) && !isDeletion(object) && !known.has(canonical(asApplied(object))));
  const [failure] = failures;
  if (failure !== undefined) return missing.length > 0 && error === undefined ? { is: 'stricter', reason: failure } : undefined;
  const [object] = missing;
  return object && { is: 'hidden', object, ours };
}
