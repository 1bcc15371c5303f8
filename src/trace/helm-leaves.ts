import type { FieldPath } from '../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { EffectiveValues } from '../render/helm-values.ts';
import { fieldsOf, pathKey } from './fields.ts';
import { canMark, type Leaf } from './sentinels.ts';

/** A scalar of the values. */
export interface ValuesLeaf extends Leaf {
  readonly path: FieldPath;
}

/** What a sentinel can stand for; not the values that switch subcharts on and off. */
export function valuesLeaves({ values, switches }: EffectiveValues): readonly ValuesLeaf[] {
  return fieldsOf(values).flatMap(({ path, value }) =>
    canMark(value) && !switches.has(path.join('.')) && path[0] !== 'tags' ? [{ path, value }] : [],
  );
}

/** Values that change these leaves only. A list is replaced as a whole, as Helm does. */
export function overriding(values: JsonObject, changed: ReadonlyMap<string, JsonValue>): JsonObject {
  const result = override(values, [], changed);
  return isObject(result) ? result : {};
}

function override(
  value: JsonValue,
  at: FieldPath,
  changed: ReadonlyMap<string, JsonValue>,
  whole = false,
): JsonValue | undefined {
  const own = changed.get(pathKey(at));
  if (own !== undefined) return own;
  if (isArray(value)) {
    const items = value.map((item, index) => override(item, [...at, index], changed));
    const isChanged = whole || items.some((item) => item !== undefined);
    return isChanged ? value.map((item, index) => override(item, [...at, index], changed, true) ?? item) : undefined;
  }
  if (!isObject(value)) return whole ? value : undefined;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const inner = override(item, [...at, key], changed, whole);
    return inner === undefined ? [] : [[key, inner] as const];
  });
  return entries.length === 0 && !whole ? undefined : Object.fromEntries(entries);
}
