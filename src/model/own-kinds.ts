/** Groups that the API server itself serves. Others come with a CustomResourceDefinition, or are no API at all but a tool's files. */
const groups = new Set([
  ...['apps', 'autoscaling', 'batch', 'extensions', 'policy'],
  ...['admissionregistration', 'apiextensions', 'apiregistration', 'certificates', 'coordination', 'discovery', 'events'].map(
    ofK8s,
  ),
  ...['flowcontrol.apiserver', 'internal.apiserver', 'networking', 'node', 'rbac.authorization', 'resource'].map(ofK8s),
  ...['scheduling', 'storage', 'storagemigration'].map(ofK8s),
]);

function ofK8s(name: string): string {
  return `${name}.k8s.io`;
}

/** The core group also names files that never reach a cluster: a kubeconfig is `v1 Config`. */
const coreKinds = new Set(
  (
    'Binding ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ' +
    'ReplicationController ResourceQuota Secret Service ServiceAccount'
  ).split(' '),
);

export function isOwnGroup(apiVersion: string): boolean {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? apiVersion === 'v1' : groups.has(apiVersion.slice(0, slash));
}

/** Whether it is a kind of Kubernetes itself, which is stored under a name. */
export function isOwnKind(apiVersion: string, kind: string): boolean {
  return isOwnGroup(apiVersion) && (apiVersion === 'v1' ? coreKinds.has(kind) : !kind.endsWith('Review'));
}

/** Kinds of Kubernetes that have no pod template, or have it where their own type says; a misspelt one is none of them. */
const plainKinds = new Set(
  (
    'Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision Job CronJob Ingress IngressClass NetworkPolicy Role ClusterRole RoleBinding ' +
    'ClusterRoleBinding PodDisruptionBudget HorizontalPodAutoscaler StorageClass CSIDriver PriorityClass Lease EndpointSlice RuntimeClass ' +
    'CustomResourceDefinition APIService ValidatingWebhookConfiguration MutatingWebhookConfiguration'
  ).split(' '),
);

export function hasNoTemplates(apiVersion: string, kind: string): boolean {
  return isOwnGroup(apiVersion) && (coreKinds.has(kind) || plainKinds.has(kind));
}
