import { type FieldPath, pointerSteps, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { same, translate } from './kustomize-match.ts';

/** A field of a resource before and after a patch. */
export interface Change {
  readonly path: FieldPath;
  readonly before: JsonObject;
  readonly now: JsonObject;
}

/** Line (from 1) of a patch that sets or removes a field; undefined if it does neither. */
export function lineInPatch(text: string, change: Change): number | undefined {
  try {
    for (const document of parseYaml({ file: 'patch', text }).toReversed()) {
      const { value } = document;
      const found = isArray(value) ? inJsonPatch(value, change) : isObject(value) ? inMerge(value, change) : undefined;
      if (found !== undefined) return document.locate(found).line;
    }
  } catch {
    // kustomize reads more than strict YAML.
  }
  return undefined;
}

/** https://datatracker.ietf.org/doc/html/rfc6902: the last operation on the field or on what holds it. */
function inJsonPatch(operations: readonly JsonValue[], { path, now }: Change): FieldPath | undefined {
  const value = valueAt(now, path);
  for (const [index, operation] of [...operations.entries()].toReversed()) {
    const pointer = isObject(operation) && typeof operation.path === 'string' ? operation.path : undefined;
    if (!isObject(operation) || pointer === undefined) continue;
    const steps = pointerSteps(pointer);
    if (!reaches(steps, path)) continue;
    const at: FieldPath = [index, 'value', ...path.slice(steps.length)];
    if (operation.op === 'remove') {
      if (value === undefined) return [index];
    } else if (operation.value === undefined) return [index];
    else if (same(valueAt(operations, at), value)) return at;
  }
  return undefined;
}

/** `-` is the end of a list. */
function reaches(steps: readonly string[], path: FieldPath): boolean {
  return steps.length <= path.length && steps.every((step, index) => step === '-' || step === String(path[index]));
}

/** A list item is found by what it is merged by, a field that is gone by the `null` or `$patch` that removes it. */
function inMerge(patch: JsonObject, { path, before, now }: Change): FieldPath | undefined {
  if (typeof patch.kind === 'string' && patch.kind !== now.kind && patch.kind !== before.kind) return undefined;
  const value = valueAt(now, path);
  if (value !== undefined) {
    const found = translate(now, patch, path);
    return found !== undefined && same(valueAt(patch, found), value) ? found : undefined;
  }
  for (let length = path.length; length > 0; length -= 1) {
    const found = translate(before, patch, path.slice(0, length));
    const there = found === undefined ? undefined : valueAt(patch, found);
    if (found !== undefined && (there === null || (isObject(there) && there.$patch !== undefined))) return found;
  }
  return undefined;
}
