import { objectAt, objectsAt } from '../../model/field-path.ts';
import type { JsonPatchOperation } from '../../model/finding.ts';
import { isArray, type JsonObject, stringifyJson } from '../../model/json.ts';
import type { PolicyCopy } from './policy-copies.ts';

/** Keys of a rule that only depends on its patch and its `match`. */
const plainKeys = ['name', 'match', 'exclude', 'mutate'];
const plainWord = /^[A-Za-z]+$/;

/**
 * The top-level fields of an object that a mutating rule can read or write; undefined if unknown. Changes of other fields do not affect the
 * rule. Variables, preconditions and JSON patches may read anything.
 */
export function areasOf(copy: PolicyCopy): ReadonlySet<string> | undefined {
  const [rule, another] = objectsAt(copy.object.spec, 'rules');
  if (copy.language !== 'rules' || rule === undefined || another !== undefined) return undefined;
  const text = stringifyJson(rule);
  const mutate = objectAt(rule, 'mutate');
  const areas = Object.keys(objectAt(mutate, 'patchStrategicMerge'));
  const isPlain =
    Object.keys(rule).every((key) => plainKeys.includes(key)) &&
    Object.keys(mutate).every((key) => key === 'patchStrategicMerge') &&
    areas.every((area) => plainWord.test(area)) &&
    !text.includes('{{') &&
    !text.includes('$(');
  if (!isPlain || areas.length === 0) return undefined;
  const looks = [objectAt(rule, 'match'), objectAt(rule, 'exclude')];
  const selects = /"(?:selector|namespaceSelector|annotations)":/.test(stringifyJson(looks));
  return new Set([...areas, ...(selects ? ['metadata'] : []), ...(looks.some(isAboutPods) ? ['spec'] : [])]);
}

/** Kyverno also applies a rule for pods to their controllers, where it works on the template in their `spec`. */
function isAboutPods(block: JsonObject): boolean {
  const { kinds } = objectAt(block, 'resources');
  return (
    (isArray(kinds) && kinds.some((kind) => /pod|\*/i.test(String(kind)))) ||
    [...objectsAt(block, 'any'), ...objectsAt(block, 'all')].some(isAboutPods)
  );
}

/** The top-level fields that a patch changes. */
export function changedAreas(patch: readonly JsonPatchOperation[]): readonly string[] {
  return patch.map(({ path }) => path.split('/')[1] ?? '');
}
