import { isObject, type JsonObject } from '../../model/json.ts';
import { apiResource } from './kinds.ts';
import { labelsOf, type Subject, withNameLabel } from './match.ts';
import { type CelValue, toCel } from './values.ts';
import type { SharedCells } from './variables.ts';

/** Where an object would be deployed. */
export interface Place {
  /** Used if the object has no metadata.namespace; "default" if absent. */
  readonly namespace?: string;
  /** Namespace objects by name, whose labels are then known. */
  readonly namespaces?: ReadonlyMap<string, JsonObject>;
}

/** An object that is being created, and what all policies that evaluate it have in common. */
export interface Admission extends Subject {
  /** What expressions read: made for the first policy that matches the object. */
  readonly inputs: () => Inputs;
  readonly variables: SharedCells;
}
export interface Inputs {
  readonly object: CelValue;
  readonly request: CelValue;
  /** null for cluster-scoped kinds; undefined if it is known only to a cluster. */
  readonly namespaceObject: CelValue | undefined;
}

export function admissionOf(object: JsonObject, place: Place): Admission {
  const subject = subjectOf(object, place);
  let known: Inputs | undefined;
  const inputs = () => {
    known ??= inputsOf(subject, place);
    return known;
  };
  return { ...subject, inputs, variables: new Map() };
}

function subjectOf(object: JsonObject, place: Place): Subject {
  const resource = apiResource(String(object.apiVersion), String(object.kind));
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const own = typeof metadata.namespace === 'string' ? metadata.namespace : place.namespace;
  // A custom kind may be namespaced or not; without a namespace it is treated as cluster-scoped.
  const namespace = resource.namespaced === false ? undefined : (own ?? (resource.namespaced === true ? 'default' : undefined));
  const found = namespace === undefined ? undefined : place.namespaces?.get(namespace);
  return {
    object,
    resource,
    name: typeof metadata.name === 'string' ? metadata.name : '',
    namespace,
    namespaceGuessed: namespace !== undefined && own === undefined,
    namespaceLabels: found === undefined ? undefined : labelsOf(found),
  };
}

function inputsOf({ object, resource, namespace, name }: Subject, { namespaces }: Place): Inputs {
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const api = { group: resource.group, version: resource.version, resource: resource.plural };
  const found = namespace === undefined ? null : namespaces?.get(namespace);
  return {
    object: toCel(object),
    request: {
      operation: 'CREATE',
      kind,
      requestKind: kind,
      resource: api,
      requestResource: api,
      name,
      ...(namespace !== undefined && { namespace }),
      dryRun: false,
      subResource: '',
      requestSubResource: '',
    },
    namespaceObject: found === undefined || found === null ? found : toCel(withNameLabel(found)),
  };
}
