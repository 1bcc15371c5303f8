import { type FieldPath, valueAt } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { TooCostly, withinBudget } from './budget.ts';
import { type CelContext, type CelPolicy, type CelResult, evaluate } from './evaluate.ts';
import type { Turn } from './turns.ts';

/** Past this an item's turn to be left out would cost going through all the others, a list of them the square of its length. */
const longList = 100;
const blockLength = 16;
/** Steps of naming every offender of one validation; 5,000 containers that all fail take a tenth of it. */
const searchLimit = 20_000_000;

/**
 * A validation's message names one offender, though several containers may fail it. Each is a finding of its own: the named item
 * is left out and the policy asked once more, until it passes or speaks of something else. The first result is as it came. A long
 * list is asked about in blocks, then once more without all that were named, for what shows only in the whole. Where that costs too
 * much, the last result is an error: what is not named must not look as if it passed.
 *
 * @param turn Called before each question and awaited where it gives a promise; throws where the run is to stop.
 */
export async function eachOffender(
  policy: CelPolicy,
  first: CelResult,
  object: JsonObject,
  context: CelContext,
  turn: Turn,
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
      await turn();
      const items = left.map((index) => list[index] ?? null);
      const reduced = withItems(object, listPath, items);
      const { value: results, spent } = withinBudget(() => evaluate(policy, reduced, context));
      steps += spent;
      if (steps > searchLimit) return false;
      const next = results.find((result) => sameFailure(result, first));
      const place = next?.path[at];
      const original = typeof place === 'number' ? left[place] : undefined;
      if (next === undefined || original === undefined || !startsWith(next.path, listPath)) break;
      found.set(original, { ...next, path: [...listPath, original, ...next.path.slice(at + 1)] });
      left = left.filter((index) => index !== original);
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

/** The object with other items in the list at `path`. */
function withItems(object: JsonObject, path: FieldPath, items: readonly JsonValue[]): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return object;
  const value = object[key];
  if (isArray(value) && rest.length === 0) return { ...object, [key]: items };
  return isObject(value) ? { ...object, [key]: withItems(value, rest, items) } : object;
}
