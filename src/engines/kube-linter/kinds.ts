import { groupOf, type Resource } from '../../model/resource.ts';

/** KubeLinter's `DeploymentLike`, as `group/kind`. */
const deploymentLike = [
  '/Pod',
  '/ReplicationController',
  'apps/Deployment',
  'apps/DaemonSet',
  'apps/StatefulSet',
  'apps/ReplicaSet',
  'batch/Job',
  'batch/CronJob',
  'extensions/Deployment',
  'extensions/DaemonSet',
  'extensions/ReplicaSet',
  'apps.openshift.io/DeploymentConfig',
];
const rbac = (...kinds: readonly string[]): readonly string[] => kinds.map((kind) => `rbac.authorization.k8s.io/${kind}`);
const budget = ['policy/PodDisruptionBudget'];
const networkPolicy = ['networking.k8s.io/NetworkPolicy'];
const autoscaler = ['autoscaling/HorizontalPodAutoscaler'];

/**
 * The kinds of each built-in check, by its `scope.objectKinds`; checks that are not listed apply to pods. Checks of kind `Any`
 * (`no-extensions-v1beta`, `kubeconform`, `sorted-keys`) are not specific to a kind, so they do not count as an evaluation of one.
 * https://github.com/stackrox/kube-linter/tree/v0.8.3/pkg/builtinchecks/yamls
 */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  'access-to-create-pods': rbac('Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'),
  'access-to-secrets': rbac('Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'),
  'cluster-admin-role-binding': rbac('ClusterRoleBinding'),
  'dangling-horizontalpodautoscaler': autoscaler,
  'dangling-ingress': ['networking.k8s.io/Ingress'],
  'dangling-networkpolicy': networkPolicy,
  'dangling-networkpolicypeer-podselector': networkPolicy,
  'dangling-service': ['/Service'],
  'dangling-servicemonitor': ['monitoring.coreos.com/ServiceMonitor'],
  'exposed-services': ['/Service'],
  'hpa-minimum-three-replicas': autoscaler,
  'invalid-target-ports': [...deploymentLike, '/Service'],
  'job-ttl-seconds-after-finished': ['batch/Job', 'batch/CronJob'],
  kubeconform: [],
  'no-extensions-v1beta': [],
  'pdb-max-unavailable': budget,
  'pdb-min-available': budget,
  'pdb-unhealthy-pod-eviction-policy': budget,
  'scc-deny-privileged-container': ['security.openshift.io/SecurityContextConstraints'],
  'sorted-keys': [],
  'use-namespace': [...deploymentLike, '/Service'],
  'wildcard-in-rules': rbac('Role', 'ClusterRole'),
};

/** `group/kind` of everything that one of the checks applies to. */
export function kindsJudged(checks: readonly string[]): ReadonlySet<string> {
  return new Set(checks.flatMap((check) => (Object.hasOwn(kindsOf, check) ? (kindsOf[check] ?? []) : deploymentLike)));
}

export function kindOf({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): string {
  return `${groupOf(apiVersion)}/${kind}`;
}
