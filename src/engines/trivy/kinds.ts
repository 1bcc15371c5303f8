import { groupOf, type Resource } from '../../model/resource.ts';

/**
 * Kinds that Trivy's checks apply to, by the `subtypes` and conditions of trivy-checks. Other kinds are loaded and searched for secrets, but
 * not evaluated. https://github.com/aquasecurity/trivy-checks/tree/main/checks/kubernetes
 */
const judged: ReadonlySet<string> = new Set([
  '/Pod',
  '/ReplicationController',
  '/Service',
  '/ConfigMap',
  '/LimitRange',
  '/ResourceQuota',
  'apps/Deployment',
  'apps/DaemonSet',
  'apps/StatefulSet',
  'apps/ReplicaSet',
  'apps.openshift.io/DeploymentConfig',
  'batch/Job',
  'batch/CronJob',
  'extensions/Deployment',
  'extensions/DaemonSet',
  'extensions/ReplicaSet',
  'extensions/Ingress',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/NetworkPolicy',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
]);

export function isJudged({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): boolean {
  return judged.has(`${groupOf(apiVersion)}/${kind}`);
}
