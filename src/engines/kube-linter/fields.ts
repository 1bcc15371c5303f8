import type { FieldPath } from '../../model/field-path.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { containersIn, podWithContainers } from '../../model/pod-paths.ts';

/** KubeLinter does not report fields. The field of each check about a container or pod. */
const containerFields: Readonly<Record<string, FieldPath>> = {
  'drop-net-raw-capability': ['securityContext', 'capabilities'],
  'duplicate-env-var': ['env'],
  'env-value-from': ['env'],
  'env-var-secret': ['env'],
  'invalid-target-ports': ['ports'],
  'latest-tag': ['image'],
  'liveness-port': ['livenessProbe'],
  'no-liveness-probe': ['livenessProbe'],
  'no-read-only-root-fs': ['securityContext', 'readOnlyRootFilesystem'],
  'no-readiness-probe': ['readinessProbe'],
  'privilege-escalation-container': ['securityContext', 'allowPrivilegeEscalation'],
  'privileged-container': ['securityContext', 'privileged'],
  'privileged-ports': ['ports'],
  'read-secret-from-env-var': ['env'],
  'readiness-port': ['readinessProbe'],
  'run-as-non-root': ['securityContext', 'runAsNonRoot'],
  'ssh-port': ['ports'],
  'startup-port': ['startupProbe'],
  'unsafe-proc-mount': ['securityContext', 'procMount'],
  'unset-cpu-requirements': ['resources'],
  'unset-memory-requirements': ['resources'],
  'writable-host-mount': ['volumeMounts'],
};
const podFields: Readonly<Record<string, FieldPath>> = {
  'default-service-account': ['serviceAccountName'],
  'deprecated-service-account-field': ['serviceAccount'],
  'dnsconfig-options': ['dnsConfig'],
  'docker-sock': ['volumes'],
  'host-ipc': ['hostIPC'],
  'host-network': ['hostNetwork'],
  'host-pid': ['hostPID'],
  'no-anti-affinity': ['affinity'],
  'no-node-affinity': ['affinity'],
  'non-existent-service-account': ['serviceAccountName'],
  'priority-class-name': ['priorityClassName'],
  'restart-policy': ['restartPolicy'],
  'sensitive-host-mounts': ['volumes'],
  'unsafe-sysctls': ['securityContext', 'sysctls'],
};
const objectFields: Readonly<Record<string, FieldPath>> = {
  'access-to-create-pods': ['roleRef'],
  'access-to-secrets': ['roleRef'],
  'cluster-admin-role-binding': ['roleRef'],
  'dangling-horizontalpodautoscaler': ['spec', 'scaleTargetRef'],
  'dangling-networkpolicy': ['spec', 'podSelector'],
  'dangling-networkpolicypeer-podselector': ['spec'],
  'dangling-service': ['spec', 'selector'],
  'dangling-servicemonitor': ['spec', 'selector'],
  'exposed-services': ['spec', 'type'],
  'hpa-minimum-three-replicas': ['spec', 'minReplicas'],
  'job-ttl-seconds-after-finished': ['spec', 'ttlSecondsAfterFinished'],
  'minimum-three-replicas': ['spec', 'replicas'],
  'mismatching-selector': ['spec', 'selector'],
  'no-extensions-v1beta': ['apiVersion'],
  'no-rolling-update-strategy': ['spec', 'strategy'],
  'pdb-max-unavailable': ['spec', 'maxUnavailable'],
  'pdb-min-available': ['spec', 'minAvailable'],
  'pdb-unhealthy-pod-eviction-policy': ['spec', 'unhealthyPodEvictionPolicy'],
  'required-annotation-email': ['metadata', 'annotations'],
  'required-label-owner': ['metadata', 'labels'],
  'scc-deny-privileged-container': ['allowPrivilegedContainer'],
  'use-namespace': ['metadata', 'namespace'],
  'wildcard-in-rules': ['rules'],
};

/** The field of a finding, as precisely as check and message allow; empty if unknown. */
export function fieldOf(object: JsonObject, check: string, message: string): FieldPath {
  const ofObject = objectFields[check];
  if (ofObject !== undefined) return ofObject;
  const podSpec = podWithContainers(object);
  if (podSpec === undefined) return [];
  const container = containerNamed(object, podSpec, message);
  if (container !== undefined) return [...container, ...(containerFields[check] ?? [])];
  const ofPod = podFields[check];
  if (ofPod !== undefined) return [...podSpec, ...ofPod];
  return containerFields[check] === undefined ? [] : [...podSpec, 'containers'];
}

/** `container "web" …`, and `container web mounts …` in one check. */
const named = /\bcontainer (?:"((?:[^"\\]|\\.)+)"|([a-z0-9][a-z0-9-]*)(?= mounts))/;

function containerNamed(object: JsonObject, podSpec: FieldPath, message: string): FieldPath | undefined {
  const match = named.exec(message);
  const name = match?.[1] ?? match?.[2];
  if (name === undefined) return undefined;
  return containersIn(object, podSpec).find(({ item }) => isObject(item) && item.name === name)?.path;
}
