/** A fragment that a rule rejects, and one that it accepts. */
export interface Example {
  readonly before: string;
  readonly after: string;
}

const context = (before: string, after: string): Example => ({
  before: `securityContext:\n  ${before.replaceAll('\n', '\n  ')}`,
  after: `securityContext:\n  ${after.replaceAll('\n', '\n  ')}`,
});
const is = (before: string, after: string): Example => ({ before, after });

/** By cause (policies/correlation.yaml), or by rule where only one engine has it. test/commands/explain.test.ts checks those of the pack. */
export const examples: Readonly<Record<string, Example>> = {
  privileged: context('privileged: true', 'privileged: false'),
  'privilege-escalation': context('runAsNonRoot: true', 'runAsNonRoot: true\nallowPrivilegeEscalation: false'),
  'run-as-non-root': context('allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: false\nrunAsNonRoot: true'),
  'run-as-root': context('runAsUser: 0', 'runAsUser: 65532'),
  'host-network': is('hostNetwork: true', 'hostNetwork: false'),
  'host-pid': is('hostPID: true', 'hostPID: false'),
  'host-ipc': is('hostIPC: true', 'hostIPC: false'),
  'host-path': is('volumes:\n  - name: data\n    hostPath: { path: /var/data }', 'volumes:\n  - name: data\n    emptyDir: {}'),
  'host-ports': is('ports:\n  - containerPort: 8080\n    hostPort: 8080', 'ports:\n  - containerPort: 8080'),
  'host-probes': is(
    'livenessProbe:\n  httpGet: { host: 10.0.0.1, path: /, port: 8080 }',
    'livenessProbe:\n  httpGet: { path: /, port: 8080 }',
  ),
  'host-process': context('windowsOptions: { hostProcess: true }', 'windowsOptions: { hostProcess: false }'),
  'proc-mount': context('procMount: Unmasked', 'procMount: Default'),
  selinux: context('seLinuxOptions: { user: root, level: "s0:c1" }', 'seLinuxOptions: { level: "s0:c1" }'),
  seccomp: context('seccompProfile: { type: Unconfined }', 'seccompProfile: { type: RuntimeDefault }'),
  apparmor: context('appArmorProfile: { type: Unconfined }', 'appArmorProfile: { type: RuntimeDefault }'),
  sysctls: context('sysctls: [{ name: kernel.msgmax, value: "65536" }]', 'sysctls: []'),
  'capabilities-added': context('capabilities: { add: [SYS_ADMIN] }', 'capabilities: { drop: [ALL] }'),
  'capabilities-kept': context('capabilities: {}', 'capabilities: { drop: [ALL] }'),
  'read-only-root': context('readOnlyRootFilesystem: false', 'readOnlyRootFilesystem: true'),
  'latest-tag': is('image: registry.example/web:latest', 'image: registry.example/web:1.4.2'),
  'image-digest': is(
    'image: registry.example/web:1.4.2',
    `image: registry.example/web:1.4.2@sha256:${'0123456789abcdef'.repeat(4)}`,
  ),
  'memory-limit': is('resources: { limits: { cpu: "1" } }', 'resources: { limits: { cpu: "1", memory: 256Mi } }'),
  'cpu-limit': is('resources: { limits: { memory: 256Mi } }', 'resources: { limits: { cpu: "1", memory: 256Mi } }'),
  'cpu-request': is('resources: { requests: { memory: 128Mi } }', 'resources: { requests: { cpu: 100m, memory: 128Mi } }'),
  'memory-request': is('resources: { requests: { cpu: 100m } }', 'resources: { requests: { cpu: 100m, memory: 128Mi } }'),
  'liveness-probe': is('image: registry.example/web:1.4.2', 'livenessProbe:\n  httpGet: { path: /healthz, port: 8080 }'),
  'readiness-probe': is('image: registry.example/web:1.4.2', 'readinessProbe:\n  httpGet: { path: /ready, port: 8080 }'),
  'automount-token': is('serviceAccountName: default', 'serviceAccountName: default\nautomountServiceAccountToken: false'),
  'external-ips': is('spec:\n  externalIPs: [192.0.2.1]', 'spec:\n  type: LoadBalancer'),
  'cluster-admin': is(
    'roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }\nsubjects:\n  - { kind: ServiceAccount, name: default, namespace: shop }',
    'roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: shop-deployer }\nsubjects:\n  - { kind: ServiceAccount, name: deployer, namespace: shop }',
  ),
  'wildcard-verbs': is(
    'rules:\n  - { apiGroups: [apps], resources: [deployments], verbs: ["*"] }',
    'rules:\n  - { apiGroups: [apps], resources: [deployments], verbs: [get, list] }',
  ),
  'wildcard-resources': is(
    'rules:\n  - { apiGroups: [apps], resources: ["*"], verbs: [get] }',
    'rules:\n  - { apiGroups: [apps], resources: [deployments], verbs: [get] }',
  ),
  'default-namespace': is('metadata: { namespace: default }', 'metadata: { namespace: shop }'),
  'secret-env': is(
    'env:\n  - name: PASSWORD\n    valueFrom: { secretKeyRef: { name: db, key: password } }',
    'volumeMounts:\n  - { name: db, mountPath: /run/secrets/db, readOnly: true }',
  ),
  'host-writes': is(
    'volumeMounts:\n  - { name: host, mountPath: /host }',
    'volumeMounts:\n  - { name: host, mountPath: /host, readOnly: true }',
  ),
  'deprecated-api': is('apiVersion: policy/v1beta1', 'apiVersion: policy/v1'),
  'cel/static-pods': is('nodeName: node-1', 'nodeSelector: { kubernetes.io/hostname: node-1 }'),
  'cel/termination-grace': is('terminationGracePeriodSeconds: 0', 'terminationGracePeriodSeconds: 30'),
  'schema/unknown-field': is('contaners: []', 'containers: []'),
  'schema/wrong-type': is('replicas: "two"', 'replicas: 2'),
  'schema/removed-api': is('apiVersion: networking.k8s.io/v1beta1', 'apiVersion: networking.k8s.io/v1'),
};
