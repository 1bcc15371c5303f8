import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { KustomizeSelector } from './kustomize-schema.ts';
import type { Target } from './kustomize-step.ts';

/** `maybe`: the selector is beyond what is read here, so only the value that it wrote can tell. */
export type Match = 'yes' | 'no' | 'maybe';

/** A patch's target, or a replacement's: each part is an anchored regular expression, and an empty one takes all. */
export function matchSelector(selector: KustomizeSelector, target: Target): Match {
  const [group, version] = splitVersion(target.apiVersion);
  const answers: readonly Match[] = [
    matchAny(selector.group, [group]),
    matchAny(selector.version, [version]),
    matchAny(selector.kind, [target.kind]),
    matchAny(selector.name, target.names),
    matchAny(
      selector.namespace,
      target.namespaces.map((one) => one ?? 'default'),
    ),
    matchLabels(selector.labelSelector, valueAt(target.object, ['metadata', 'labels'])),
    matchLabels(selector.annotationSelector, valueAt(target.object, ['metadata', 'annotations'])),
  ];
  return answers.includes('no') ? 'no' : answers.includes('maybe') ? 'maybe' : 'yes';
}

export function splitVersion(apiVersion: string): readonly [string, string] {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

function matchAny(pattern: string | null | undefined, values: readonly string[]): Match {
  if (pattern === undefined || pattern === null || pattern === '') return 'yes';
  if (values.includes(pattern)) return 'yes';
  const expression = simpleExpression(pattern);
  if (expression === undefined) return 'maybe';
  return values.some((value) => expression.test(value)) ? 'yes' : 'no';
}

/**
 * Patterns come from the change that is judged, and JavaScript's expressions backtrack. Only those with few and unnested repetitions
 * are run: cubic in a name of at most 253 characters. Kustomize itself uses RE2.
 */
export function simpleExpression(pattern: string): RegExp | undefined {
  const repetitions = pattern.match(/[*+?{]/g)?.length ?? 0;
  if (pattern.length > 200 || repetitions > 3 || /\)[*+?{]|\(\?|\\/.test(pattern)) return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return undefined;
  }
}

/** `a=b,c!=d,e,!f`; sets (`in (…)`) are left to the value. */
function matchLabels(selector: string | null | undefined, labels: JsonValue | undefined): Match {
  if (selector === undefined || selector === null || selector.trim() === '') return 'yes';
  if (selector.includes('(')) return 'maybe';
  const of = (key: string): JsonValue | undefined => valueAt(labels, [key.trim()]);
  const holds = selector.split(',').every((part) => {
    const [, key = '', operator, value = ''] = /^([^!=]*)(==|!=|=)(.*)$/.exec(part) ?? [];
    if (operator === undefined)
      return part.trim().startsWith('!') ? of(part.trim().slice(1)) === undefined : of(part) !== undefined;
    return (of(key) === value.trim()) === (operator !== '!=');
  });
  return holds ? 'yes' : 'no';
}

/** What kustomize merges lists by, for the kinds it has a schema of: https://github.com/kubernetes/kubernetes/tree/master/api/openapi-spec (x-kubernetes-patch-merge-key). */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'port'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ownerReferences: ['uid'],
};

/** The same field in another copy: list items are found by what a strategic merge finds them by. Undefined where it is not there. */
export function translate(from: JsonValue, to: JsonValue, path: FieldPath): FieldPath | undefined {
  const there: (string | number)[] = [];
  let [left, right]: readonly (JsonValue | undefined)[] = [from, to];
  let list = '';
  for (const step of path) {
    const item = valueAt(left, [step]);
    const index: string | number = typeof step === 'number' && isArray(right) ? sameItem(list, step, item, left, right) : step;
    right = valueAt(right, [index]);
    left = item;
    if (right === undefined) return undefined;
    if (typeof step === 'string') list = step;
    there.push(index);
  }
  return there;
}

function sameItem(
  list: string,
  step: number,
  item: JsonValue | undefined,
  all: JsonValue | undefined,
  others: readonly JsonValue[],
): number {
  for (const key of mergeKeys[list] ?? ['name']) {
    const id = valueAt(item, [key]);
    if (id !== undefined) return itemWith(key, id, item, isArray(all) ? all : [], others);
  }
  if (item === undefined || same(others[step], item)) return step;
  const equal = others.findIndex((other) => same(other, item));
  if (equal !== -1) return equal;
  return isArray(all) && all.length === others.length ? step : -1;
}

function itemWith(
  key: string,
  id: JsonValue,
  item: JsonValue | undefined,
  all: readonly JsonValue[],
  others: readonly JsonValue[],
): number {
  const alike = others.flatMap((other, index) => (same(valueAt(other, [key]), id) ? [index] : []));
  // Two ports of one number differ in protocol; one name stands twice only where lists are no sets.
  const exact = alike.find((index) => same(valueAt(others[index], ['protocol']), valueAt(item, ['protocol'])));
  const found = exact ?? alike[0];
  if (found !== undefined) return found;
  // An operation may have changed the key itself; then the rest of one item that has no partner is still the same.
  const rest = withoutKey(item, key);
  const alone = others.flatMap((other, index) =>
    all.some((mine) => same(valueAt(mine, [key]), valueAt(other, [key]))) ? [] : [{ index, other }],
  );
  const [only] = alone;
  const isSame = rest !== undefined && only !== undefined && same(withoutKey(only.other, key), rest);
  return all.length === others.length && alone.length === 1 && isSame ? only.index : -1;
}

function withoutKey(item: JsonValue | undefined, key: string): JsonValue | undefined {
  if (!isObject(item) || Object.keys(item).length < 2) return undefined;
  const { [key]: _key, ...rest } = item;
  return rest;
}

/** As values: kustomize may write `"1"` for what a label has as 1. */
export function same(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (isObject(one) && isObject(other)) {
    const keys = Object.keys(one);
    return keys.length === Object.keys(other).length && keys.every((key) => same(one[key], valueAt(other, [key])));
  }
  if (isArray(one) && isArray(other)) return one.length === other.length && one.every((item, index) => same(item, other[index]));
  if (isObject(one) || isArray(one) || isObject(other) || isArray(other)) return false;
  return one === other || (one !== null && other !== null && stringifyJson(String(one)) === stringifyJson(String(other)));
}
