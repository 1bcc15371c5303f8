import { type FieldPath, valueAt } from './field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';

const containerLists = ['containers', 'initContainers', 'ephemeralContainers'];

/** The container that a path is about or below. */
export function containerAt(path: FieldPath): FieldPath | undefined {
  return itemAt(path, containerLists);
}

/** The item of the outermost of these lists that a path is about or below. */
export function itemAt(path: FieldPath, lists: readonly string[]): FieldPath | undefined {
  const list = path.findIndex((step, index) => lists.includes(String(step)) && typeof path[index + 1] === 'number');
  return list === -1 ? undefined : path.slice(0, list + 2);
}

/** CronJob, then workloads with a template (Deployment, Job ...), then Pod: the deepest existing path. */
const podSpecs: readonly FieldPath[] = [
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ['spec', 'template', 'spec'],
  ['spec'],
];

/** The pod spec of a manifest with a list of containers. */
export function podWithContainers(object: JsonObject): FieldPath | undefined {
  return podSpecs.find((path) => isArray(valueAt(object, [...path, 'containers'])));
}

/** Items of all lists of containers in a pod spec. */
export function containersIn(
  object: JsonObject,
  podSpec: FieldPath,
): readonly { readonly item: JsonValue; readonly path: FieldPath }[] {
  return containerLists.flatMap((list) => {
    const containers = valueAt(object, [...podSpec, list]);
    return isArray(containers) ? containers.map((item, index) => ({ item, path: [...podSpec, list, index] })) : [];
  });
}

/** The pod spec of a manifest, by its fields and not by its kind. */
export function podSpecAt(object: JsonObject): FieldPath | undefined {
  return podSpecs.find((path) => isObject(valueAt(object, path)));
}
