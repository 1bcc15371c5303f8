/** Groups built into the API server. Others come with a CustomResourceDefinition, or belong to files of a tool. */
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

/** The core group is also used by files that are never applied: a kubeconfig is `v1 Config`. */
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

/** Whether it is a kind of Kubernetes itself that is stored under a name. */
export function isOwnKind(apiVersion: string, kind: string): boolean {
  return isOwnGroup(apiVersion) && (apiVersion === 'v1' ? coreKinds.has(kind) : !kind.endsWith('Review'));
}

/** Kinds of Kubernetes without a pod template, or with one at a documented path; misspelt kinds are not among them. */
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
