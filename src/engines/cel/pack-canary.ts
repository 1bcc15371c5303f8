import { GateError } from '../../model/gate-error.ts';
import type { JsonObject } from '../../model/json.ts';
import { type CelPolicy, evaluate } from './evaluate.ts';

interface Planted {
  /** Shipped policies that must reject the object, whatever their parameters are. */
  readonly rejectedBy: readonly string[];
  readonly object: JsonObject;
}
const metadata: JsonObject = { name: 'k8s-gate-canary' };
const group = 'rbac.authorization.k8s.io';
const anything: JsonObject = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const secrets: JsonObject = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
const pod = (hostPath: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...metadata, namespace: 'default' },
  spec: {
    hostNetwork: true,
    hostPID: true,
    containers: [
      {
        name: 'a',
        image: 'canary.invalid/a:latest',
        securityContext: { privileged: true, capabilities: { add: ['CAP_SYS_ADMIN'] } },
      },
    ],
    volumes: [{ name: 'node', hostPath: { path: hostPath } }],
  },
});
const planted: readonly Planted[] = [
  {
    rejectedBy: ['privileged', 'host-namespaces', 'host-path-sensitive', 'no-latest-tag', 'capabilities', 'require-limits'],
    object: pod('/'),
  },
  // The same folders under other names.
  ...['/.', '//etc/./cron.d', '/proc/1/root', '/var/lib/./kubelet/', '/run/containerd', '/var/log/../../etc'].map((at) => ({
    rejectedBy: ['host-path-sensitive'],
    object: pod(at),
  })),
  {
    rejectedBy: ['persistent-volume-host-path'],
    object: { apiVersion: 'v1', kind: 'PersistentVolume', metadata, spec: { local: { path: '/' } } },
  },
  {
    rejectedBy: ['rbac-broad-bindings'],
    object: {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'Group', apiGroup: group, name: 'system:unauthenticated' }],
    },
  },
  {
    rejectedBy: ['rbac-wildcards', 'rbac-secrets'],
    object: { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata, rules: [anything, secrets] },
  },
];

/**
 * Evaluated in each run that uses the pack: objects that each of these policies must reject if it is enabled. `canary.ts` checks the
 * language; this checks the policies themselves, which could be truncated, empty or match nothing. Throws ENGINE_COVERAGE.
 */
export function requirePackCanary(policies: readonly CelPolicy[]): void {
  const missed = planted.flatMap(({ rejectedBy, object }) =>
    policies
      .filter((policy) => rejectedBy.includes(policy.name))
      .filter((policy) => !evaluate(policy, object).some((result) => result.status === 'fail'))
      .map((policy) => `the planted ${String(object.kind)} was not rejected by ${policy.name}`),
  );
  if (missed.length === 0) return;
  throw new GateError('ENGINE_COVERAGE', {
    message: missed.join(', '),
    expected: 'each of these shipped policies to reject it',
    next: 'Reinstall k8s-gate: its `policies` folder was modified.',
  });
}
