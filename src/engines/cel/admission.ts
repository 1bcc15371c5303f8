import type { Definitions } from '../../model/definitions.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { once } from '../../model/once.ts';
import { isNamespace } from '../../model/resource.ts';
import { apiResource } from './kinds.ts';
import { type Subject, withNameLabel } from './match.ts';
import type { Param } from './params.ts';
import { metadataTexts } from './policy-document.ts';
import { type CelValue, toCel } from './values.ts';
import type { SharedCells } from './variables.ts';

/** Where an object would be deployed. */
export interface Place {
  /** Used if the object has no metadata.namespace; "default" if absent. */
  readonly namespace?: string;
  /** Namespace objects by name, whose labels are then known. */
  readonly namespaces?: ReadonlyMap<string, JsonObject>;
  /** Scopes and plurals of custom kinds. */
  readonly definitions?: Definitions;
  /** Names of the environments it is deployed to. */
  readonly environments?: readonly string[];
  /** Objects deployed with it that are of a kind of parameters. */
  readonly deployedParams?: readonly Param[];
}

/** An object that is being created, and what all policies that evaluate it have in common. */
export interface Admission extends Subject {
  readonly place: Place;
  /** What expressions read: made for the first policy that matches the object. */
  readonly inputs: () => Inputs;
  readonly variables: SharedCells;
}
export interface Inputs {
  readonly object: CelValue;
  readonly request: CelValue;
  /** null for cluster-scoped kinds; undefined if it is known only to a cluster, or the kind may be namespaced. */
  readonly namespaceObject: CelValue | undefined;
}

export function admissionOf(object: JsonObject, place: Place): Admission {
  const resource = apiResource(String(object.apiVersion), String(object.kind), place.definitions);
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const own = typeof metadata.namespace === 'string' ? metadata.namespace : place.namespace;
  const namespace = resource.namespaced === false ? undefined : (own ?? (resource.namespaced === true ? 'default' : undefined));
  const found = namespace === undefined ? undefined : place.namespaces?.get(namespace);
  const admission: Admission = {
    object,
    resource,
    name: typeof metadata.name === 'string' ? metadata.name : '',
    namespace,
    namespaceGuessed: namespace !== undefined && own === undefined,
    namespaceLabels: found === undefined ? undefined : metadataTexts(found, 'labels'),
    place,
    inputs: once(() => inputsOf(admission, place)),
    variables: new Map(),
  };
  return admission;
}

function inputsOf({ object, resource, namespace, name }: Subject, { namespaces }: Place): Inputs {
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const api = { group: resource.group, version: resource.version, resource: resource.plurals[0] ?? '' };
  const none = resource.namespaced === false ? null : undefined;
  const found = namespace === undefined ? none : namespaces?.get(namespace);
  const inNamespace = isNamespace({ apiVersion: String(object.apiVersion), kind: resource.kind }) ? name : namespace;
  return {
    object: toCel(object),
    request: {
      operation: 'CREATE',
      kind,
      requestKind: kind,
      resource: api,
      requestResource: api,
      // What is empty is absent, as in an AdmissionRequest.
      ...(name !== '' && { name }),
      // A request for a Namespace has its own name.
      ...(inNamespace !== undefined && inNamespace !== '' && { namespace: inNamespace }),
      dryRun: false,
    },
    namespaceObject: found === undefined || found === null ? found : toCel(withNameLabel(found)),
  };
}
