import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import { isOwnGroup, ownKind } from '../model/own-kinds.ts';
import { podTemplates } from '../model/pod-templates.ts';
import { groupOf } from '../model/resource.ts';
import { podSpecPath } from '../model/workloads.ts';
import type { Identity } from './objects.ts';

/**
 * Whether the API server would refuse to create the object, because what each of its kind needs is not there: so it is a part of one. What is
 * not certain counts as whole.
 */
export function isRefused(identity: Identity): boolean {
  const { apiVersion, kind, object } = identity;
  // `kind: any`, of a patch whose target decides. A release of Kubernetes to come may have the kind, so one with containers counts.
  if (isOwnGroup(apiVersion) && ownKind(groupOf(apiVersion), kind) === undefined)
    return podTemplates(identity).templates.length === 0;
  if (podSpecPath(identity) !== undefined) return lacksContainers(identity) || lacks(object, selectors.get(kind) ?? []);
  if (apiVersion === 'v1' && kind === 'Service') return lacksPorts(object);
  if (kind === 'Ingress' && groupOf(apiVersion) === 'networking.k8s.io')
    return ['rules', 'defaultBackend'].every((field) => lacks(object, [['spec', field]]));
  return lacks(object, required.get(`${groupOf(apiVersion)}/${kind}`) ?? []);
}

export function containersIn(identity: Identity, list = 'containers'): readonly JsonValue[] {
  const spec = podSpecPath(identity);
  const containers = spec === undefined ? undefined : valueAt(identity.object, [...spec, list]);
  return isArray(containers) ? containers : [];
}

const selectors: ReadonlyMap<string, readonly FieldPath[]> = new Map(
  ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) => [kind, [['spec', 'selector']]]),
);

/** https://kubernetes.io/docs/reference/kubernetes-api/: required fields of kinds that patches are often written for. */
const required: ReadonlyMap<string, readonly FieldPath[]> = new Map([
  ['/PersistentVolumeClaim', [['spec', 'accessModes']]],
  ['/PersistentVolume', [['spec', 'capacity']]],
  ['apiextensions.k8s.io/CustomResourceDefinition', [['spec', 'group']]],
  ['apiregistration.k8s.io/APIService', [['spec', 'groupPriorityMinimum']]],
  ['autoscaling/HorizontalPodAutoscaler', [['spec', 'scaleTargetRef']]],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', [['roleRef']]],
  ['rbac.authorization.k8s.io/RoleBinding', [['roleRef']]],
  ['storage.k8s.io/StorageClass', [['provisioner']]],
]);

function lacks(object: JsonValue, fields: readonly FieldPath[]): boolean {
  return fields.some((field) => (valueAt(object, field) ?? null) === null);
}

function lacksContainers(identity: Identity): boolean {
  const containers = containersIn(identity);
  return containers.length === 0 || !containers.every((one) => isObject(one) && typeof one.image === 'string');
}

/** A headless Service may have none, and one with an external name needs none. */
function lacksPorts(object: JsonValue): boolean {
  const [type, clusterIP, ports] = ['type', 'clusterIP', 'ports'].map((field) => valueAt(object, ['spec', field]));
  return type !== 'ExternalName' && clusterIP !== 'None' && !(isArray(ports) && ports.length > 0);
}
