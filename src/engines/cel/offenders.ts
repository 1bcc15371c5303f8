import { type FieldPath, valueAt } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { type CelContext, type CelPolicy, type CelResult, evaluate } from './evaluate.ts';

/**
 * A validation's message names one offender, though several containers may fail it. Each is a finding of its own: the named item
 * is left out and the policy asked once more, until it passes or speaks of something else. The first result is as it came.
 */
export function eachOffender(policy: CelPolicy, first: CelResult, object: JsonObject, context: CelContext): readonly CelResult[] {
  const at = first.path.findIndex((step) => typeof step === 'number');
  const listPath = first.path.slice(0, at);
  const list = at < 0 ? undefined : valueAt(object, listPath);
  if (!isArray(list) || first.validation === undefined) return [first];
  const found = [first];
  let left = list.map((_item, index) => index);
  let named = first.path[at];
  while (left.length > 1) {
    left = left.filter((_index, position) => position !== named);
    const reduced = withList(object, listPath, (_item, index) => left.includes(index));
    const next = evaluate(policy, reduced, context).find((result) => sameFailure(result, first));
    named = next?.path[at];
    const original = typeof named === 'number' ? left[named] : undefined;
    if (next === undefined || original === undefined || !startsWith(next.path, listPath)) break;
    found.push({ ...next, path: [...listPath, original, ...next.path.slice(at + 1)] });
  }
  return found;
}

function sameFailure(result: CelResult, first: CelResult): boolean {
  return result.status === 'fail' && result.validation === first.validation && result.actions.join() === first.actions.join();
}

function startsWith(path: FieldPath, prefix: FieldPath): boolean {
  return prefix.every((step, index) => path[index] === step);
}

/** The object with only those items of the list at `path` that are to be kept. */
function withList(object: JsonObject, path: FieldPath, keep: (item: JsonValue, index: number) => boolean): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return object;
  const value = object[key];
  if (isArray(value) && rest.length === 0) return { ...object, [key]: value.filter(keep) };
  return isObject(value) ? { ...object, [key]: withList(value, rest, keep) } : object;
}
