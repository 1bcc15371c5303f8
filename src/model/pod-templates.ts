import type { FieldPath } from './field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';
import { holdsPatterns, knownKind } from './known-kinds.ts';
import { hasNoTemplates } from './own-kinds.ts';
import { containerKeys, isContainerItself, itemsOf, nodeVolumeKeys, reachesNode, seesNode } from './pod-fields.ts';
import { type Found, type PodTemplate, readTemplate } from './pod-template.ts';
import type { Resource } from './resource.ts';
import { isPointer } from './workloads.ts';

export interface PodTemplates {
  readonly templates: readonly PodTemplate[];
  /** A field that was not searched, because it is nested too deeply or follows too many templates. */
  readonly unsearched?: FieldPath;
}

/** More than any known custom resource has: anything beyond is refused, not ignored. */
const maxDepth = 64;
const maxTemplates = 1_000;

/** Fields that are not desired state: the status and the resource's own metadata. */
const notSpec: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * The pods of a custom resource: each map below its spec with containers, whatever the field is called. Built-in workloads are handled as
 * pods directly, and resources that only point to a chart or contain a pattern have none. Memoized: several stages call it.
 */
export function podTemplates({ apiVersion, kind, object }: Pick<Resource, 'apiVersion' | 'kind' | 'object'>): PodTemplates {
  // Fast path: most resources are Kubernetes' own kinds, with a pod at podSpecPath or none at all.
  if (hasNoTemplates(apiVersion, kind)) return none;
  const remembered = known.get(object);
  if (remembered !== undefined) return remembered;
  const of = { apiVersion, kind };
  const found = isPointer(of) || holdsPatterns(of) ? none : search(of, object);
  known.set(object, found);
  return found;
}
const known = new WeakMap<JsonObject, PodTemplates>();
const none: PodTemplates = { templates: [] };

function search(of: Pick<Resource, 'apiVersion' | 'kind'>, object: JsonObject): PodTemplates {
  const kind = knownKind(of);
  const templates: PodTemplate[] = [];
  let unsearched: FieldPath | undefined;
  const visit = (value: JsonValue, path: FieldPath): void => {
    if (!isObject(value) && !isArray(value)) return;
    if (path.length > maxDepth || templates.length >= maxTemplates) {
      unsearched ??= path;
      return;
    }
    if (isArray(value)) {
      value.forEach((item, index) => {
        visit(item, [...path, index]);
      });
      return;
    }
    const isKnown = kind !== undefined;
    const { lists, singles } = containerKeys(value, isKnown);
    const found = lists.length > 0 || singles.length > 0 || isPod(value, path, isKnown);
    const defaults = (kind?.defaults ?? []).filter((at) => at.join() !== path.join());
    const template: Found = { path, map: value, known: isKnown, defaults };
    if (found) templates.push(readTemplate(object, template));
    for (const [key, item] of Object.entries(value)) {
      // A container is part of this pod, but a field of it may hold another one.
      if (lists.includes(key)) for (const [at, member] of itemsOf(item)) below(member, [...path, key, at]);
      else if (singles.includes(key)) below(item, [...path, key]);
      else if (key !== 'openAPIV3Schema') visit(item, [...path, key]);
    }
  };
  const below = (value: JsonValue, path: FieldPath): void => {
    for (const [key, item] of itemsOf(value)) visit(item, [...path, key]);
  };
  for (const [key, item] of Object.entries(object)) if (!notSpec.has(key)) visit(item, [key]);
  return { templates, ...(unsearched !== undefined && { unsearched }) };
}

/** In unknown kinds, `hostNetwork` and similar fields only indicate a pod if the name of their field does. */
function isPod(map: JsonObject, path: FieldPath, isKnown: boolean): boolean {
  if (isContainerItself(map) || seesNode(map) || nodeVolumeKeys(map).length > 0) return true;
  return (isKnown || isNamedTemplate(path)) && reachesNode(map);
}

function isNamedTemplate(path: FieldPath): boolean {
  const names = path.filter((step) => typeof step === 'string');
  const [last = ''] = names.at(-1) === 'spec' ? names.slice(-2) : names.slice(-1);
  return /(?:template|^pod|podSpec)$/i.test(last);
}
