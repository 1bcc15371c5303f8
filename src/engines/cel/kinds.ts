import { groupOf } from '../../model/resource.ts';
import { memoize } from './memoize.ts';

/** The name of a kind in URLs of the API, and whether its objects are namespaced. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** undefined: not known, since the kind is not built in. */
  readonly namespaced: boolean | undefined;
  /** The built-in kind that is meant if only the case is wrong: the API server has no kind `pod`. */
  readonly meant: string | undefined;
}

const namespaced =
  'Pod PodTemplate Service Endpoints ConfigMap Secret ServiceAccount PersistentVolumeClaim ReplicationController LimitRange ResourceQuota Event ' +
  'Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision Job CronJob Ingress NetworkPolicy PodDisruptionBudget ' +
  'HorizontalPodAutoscaler Role RoleBinding EndpointSlice Lease';
const clusterScoped =
  'Namespace Node PersistentVolume ClusterRole ClusterRoleBinding StorageClass CSIDriver CSINode VolumeAttachment IngressClass PriorityClass ' +
  'RuntimeClass ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ' +
  'CustomResourceDefinition APIService CertificateSigningRequest FlowSchema PriorityLevelConfiguration';
interface BuiltIn {
  readonly kind: string;
  readonly namespaced: boolean;
}
/** By kind in lower case. */
const builtIns = new Map<string, BuiltIn>([
  ...namespaced.split(' ').map((kind): [string, BuiltIn] => [kind.toLowerCase(), { kind, namespaced: true }]),
  ...clusterScoped.split(' ').map((kind): [string, BuiltIn] => [kind.toLowerCase(), { kind, namespaced: false }]),
]);

export const builtInPlurals: readonly string[] = [...builtIns.keys()].map(pluralOf);
export const builtInGroups: readonly string[] = [
  ...['', 'apps', 'batch', 'autoscaling', 'policy'],
  ...['networking', 'rbac.authorization', 'storage', 'scheduling', 'node', 'coordination', 'discovery', 'certificates'].map(
    (name) => `${name}.k8s.io`,
  ),
  ...['apiextensions', 'apiregistration', 'admissionregistration', 'flowcontrol.apiserver'].map((name) => `${name}.k8s.io`),
];

/** Groups that the table covers; the same kind in another group (Knative's Service) is a custom one. */
function isBuiltIn(group: string): boolean {
  return group === '' || !group.includes('.') || group.endsWith('.k8s.io');
}

export function apiResource(apiVersion: string, kind: string): ApiResource {
  return byVersion(apiVersion)(kind);
}

const byVersion = memoize((apiVersion) => memoize((kind) => resourceOf(apiVersion, kind)));

function resourceOf(apiVersion: string, kind: string): ApiResource {
  const group = groupOf(apiVersion);
  const builtIn = isBuiltIn(group) ? builtIns.get(kind.toLowerCase()) : undefined;
  return {
    group,
    version: apiVersion.slice(apiVersion.indexOf('/') + 1),
    kind,
    plural: pluralOf(kind.toLowerCase()),
    namespaced: builtIn?.namespaced,
    meant: builtIn === undefined || builtIn.kind === kind ? undefined : builtIn.kind,
  };
}

/** Guessed like `kubectl` does; right for every built-in kind. */
function pluralOf(kind: string): string {
  if (kind === 'endpoints') return kind;
  if (/(?:s|x|z|ch|sh)$/.test(kind)) return `${kind}es`;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
