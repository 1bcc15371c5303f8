import type { FieldPath } from './field-path.ts';
import { valueAt } from './field-path.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';
import {
  containerFields,
  containerKeys,
  isContainerItself,
  isOfContainer,
  itemsOf,
  nodeVolumeKeys,
  sharedFields,
} from './pod-fields.ts';

/** Maps a field of the stand-in pod to its owner. `exact`: the fields below it have the same paths as in a pod. */
interface Route {
  readonly to: FieldPath;
  readonly from: FieldPath;
  readonly exact: boolean;
}

/** The pod template of a custom resource as a pod, with the mapping back to the fields of the custom resource. */
export interface PodTemplate {
  /** The map in the owner with the pod's fields. */
  readonly path: FieldPath;
  readonly labels?: JsonObject;
  readonly annotations?: JsonObject;
  readonly spec: JsonObject;
  readonly routes: readonly Route[];
  /** Whether the owner's kind is documented to contain pod templates; otherwise they are recognized by shape only. */
  readonly known: boolean;
}

/** A map of the owner that looks like a pod. */
export interface Found {
  readonly path: FieldPath;
  readonly map: JsonObject;
  readonly known: boolean;
  /** Maps with default values for its fields, such as a workflow's `securityContext` for its templates. */
  readonly defaults: readonly FieldPath[];
}

type ContainerList = 'containers' | 'initContainers' | 'ephemeralContainers';

export function readTemplate(owner: JsonObject, { path, map, known, defaults }: Found): PodTemplate {
  const keys = containerKeys(map, known);
  // `{metadata, spec: {containers}}` is exactly a pod template: all of its fields are those of a pod.
  const isPodSpec = path.length > 1 && path.at(-1) === 'spec' && keys.lists.length > 0;
  const ofContainer = isOfContainer(map.securityContext);
  const own = isPodSpec ? Object.keys(map) : sharedFields(map);
  const fields = own.filter((key) => !keys.lists.includes(key) && !(key === 'securityContext' && ofContainer && !isPodSpec));
  const routes: Route[] = [{ to: ['spec'], from: path, exact: isPodSpec }];
  const spec: Record<string, JsonValue> = {};
  const set = (key: string, from: FieldPath): void => {
    const value = valueAt(owner, from);
    if (value === undefined || Object.hasOwn(spec, key)) return;
    spec[key] = value;
    routes.push({ to: ['spec', key], from, exact: true });
  };
  for (const key of fields) set(key, [...path, key]);
  for (const key of nodeVolumeKeys(map)) set('volumes', [...path, key]);
  for (const fallback of defaults) {
    const value = valueAt(owner, fallback);
    if (isObject(value)) for (const key of sharedFields(value)) set(key, [...fallback, key]);
  }
  const lists: Record<ContainerList, JsonValue[]> = { containers: [], initContainers: [], ephemeralContainers: [] };
  const add = (list: ContainerList, value: JsonObject, from: FieldPath, exact: boolean): FieldPath => {
    const to = ['spec', list, lists[list].length];
    if (lists[list].length === 0) routes.push({ to: ['spec', list], from: from.slice(0, -1), exact: isPodSpec });
    // Like Tekton, names a step without a name: engines skip containers without one, or cannot identify them.
    lists[list].push(typeof value.name === 'string' ? value : { ...value, name: `unnamed-${lists[list].length}` });
    routes.push({ to, from, exact });
    return to;
  };
  for (const key of keys.lists)
    for (const [at, item] of itemsOf(map[key])) {
      if (!isObject(item)) continue;
      const named = typeof at === 'string' ? { name: at, ...item } : item;
      add(listOf(key), withDefaults(named, map.stepTemplate), [...path, key, at], true);
    }
  for (const key of keys.singles) {
    const item = map[key];
    if (isObject(item)) add('containers', { name: key, ...item }, [...path, key], true);
  }
  if (!isPodSpec && isContainerItself(map)) {
    const present = containerFields.filter((key) => map[key] !== undefined);
    const to = add('containers', Object.fromEntries(present.map((key) => [key, map[key] ?? null])), path, false);
    for (const key of present) routes.push({ to: [...to, key], from: [...path, key], exact: true });
  }
  for (const list of ['initContainers', 'ephemeralContainers'] as const) if (lists[list].length > 0) spec[list] = lists[list];
  spec.containers = lists.containers;
  const metadata = metadataPath(owner, path, isPodSpec);
  const described = metadata === undefined ? {} : describe(owner, metadata, routes);
  return { path, spec, routes, known, ...described };
}

function listOf(key: string): ContainerList {
  if (/^init/i.test(key)) return 'initContainers';
  return /^ephemeral/i.test(key) ? 'ephemeralContainers' : 'containers';
}

/** Tekton's `stepTemplate` applies to each step: https://tekton.dev/docs/pipelines/tasks/#specifying-a-step-template */
function withDefaults(item: JsonObject, template: JsonValue | undefined): JsonObject {
  return isObject(template) ? { ...template, ...item } : item;
}

function metadataPath(owner: JsonObject, path: FieldPath, isPodSpec: boolean): FieldPath | undefined {
  const at = [...(isPodSpec ? path.slice(0, -1) : path), 'metadata'];
  return at.length > 1 && isObject(valueAt(owner, at)) ? at : undefined;
}

function describe(owner: JsonObject, metadata: FieldPath, routes: Route[]): Pick<PodTemplate, 'labels' | 'annotations'> {
  routes.push({ to: ['metadata'], from: metadata, exact: true });
  const labels = valueAt(owner, [...metadata, 'labels']);
  const annotations = valueAt(owner, [...metadata, 'annotations']);
  return { ...(isObject(labels) && { labels }), ...(isObject(annotations) && { annotations }) };
}

/** Maps a field of the pod to the owner, and whether its path is the same as in a pod. */
export function ownerPath(
  { path, routes }: Pick<PodTemplate, 'path' | 'routes'>,
  field: FieldPath,
): { readonly path: FieldPath; readonly exact: boolean } {
  let nearest: Route | undefined;
  for (const route of routes)
    if (route.to.length > (nearest?.to.length ?? -1) && route.to.every((step, index) => field[index] === step)) nearest = route;
  // The stand-in has its owner's name and namespace.
  if (field[0] === 'metadata' && (field[1] === 'name' || field[1] === 'namespace')) return { path: field, exact: true };
  if (nearest === undefined) return { path, exact: false };
  const rest = field.slice(nearest.to.length);
  return { path: nearest.exact || rest.length === 0 ? [...nearest.from, ...rest] : nearest.from, exact: nearest.exact };
}
