import type { Entry } from './entry.ts';
import type { Example } from './examples.ts';

const manifests = '/etc/kubernetes/manifests';
const flags = (file: string, before: string, after: string): Example => ({
  before: `# ${manifests}/${file}\ncommand: [..., ${before}]`,
  after: `# ${manifests}/${file}\ncommand: [..., ${after}]`,
});
const shell = (before: string, after: string): Example => ({ before, after });

type Section = readonly [number: string, title: string, why: string, fix: string, example: Example];

/** Sections of the CIS Kubernetes Benchmark 1.8 to 1.12. Numbers of single checks move between versions, so the text of a check is that of its finding. */
const sections: readonly Section[] = [
  [
    '1.1',
    'files of the control plane',
    'Whoever can write the static manifests, kubeconfigs, certificates or data of etcd controls the cluster; whoever can read the keys can pose as it.',
    `On each node of the control plane, let only root own and write ${manifests}, /etc/kubernetes/*.conf and /etc/kubernetes/pki, and etcd its data folder.`,
    shell('-rw-rw-r-- admin admin kube-apiserver.yaml', '-rw------- root root kube-apiserver.yaml'),
  ],
  [
    '1.2',
    'flags of the API server',
    'They decide who is authenticated, which admission plugins run, what is logged and how etcd is reached.',
    `Set the flag that the finding names in ${manifests}/kube-apiserver.yaml; the kubelet restarts the server. In a managed cluster, the provider sets it.`,
    flags('kube-apiserver.yaml', '--anonymous-auth=true', '--anonymous-auth=false'),
  ],
  [
    '1.3',
    'flags of the controller manager',
    'Its credentials can change everything that controllers manage, and its profile and metrics describe the cluster.',
    `Set the flag that the finding names in ${manifests}/kube-controller-manager.yaml.`,
    flags('kube-controller-manager.yaml', '--profiling=true', '--profiling=false'),
  ],
  [
    '1.4',
    'flags of the scheduler',
    'Its profile and metrics describe the cluster to whoever reaches its port.',
    `Set the flag that the finding names in ${manifests}/kube-scheduler.yaml.`,
    flags('kube-scheduler.yaml', '--bind-address=0.0.0.0', '--bind-address=127.0.0.1'),
  ],
  [
    '2',
    'etcd',
    'etcd contains all Secrets and knows no permissions of Kubernetes: only certificates keep others out.',
    `Set the certificates and flags that the finding names in ${manifests}/etcd.yaml, with a certificate authority that only etcd uses.`,
    flags('etcd.yaml', '--client-cert-auth=false', '--client-cert-auth=true'),
  ],
  [
    '3.1',
    'authentication of users',
    'Client certificates, service account tokens and bootstrap tokens cannot be revoked for one person.',
    'Let people log in through OIDC or the identity provider of the cloud.',
    shell(
      'users: [{ name: ann, user: { client-certificate: ann.crt } }]',
      'users: [{ name: ann, user: { exec: { command: oidc-login } } }]',
    ),
  ],
  [
    '3.2',
    'audit logs',
    'Without them nobody can find out afterwards who read a Secret or ran a command in a pod.',
    'Write an audit policy that covers Secrets, exec and changes of roles, and name it in --audit-policy-file of the API server.',
    flags('kube-apiserver.yaml', '--audit-log-path=', '--audit-policy-file=/etc/kubernetes/audit.yaml'),
  ],
  [
    '4.1',
    'files of the nodes',
    'Whoever can write the configuration or the kubeconfig of the kubelet controls the node and its pods.',
    'On each node, let only root own and write the unit file, the kubeconfigs, the certificate authorities and config.yaml of the kubelet.',
    shell('-rw-rw-r-- admin admin /var/lib/kubelet/config.yaml', '-rw------- root root /var/lib/kubelet/config.yaml'),
  ],
  [
    '4.2',
    'the kubelet',
    'The API of the kubelet runs commands in every pod of its node.',
    'Set the field that the finding names in /var/lib/kubelet/config.yaml, and restart the kubelet.',
    shell('authentication: { anonymous: { enabled: true } }', 'authentication: { anonymous: { enabled: false } }'),
  ],
  [
    '4.3',
    'kube-proxy',
    'Its metrics describe the network of the cluster to whoever reaches the port.',
    'Set metricsBindAddress in the configuration of kube-proxy.',
    shell('metricsBindAddress: 0.0.0.0:10249', 'metricsBindAddress: 127.0.0.1:10249'),
  ],
  [
    '5.1',
    'roles and service accounts',
    'Broad roles, and tokens in pods that need none, turn one broken container into a broken cluster.',
    'Narrow the Roles and bindings that the finding is about, and set automountServiceAccountToken to false where no token is used.',
    shell(
      'rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]',
      'rules: [{ apiGroups: [apps], resources: [deployments], verbs: [get] }]',
    ),
  ],
  [
    '5.2',
    'admission of pods',
    'Pods with privileges, namespaces or paths of the node can take it over. The benchmark asks that the cluster rejects them.',
    'Enforce a level of the Pod Security Standards for each namespace, or admission policies such as those of the pack.',
    shell('metadata: { name: shop }', 'metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: restricted } }'),
  ],
  [
    '5.3',
    'network policies',
    'Without them every pod can connect to every other one.',
    'Use a network plugin that enforces NetworkPolicies, and add one that denies by default to each namespace.',
    shell('spec: { podSelector: {}, ingress: [{}] }', 'spec: { podSelector: {}, policyTypes: [Ingress, Egress] }'),
  ],
  [
    '5.4',
    'Secrets',
    'Environment variables end up in logs and crash reports; an external store can rotate and revoke.',
    'Mount Secrets as files, and consider a store outside the cluster.',
    shell('envFrom: [{ secretRef: { name: db } }]', 'volumeMounts: [{ name: db, mountPath: /run/secrets/db, readOnly: true }]'),
  ],
  [
    '5.5',
    'admission of images',
    'Without a check of its origin, a cluster runs any image.',
    'Verify signatures when images are admitted. `engines.signatures` of the gate verifies them before.',
    shell('enable-admission-plugins: NodeRestriction', 'enable-admission-plugins: NodeRestriction,ImagePolicyWebhook'),
  ],
  ...(['5.6', '5.7'] as const).map(
    (number): Section => [
      number,
      'general policies for workloads',
      'Namespaces separate permissions; a seccomp profile and a security context limit what a broken container can do.',
      'Use namespaces of your own, and set seccompProfile and securityContext in each pod.',
      shell('metadata: { namespace: default }', 'metadata: { namespace: shop }'),
    ],
  ),
];

/** What is known about a check of kube-bench by its number (`1.2.6`), or about a section (`1.2`). */
export function benchRule(rule: string): Entry | undefined {
  const number = /^(?:kube-bench\/)?(\d(?:\.\d{1,2}){1,2})$/.exec(rule)?.[1];
  const found = sections.find(([section]) => number === section || number?.startsWith(`${section}.`) === true);
  if (number === undefined || found === undefined) return undefined;
  const [section, title, why, fix, example] = found;
  return {
    name: `kube-bench/${number}`,
    title: `section ${section} of the CIS Kubernetes Benchmark: ${title}`,
    severity: 'high for a failed check, low for one to check by hand (policies/severity.yaml)',
    why,
    fix: `${fix} The finding has the remediation of the check itself.`,
    example,
    references: ['https://www.cisecurity.org/benchmark/kubernetes', 'docs/engines.md'],
  };
}
