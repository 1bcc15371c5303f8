import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import { type Match, same, splitVersion, translate } from './kustomize-match.ts';
import type { Step, Target, Written } from './kustomize-step.ts';

type Matches = (target: Target) => Match;

/** A strategic merge patch. Without a target it is for the resource whose kind and name it has. */
export function mergePatch(document: YamlDocument, patch: JsonObject, matches: Matches | undefined, renames: boolean): Step {
  const match: Matches = matches ?? ((target) => (isFor(patch, target) ? 'yes' : 'no'));
  return {
    write(target, path, now) {
      const answer = match(target);
      if (answer === 'no' || (isIdentity(path) && !(renames && path[1] === 'name'))) return undefined;
      const found = written(document, patch, target, path);
      return answer === 'maybe' && !same(found?.value, now) ? undefined : found;
    },
    rename(target, name) {
      const wanted = valueAt(patch, ['metadata', 'name']);
      return renames && typeof wanted === 'string' && match(target) === 'yes' ? wanted : name;
    },
  };
}

function isFor(patch: JsonObject, target: Target): boolean {
  const [name, namespace] = [valueAt(patch, ['metadata', 'name']), valueAt(patch, ['metadata', 'namespace'])];
  const [group] = typeof patch.apiVersion === 'string' ? splitVersion(patch.apiVersion) : [''];
  return (
    patch.kind === target.kind &&
    group === splitVersion(target.apiVersion)[0] &&
    typeof name === 'string' &&
    target.names.includes(name) &&
    (typeof namespace !== 'string' || target.namespaces.some((one) => (one ?? 'default') === namespace))
  );
}

/** They say what is patched, and change nothing. */
function isIdentity(path: FieldPath): boolean {
  const [first, second] = path;
  return first === 'apiVersion' || first === 'kind' || (first === 'metadata' && (second === 'name' || second === 'namespace'));
}

function written(document: YamlDocument, patch: JsonObject, target: Target, path: FieldPath): Written | undefined {
  const there = translate(target.object, patch, path);
  const value = valueAt(patch, there ?? []);
  if (there === undefined || value === undefined) return deleted(document, patch, target, path);
  if (value === null) return { value: undefined, place: document.locate(there) };
  if (!isObject(value)) return { value, place: document.locate(there) };
  if (value.$patch === 'delete') return { value: undefined, place: document.locate([...there, '$patch']) };
  return { value: withoutDirectives(value), place: document.locate(there) };
}

/** A field that is gone can't be looked up by the finished resource; the map that it stood in can. */
function deleted(document: YamlDocument, patch: JsonObject, target: Target, path: FieldPath): Written | undefined {
  const last = path.at(-1);
  const parent = translate(target.object, patch, path.slice(0, -1));
  if (parent === undefined || last === undefined) return undefined;
  const value = valueAt(patch, parent);
  if (!isObject(value)) return undefined;
  if (value.$patch === 'delete' || value.$patch === 'replace')
    return { value: undefined, place: document.locate([...parent, '$patch']) };
  return typeof last === 'string' && value[last] === null
    ? { value: undefined, place: document.locate([...parent, last]) }
    : undefined;
}

function withoutDirectives(value: JsonObject): JsonValue {
  return Object.fromEntries(Object.entries(value).filter(([key, item]) => !key.startsWith('$') && item !== null));
}
