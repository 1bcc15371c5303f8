import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue, stringifyJson } from '../model/json.ts';

/** What kustomize merges lists by: https://github.com/kubernetes/kubernetes/tree/master/api/openapi-spec (x-kubernetes-patch-merge-key). */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'port'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ownerReferences: ['uid'],
};

/** Names of fields that may tell which item of a list is meant: with another value, a patch meets another item. */
export const identifying: ReadonlySet<string> = new Set(['name', 'protocol', ...Object.values(mergeKeys).flat()]);

/** The same field in another copy: list items are found by what a strategic merge finds them by. Undefined if it is not there. */
export function translate(from: JsonValue, to: JsonValue, path: FieldPath): FieldPath | undefined {
  const there: (string | number)[] = [];
  let [left, right]: readonly (JsonValue | undefined)[] = [from, to];
  let list = '';
  for (const step of path) {
    const item = valueAt(left, [step]);
    const index = typeof step === 'number' && isArray(right) ? sameItem(list, step, item, right) : step;
    right = valueAt(right, [index]);
    left = item;
    if (right === undefined) return undefined;
    if (typeof step === 'string') list = step;
    there.push(index);
  }
  return there;
}

function sameItem(list: string, step: number, item: JsonValue | undefined, others: readonly JsonValue[]): number {
  for (const key of mergeKeys[list] ?? ['name']) {
    const id = valueAt(item, [key]);
    if (id === undefined) continue;
    const alike = others.flatMap((other, index) => (same(valueAt(other, [key]), id) ? [index] : []));
    // Two ports of one number differ in protocol.
    const exact = alike.find((index) => same(valueAt(others[index], ['protocol']), valueAt(item, ['protocol'])));
    return exact ?? alike[0] ?? -1;
  }
  if (item === undefined || same(others[step], item)) return step;
  return others.findIndex((other) => same(other, item));
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
