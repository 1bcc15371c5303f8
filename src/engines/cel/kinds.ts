import { type Definitions, definitionOf } from '../../model/definitions.ts';
import { groupOf } from '../../model/resource.ts';
import { memoize } from './memoize.ts';

/** A kind as the API serves it. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /**
   * Its name in URLs of the API, `deployments`. Custom kinds may have any; for these it is what a CustomResourceDefinition of the set names, and
   * every usual plural: a rule that names one of them is about this kind. The likeliest comes first.
   */
  readonly plurals: readonly string[];
  /** undefined: not known, since the kind is not built in and its definition is not in the set. */
  readonly namespaced: boolean | undefined;
  readonly builtIn: boolean;
  /** A program in the cluster converts between its versions. */
  readonly converted: boolean;
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

const noDefinitions: Definitions = new Map();

export function apiResource(apiVersion: string, kind: string, definitions = noDefinitions): ApiResource {
  const usual = byVersion(apiVersion)(kind);
  const definition = usual.builtIn ? undefined : definitionOf(definitions, usual.group, kind);
  if (definition === undefined) return usual;
  const plurals = [...new Set([...definition.plurals, ...usual.plurals])];
  return { ...usual, plurals, namespaced: definition.namespaced, converted: definition.converted };
}

const byVersion = memoize((apiVersion) => memoize((kind) => resourceOf(apiVersion, kind)));

function resourceOf(apiVersion: string, kind: string): ApiResource {
  const group = groupOf(apiVersion);
  const builtIn = isBuiltIn(group) ? builtIns.get(kind.toLowerCase()) : undefined;
  return {
    group,
    version: apiVersion.slice(apiVersion.indexOf('/') + 1),
    kind,
    plurals: builtIn === undefined ? customPlurals(kind.toLowerCase()) : [pluralOf(kind.toLowerCase())],
    namespaced: builtIn?.namespaced,
    builtIn: builtIn !== undefined,
    converted: false,
    meant: builtIn === undefined || builtIn.kind === kind ? undefined : builtIn.kind,
  };
}

/** Guessed like `kubectl` does; right for every built-in kind. */
function pluralOf(kind: string): string {
  if (kind === 'endpoints') return kind;
  if (/(?:s|x|z|ch|sh)$/.test(kind)) return `${kind}es`;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

/**
 * A kind that is a plural or a mass noun often is its own plural (OpenShift's securitycontextconstraints, Chaos Mesh's podchaos), and generators
 * of definitions know irregular ones (indices, analyses): https://github.com/gobuffalo/flect, which kubebuilder uses.
 */
function customPlurals(kind: string): readonly string[] {
  const own = /(?:s|data|metadata|info|information|media|hardware|software|equipment)$/.test(kind) ? [kind] : [];
  const irregular = endings.flatMap(([end, plural]) => (end.test(kind) ? [kind.replace(end, plural)] : []));
  return [...new Set([...own, pluralOf(kind), ...irregular, `${kind}s`])];
}

const endings: readonly (readonly [RegExp, string])[] = [
  [/is$/, 'es'],
  [/[ei]x$/, 'ices'],
  [/fe?$/, 'ves'],
  [/um$/, 'a'],
  [/on$/, 'a'],
  [/y$/, 'ies'],
  [/o$/, 'oes'],
  [/man$/, 'men'],
  [/person$/, 'people'],
  [/child$/, 'children'],
  [/z$/, 'zzes'],
];
