import { type FieldPath, valueAt } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { type Admission, admissionOf, type Place } from './admission.ts';
import { Budget, TooCostly } from './budget.ts';
import { answer, type CelPolicy, type CelResult } from './evaluate.ts';
import type { Yield } from './yield.ts';

/** For a longer list, evaluating it once without each of its items would take the square of its length. */
const longList = 100;
const blockLength = 16;
/** Steps of finding every item that fails one validation; 5,000 containers that all fail take a tenth of it. */
const searchLimit = 20_000_000;
const keptReductions = 16;

/** An object with fewer items in one of its lists. */
export interface Reductions {
  readonly object: JsonObject;
  /** The admission of the object with only these items of the list at `path`. */
  readonly admission: (path: FieldPath, indexes: readonly number[]) => Admission;
}

/** Several policies name the same containers, so that what they read of the others is evaluated once. */
export function reductionsOf(object: JsonObject, place: Place): Reductions {
  const known = new Map<string, Admission>();
  return {
    object,
    admission(path, indexes) {
      const key = `${path.join('/')} ${indexes.join()}`;
      const found = known.get(key) ?? admissionOf(withItems(object, path, indexes), place);
      if (known.size >= keptReductions) known.clear();
      known.set(key, found);
      return found;
    },
  };
}

/**
 * The message of a validation names one item, although several containers may fail it. Each is a finding of its own: the policy is evaluated
 * again without the named item, until it passes or names something else. The first result is kept. A long list is evaluated in
 * blocks, then once more without all the named items, for failures that only the whole list has. If that costs too much, the last result is
 * an error: an item that was not named must not look as if it passed.
 *
 * @param pause Called before each evaluation and awaited if it returns a promise; throws if the run has to stop.
 */
export async function eachOffender(
  policy: CelPolicy,
  first: CelResult,
  { object, admission }: Reductions,
  pause: Yield,
): Promise<readonly CelResult[]> {
  const at = first.path.findIndex((step) => typeof step === 'number');
  const listPath = first.path.slice(0, at);
  const list = at < 0 ? undefined : valueAt(object, listPath);
  const named = first.path[at];
  if (!isArray(list) || first.validation === undefined || typeof named !== 'number') return [first];
  const found = new Map<number, CelResult>([[named, first]]);
  let steps = 0;

  const searchIn = async (indexes: readonly number[]): Promise<boolean> => {
    let left = indexes.filter((index) => !found.has(index));
    while (left.length > 0) {
      await pause();
      const budget = new Budget();
      const results = answer(policy, admission(listPath, left), budget);
      steps += budget.spent;
      if (steps > searchLimit) return false;
      const next = results.find((result) => sameFailure(result, first));
      const index = next?.path[at];
      const original = typeof index === 'number' ? left[index] : undefined;
      if (next === undefined || original === undefined || !startsWith(next.path, listPath)) break;
      found.set(original, { ...next, path: [...listPath, original, ...next.path.slice(at + 1)] });
      left = left.filter((other) => other !== original);
    }
    return true;
  };

  const all = list.map((_item, index) => index);
  let affordable = true;
  for (let start = 0; all.length > longList && start < all.length && affordable; start += blockLength)
    affordable = await searchIn(all.slice(start, start + blockLength));
  if (affordable && (await searchIn(all))) return [...found.values()];
  const message = `naming each item that fails: ${new TooCostly(searchLimit).message}`;
  return [...found.values(), { ...first, status: 'error', tooCostly: true, message, path: [] }];
}

function sameFailure(result: CelResult, first: CelResult): boolean {
  return result.status === 'fail' && result.validation === first.validation && result.actions.join() === first.actions.join();
}

function startsWith(path: FieldPath, prefix: FieldPath): boolean {
  return prefix.every((step, index) => path[index] === step);
}

/** The object with only these items of the list at `path`. */
function withItems(object: JsonObject, path: FieldPath, indexes: readonly number[]): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return object;
  const value = object[key];
  if (isArray(value) && rest.length === 0) return { ...object, [key]: indexes.map((index): JsonValue => value[index] ?? null) };
  return isObject(value) ? { ...object, [key]: withItems(value, rest, indexes) } : object;
}
