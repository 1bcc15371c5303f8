import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';

const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** A container within a pod, with its label. */
export interface NamedContainer {
  readonly label: string;
  readonly container: JsonObject;
}

/** The container that a field belongs to, or the pod as a whole. */
export interface PodPlace {
  readonly spec: JsonObject;
  readonly containers: readonly NamedContainer[];
  readonly isWholePod: boolean;
}

/** The pods that a field of an object belongs to; for a field above all pod templates, every pod of the object. Includes custom resources. */
export function podsAt(object: JsonObject, path: FieldPath): readonly PodPlace[] {
  for (let length = path.length; length >= 0; length -= 1) {
    const spec = valueAt(object, path.slice(0, length));
    if (!isPodSpec(spec)) continue;
    const [list, index] = path.slice(length);
    const one =
      lists.some((name) => name === list) && typeof index === 'number' ? containerAt(spec, String(list), index) : undefined;
    return [one === undefined ? wholePod(spec) : { spec, containers: [one], isWholePod: false }];
  }
  return podSpecsBelow(object).map(wholePod);
}

function wholePod(spec: JsonObject): PodPlace {
  const containers = lists.flatMap((list) => {
    const items = spec[list];
    return isArray(items) ? items.flatMap((_item, index) => containerAt(spec, list, index) ?? []) : [];
  });
  return { spec, containers, isWholePod: true };
}

function containerAt(spec: JsonObject, list: string, index: number): NamedContainer | undefined {
  const container = valueAt(spec, [list, index]);
  if (!isObject(container)) return undefined;
  return { container, label: typeof container.name === 'string' ? container.name : `${list}[${index}]` };
}

function isPodSpec(value: JsonValue | undefined): value is JsonObject {
  return isObject(value) && lists.some((list) => isArray(value[list]) && value[list].some(isObject));
}

function podSpecsBelow(value: JsonValue | undefined): readonly JsonObject[] {
  if (isArray(value)) return value.flatMap((item: JsonValue) => podSpecsBelow(item));
  if (!isObject(value)) return [];
  return isPodSpec(value) ? [value] : Object.values<JsonValue>(value).flatMap((item) => podSpecsBelow(item));
}
