import type { FieldPath } from '../model/field-path.ts';
import { formatPath } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';

/**
 * A field path that survives reordering: `spec.containers[name=web].image` instead of `[0]`. Lists whose items have no names, or duplicate
 * ones, keep indexes.
 */
export function stablePath(object: JsonValue, path: FieldPath): string {
  const steps: (string | number)[] = [];
  let current: JsonValue | undefined = object;
  for (const step of path) {
    steps.push(typeof step === 'number' ? (nameIn(current, step) ?? step) : step);
    if (isArray(current)) current = typeof step === 'number' ? current[step] : undefined;
    else if (isObject(current)) current = Object.hasOwn(current, String(step)) ? current[String(step)] : undefined;
    else current = undefined;
  }
  return formatPath(steps);
}

function nameIn(list: JsonValue | undefined, index: number): string | undefined {
  if (!isArray(list)) return undefined;
  const nameOf = (item: JsonValue | undefined): JsonValue | undefined => (isObject(item) ? item.name : undefined);
  const name = nameOf(list[index]);
  if (typeof name !== 'string') return undefined;
  return list.filter((item) => nameOf(item) === name).length === 1 ? `name=${name}` : undefined;
}

/**
 * An image without its tag and digest: `nginx:1.25` -> `nginx`. A vulnerability that a new tag still has is not a new one.
 * Grammar: https://github.com/distribution/reference
 */
export function repositoryOf(reference: string): string {
  const [name = ''] = reference.split('@');
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}

/** The package without its version: `openssl 3.0.2` -> `openssl`. */
export function packageOf(component: string): string {
  return component.split(' ')[0] ?? component;
}
