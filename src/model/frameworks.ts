/** Security frameworks that rules of the pack are mapped to. Numbers and names are those of the version that is named here. */
export const frameworks = {
  pss: {
    title: 'Pod Security Standards',
    source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  },
  nsa: {
    title: 'NSA/CISA Kubernetes Hardening Guide 1.2',
    source: 'https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF',
  },
  cis: { title: 'CIS Kubernetes Benchmark 1.10', source: 'https://www.cisecurity.org/benchmark/kubernetes' },
  mitre: { title: 'MITRE ATT&CK for Containers', source: 'https://attack.mitre.org/matrices/enterprise/containers/' },
} as const;
export type Framework = keyof typeof frameworks;

type Controls = { readonly [F in Framework]?: readonly string[] };

const pods = 'Pod security enforcement';
const environment = 'Hardening container environments';
const roles = 'Authentication and authorization';
const toHost = ['T1611 Escape to Host'];

/** Rule of the pack -> its controls; `none` is a decision: the rule is about operation, or no control asks for it. */
export const mappedRules: Readonly<Record<string, Controls | 'none'>> = {
  privileged: { pss: ['Baseline: Privileged Containers'], nsa: [pods], cis: ['5.2.2'], mitre: toHost },
  'host-namespaces': { pss: ['Baseline: Host Namespaces'], nsa: [pods], cis: ['5.2.3', '5.2.4', '5.2.5'], mitre: toHost },
  'host-path': { pss: ['Baseline: HostPath Volumes'], nsa: [pods], cis: ['5.2.12'], mitre: toHost },
  'host-path-sensitive': { pss: ['Baseline: HostPath Volumes'], nsa: [pods], cis: ['5.2.12'], mitre: toHost },
  'persistent-volume-host-path': { nsa: [pods], cis: ['5.2.12'], mitre: toHost },
  'host-ports': { pss: ['Baseline: Host Ports'], nsa: [pods], cis: ['5.2.13'] },
  'host-probes': { pss: ['Baseline: Host Probes / Lifecycle Hooks'], mitre: ['T1046 Network Service Discovery'] },
  'host-process': { pss: ['Baseline: HostProcess'], cis: ['5.2.11'], mitre: toHost },
  capabilities: { pss: ['Baseline: Capabilities'], nsa: [pods], cis: ['5.2.8', '5.2.9'], mitre: toHost },
  'drop-capabilities': { pss: ['Restricted: Capabilities'], nsa: [pods], cis: ['5.2.8', '5.2.10'], mitre: toHost },
  'privilege-escalation': {
    pss: ['Restricted: Privilege Escalation'],
    nsa: [pods],
    cis: ['5.2.6'],
    mitre: ['T1068 Exploitation for Privilege Escalation'],
  },
  'run-as-non-root': {
    pss: ['Restricted: Running as Non-root'],
    nsa: ['Non-root containers and rootless container engines'],
    cis: ['5.2.7'],
    mitre: toHost,
  },
  'run-as-user': {
    pss: ['Restricted: Running as Non-root user'],
    nsa: ['Non-root containers and rootless container engines'],
    cis: ['5.2.7'],
    mitre: toHost,
  },
  apparmor: { pss: ['Baseline: AppArmor'], nsa: [environment], cis: ['5.7.3'], mitre: toHost },
  selinux: { pss: ['Baseline: SELinux'], nsa: [environment], cis: ['5.7.3'], mitre: toHost },
  seccomp: { pss: ['Baseline: Seccomp'], nsa: [environment], cis: ['5.7.2'], mitre: toHost },
  'seccomp-required': { pss: ['Restricted: Seccomp'], nsa: [environment], cis: ['5.7.2'], mitre: toHost },
  sysctls: { pss: ['Baseline: Sysctls'], mitre: toHost },
  'proc-mount': { pss: ['Baseline: /proc Mount Type'], mitre: toHost },
  'volume-types': { pss: ['Restricted: Volume Types'], nsa: [pods] },
  'daemonset-host-writes': { nsa: [pods], cis: ['5.2.12'], mitre: toHost },
  'daemonset-privileges': { nsa: [pods], cis: ['5.2.2', '5.2.9'], mitre: ['T1543.005 Container Service', ...toHost] },
  'daemonset-tolerations': 'none',
  'automount-token': {
    nsa: ['Protecting Pod service account tokens'],
    cis: ['5.1.6'],
    mitre: ['T1528 Steal Application Access Token'],
  },
  'rbac-broad-bindings': { nsa: [roles], cis: ['5.1.1'], mitre: ['T1078 Valid Accounts'] },
  'rbac-escalation': { nsa: [roles], cis: ['5.1.8'], mitre: ['T1098.006 Additional Container Cluster Roles'] },
  'rbac-secrets': { nsa: [roles], cis: ['5.1.2'], mitre: ['T1552.007 Container API'] },
  'rbac-wildcards': { nsa: [roles], cis: ['5.1.3'], mitre: ['T1098.006 Additional Container Cluster Roles'] },
  'network-policy-open': { nsa: ['Network policies'], mitre: ['T1046 Network Service Discovery'] },
  'service-external-ips': 'none',
  'ingress-snippets': { mitre: ['T1190 Exploit Public-Facing Application'] },
  'allowed-registries': { nsa: ['Building secure container images'], cis: ['5.5.1'], mitre: ['T1204.003 Malicious Image'] },
  'require-digest': { nsa: ['Building secure container images'], cis: ['5.5.1'], mitre: ['T1525 Implant Internal Image'] },
  'no-latest-tag': { nsa: ['Building secure container images'], mitre: ['T1525 Implant Internal Image'] },
  'require-limits': { nsa: ['Resource policies'], mitre: ['T1496 Resource Hijacking', 'T1499 Endpoint Denial of Service'] },
  'require-requests': { nsa: ['Resource policies'] },
  'require-runtime-class': { nsa: [environment], mitre: toHost },
  'static-pods': { mitre: ['T1610 Deploy Container'] },
  'mirror-annotations': { mitre: ['T1610 Deploy Container'] },
  'require-labels': 'none',
  'init-containers-end': 'none',
  'init-containers-wait': 'none',
  'job-sidecars': 'none',
  'native-sidecars': 'none',
  'termination-grace': 'none',
  'liveness-probe': 'none',
  'readiness-probe': 'none',
  'startup-probe': 'none',
};

