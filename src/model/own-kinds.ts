import { builtInKind, builtInKinds, isBuiltInGroup } from './discovery.ts';
import { once } from './once.ts';
import { groupOf } from './resource.ts';

/** A kind of the API server itself, in some release. */
export interface OwnKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Its name in URLs of the API. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Kinds of releases before those in the discovery data. https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const removed: readonly OwnKind[] = [
  ...['Deployment', 'DaemonSet', 'ReplicaSet', 'NetworkPolicy', 'Ingress'].map((kind) => old('extensions', kind, true)),
  ...['extensions', 'policy'].map((group) => old(group, 'PodSecurityPolicy', false)),
  old('', 'ComponentStatus', false),
  old('networking.k8s.io', 'ClusterCIDR', false),
  old('resource.k8s.io', 'ResourceClass', false),
  ...['PodSchedulingContext', 'ResourceClaimParameters', 'ResourceClassParameters'].map((kind) =>
    old('resource.k8s.io', kind, true),
  ),
  old('settings.k8s.io', 'PodPreset', true),
  old('auditregistration.k8s.io', 'AuditSink', false),
];

function old(group: string, kind: string, namespaced: boolean): OwnKind {
  const lower = kind.toLowerCase();
  const plural = /(?:ss|us)$/.test(lower) ? `${lower}es` : lower.replace(/y$/, 'ie').replace(/s?$/, 's');
  return { group, kind, plural, namespaced };
}

/** Undefined for custom kinds, and for a kind in another case: the API server has no kind `pod`. */
export function ownKind(group: string, kind: string): OwnKind | undefined {
  return builtInKind(group, kind) ?? removed.find((one) => one.group === group && one.kind === kind);
}

export const ownKinds: () => readonly OwnKind[] = once(() => [...builtInKinds(), ...removed]);

/** Groups of the API server itself. Others come with a CustomResourceDefinition, or belong to files of a tool. */
export function isOwnGroup(apiVersion: string): boolean {
  // The core group has only one version, and files of tools have none: `apiVersion: 1.0`.
  const group = groupOf(apiVersion);
  return group === '' ? apiVersion === 'v1' : isBuiltInGroup(group) || removed.some((one) => one.group === group);
}

/**
 * Whether it is a kind of Kubernetes itself that is stored under a name. The core group is also used by files that are never applied: a
 * kubeconfig is `v1 Config`.
 */
export function isOwnKind(apiVersion: string, kind: string): boolean {
  return isOwnGroup(apiVersion) && (apiVersion === 'v1' ? ownKind('', kind) !== undefined : !kind.endsWith('Review'));
}

/** Only true for known kinds: a kind of any other group may be namespaced. */
export function isClusterScoped({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return ownKind(groupOf(apiVersion), kind)?.namespaced === false;
}

/** Kinds of Kubernetes without a pod template, or with one at a documented path; misspelled kinds are not among them. */
export function hasNoTemplates(apiVersion: string, kind: string): boolean {
  const group = groupOf(apiVersion);
  return isOwnGroup(apiVersion) && ownKind(group, kind) !== undefined && !mayHoldPods(group, kind);
}

/** Policies that create or change pods, and kinds in development that describe groups of pods. */
function mayHoldPods(group: string, kind: string): boolean {
  return group === 'scheduling.k8s.io' ? kind !== 'PriorityClass' : kind.endsWith('AdmissionPolicy');
}
