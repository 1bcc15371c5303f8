import type { FieldPath } from '../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { memoizeByObject } from '../model/memoize.ts';
import { isOwnGroup, isOwnKind } from '../model/own-kinds.ts';

export interface ObjectIdentity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly object: JsonObject;
}

/** What one value of a document is, and where in the document it is. */
export type Reading = { readonly path: FieldPath } & (
  | { readonly is: 'object'; readonly identity: ObjectIdentity }
  /** No object at all. */
  | { readonly is: 'none' }
  /** The API server would not accept it, for this reason. */
  | { readonly is: 'foreign'; readonly reason: string }
  /** Meant as an object, and none. */
  | { readonly is: 'broken'; readonly message: string }
);

/**
 * The objects of a document: itself, or the items of a list. What a list is and what its items are is decided as in `kubectl apply` and Helm
 * (UnstructuredJSONScheme and Unstructured of k8s.io/apimachinery): by a list in `items`, whatever the kind is called.
 */
export function readObjects(value: JsonValue): readonly Reading[] {
  if (isArray(value)) {
    if (!value.some(looksLikeObject)) return [{ path: [], is: 'none' }];
    return [{ path: [], is: 'broken', message: 'the document is a list of objects, which kubectl does not accept' }];
  }
  if (!isObject(value)) return [{ path: [], is: 'none' }];
  return readingsOf(value);
}

/** Asked once to find what is a manifest, and once to render it. */
const readingsOf = memoizeByObject((value: JsonObject) => flatten(value, []));

function flatten(value: JsonObject, path: FieldPath): readonly Reading[] {
  const { items, kind } = value;
  if (!isText(kind)) return [withoutKind(value, path)];
  // Readers differ on `items: null` of a kind that is not called a list: no objects to kubectl, an object to Argo CD and Flux.
  if (items === null && kind.endsWith('List')) return [];
  if (!isArray(items)) return [identify(value, kind, path)];
  if (isListOfSomethingElse(items, value)) return [{ path, is: 'none' }];
  return items.flatMap((item, index) => {
    const at = [...path, 'items', index];
    if (!isObject(item)) return [{ path: at, is: 'broken' as const, message: 'this is not an object' }];
    return flatten(asItem(item, value, kind), at);
  });
}

/** One item that is not an object, and no reader of Kubernetes takes the list: a tool's own file, if nothing in it looks like an object. */
function isListOfSomethingElse(items: readonly JsonValue[], { apiVersion }: JsonObject): boolean {
  if (items.every(isObject) || items.some(looksLikeObject)) return false;
  return !isText(apiVersion) || !isOwnGroup(apiVersion);
}

/** The items of a typed list (DeploymentList) may leave out what the list states. */
function asItem(item: JsonObject, { apiVersion }: JsonObject, listKind: string): JsonObject {
  if (isText(item.kind) || isText(item.apiVersion)) return item;
  const kind = listKind.replace(/List$/, '');
  return { ...item, ...(isText(apiVersion) && { apiVersion }), ...(kind !== '' && { kind }) };
}

/** No reader takes it without `kind`; where the rest is there it was forgotten. */
function withoutKind(value: JsonObject, path: FieldPath): Reading {
  const { apiVersion, metadata, items } = value;
  const isList = isArray(items) && items.some(looksLikeObject);
  const isObjectless = !isList && path.length === 0 && !(isText(apiVersion) && isOwnGroup(apiVersion) && isObject(metadata));
  if (isObjectless) return { path, is: 'none' };
  return { path, is: 'broken', message: missing('kind', value.kind) };
}

function identify(value: JsonObject, kind: string, path: FieldPath): Reading {
  const { apiVersion, metadata } = value;
  const { name, generateName, namespace } = isObject(metadata) ? metadata : {};
  const called = isText(name) ? name : generateName;
  const broken = (message: string): Reading => ({ path, is: 'broken', message });
  if (!isText(apiVersion)) {
    const isMeant = path.length > 0 || isText(called);
    return isMeant ? broken(missing('apiVersion', apiVersion)) : { path, is: 'none' };
  }
  if (!isText(called)) {
    if (!isOwnKind(apiVersion, kind))
      return { path, is: 'foreign', reason: `${apiVersion} ${kind} has no name, so the API server would not accept it` };
    return broken(isObject(metadata) ? missing('metadata.name', called) : '`metadata` is missing or not a map');
  }
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    return broken(missing('metadata.namespace', namespace));
  if (apiVersion === kustomizeOwn)
    return { path, is: 'foreign', reason: `${apiVersion} ${kind} configures kustomize, and the API server would not accept it` };
  const identity = { apiVersion, kind, name: called, object: value, ...(namespace ? { namespace } : {}) };
  return { path, is: 'object', identity };
}

/** Of transformers and generators that are part of kustomize. Without a group, the API server serves no version but v1. */
const kustomizeOwn = 'builtin';

/** YAML 1.1, which Kubernetes reads, takes unquoted words such as `y`, `no` and `on` for booleans, and 007 for a number. */
function missing(field: string, value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') return `\`${field}\` is missing`;
  if (isObject(value) || isArray(value)) return `\`${field}\` must be a string`;
  return `\`${field}\` must be a string, but is the ${typeof value} ${String(value)}: quote it`;
}

function looksLikeObject(value: JsonValue): boolean {
  return isObject(value) && isText(value.kind) && (isText(value.apiVersion) || isObject(value.metadata));
}

/** The items of a plain List, or the value itself. */
export function itemsOf(value: JsonValue): readonly JsonValue[] {
  return isObject(value) && value.kind === 'List' && isArray(value.items) ? value.items : [value];
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