/** They need parameters that only the user knows. */
export const offByDefault: readonly string[] = [
  'allowed-registries',
  'require-digest',
  'require-labels',
  'require-runtime-class',
];

/** Causes of policies/correlation.yaml whose name is not that of a rule: what only another engine reports has the same controls. */
const rulesOfCauses: Readonly<Record<string, string>> = {
  'run-as-root': 'run-as-user',
  'host-network': 'host-namespaces',
  'host-pid': 'host-namespaces',
  'host-ipc': 'host-namespaces',
  'capabilities-added': 'capabilities',
  'capabilities-kept': 'drop-capabilities',
  'latest-tag': 'no-latest-tag',
  'image-digest': 'require-digest',
  registries: 'allowed-registries',
  'cpu-limit': 'require-limits',
  'memory-limit': 'require-limits',
  'cpu-request': 'require-requests',
  'memory-request': 'require-requests',
  'cluster-admin': 'rbac-broad-bindings',
  'wildcard-verbs': 'rbac-wildcards',
  'wildcard-resources': 'rbac-wildcards',
};

/** The rules of the pack that a finding is about, by its sources and its cause. */
export function mappedRulesOf(finding: {
  readonly sources: readonly { readonly engine: string; readonly rule: string }[];
  readonly cause?: string;
}): readonly string[] {
  const { sources, cause } = finding;
  const named = [
    ...sources.flatMap(({ engine, rule }) => (engine === 'cel' ? [rule] : [])),
    ...(cause === undefined ? [] : [rulesOfCauses[cause] ?? cause]),
  ];
  return [...new Set(named)].filter((rule) => Object.hasOwn(mappedRules, rule));
}
