import type { ApiResource } from './kinds.ts';
import type { Shape } from './manifest-shape.ts';

/**
 * The types of the fields that policies read, from the API's reference: https://kubernetes.io/docs/reference/kubernetes-api/. Fields that
 * accept more than one type (quantities, ports by number or name) are omitted.
 */
const fields = (inner: Readonly<Record<string, Shape>>): Shape => ({ fields: inner });
const list = (item: Shape): Shape => ({ list: item });
const map = (value: Shape): Shape => ({ map: value });
const texts = list('string');
const selector = fields({
  matchLabels: map('string'),
  matchExpressions: list(fields({ key: 'string', operator: 'string', values: texts })),
});
const metadata = fields({
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  labels: map('string'),
  annotations: map('string'),
});

const profile = fields({ type: 'string', localhostProfile: 'string' });
const common = {
  runAsNonRoot: 'boolean',
  runAsUser: 'integer',
  runAsGroup: 'integer',
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: fields({ type: 'string', user: 'string', role: 'string', level: 'string' }),
  windowsOptions: fields({ hostProcess: 'boolean', runAsUserName: 'string' }),
} as const;
const securityContext = fields({
  ...common,
  privileged: 'boolean',
  allowPrivilegeEscalation: 'boolean',
  readOnlyRootFilesystem: 'boolean',
  procMount: 'string',
  capabilities: fields({ add: texts, drop: texts }),
});
const handler = {
  httpGet: fields({ host: 'string', path: 'string', scheme: 'string' }),
  tcpSocket: fields({ host: 'string' }),
  exec: fields({ command: texts }),
} as const;
const probe = fields({
  ...handler,
  initialDelaySeconds: 'integer',
  periodSeconds: 'integer',
  timeoutSeconds: 'integer',
  failureThreshold: 'integer',
});
const hook = fields({ ...handler, sleep: fields({ seconds: 'integer' }) });
const resources = fields({ limits: fields({}), requests: fields({}) });
const container = fields({
  name: 'string',
  image: 'string',
  imagePullPolicy: 'string',
  command: texts,
  args: texts,
  restartPolicy: 'string',
  ports: list(fields({ name: 'string', protocol: 'string', containerPort: 'integer', hostPort: 'integer', hostIP: 'string' })),
  env: list(fields({ name: 'string', value: 'string', valueFrom: fields({}) })),
  envFrom: list(fields({})),
  resources,
  securityContext,
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: fields({ postStart: hook, preStop: hook }),
  volumeMounts: list(fields({ name: 'string', mountPath: 'string', subPath: 'string', readOnly: 'boolean' })),
});
const volume = fields({
  name: 'string',
  hostPath: fields({ path: 'string', type: 'string' }),
  emptyDir: fields({}),
  secret: fields({ secretName: 'string' }),
  configMap: fields({ name: 'string' }),
  projected: fields({ sources: list(fields({})) }),
  persistentVolumeClaim: fields({ claimName: 'string' }),
  csi: fields({ driver: 'string' }),
});
const podSpec = fields({
  containers: list(container),
  initContainers: list(container),
  ephemeralContainers: list(container),
  volumes: list(volume),
  securityContext: fields({ ...common, sysctls: list(fields({ name: 'string', value: 'string' })) }),
  hostNetwork: 'boolean',
  hostPID: 'boolean',
  hostIPC: 'boolean',
  hostUsers: 'boolean',
  shareProcessNamespace: 'boolean',
  automountServiceAccountToken: 'boolean',
  serviceAccountName: 'string',
  serviceAccount: 'string',
  nodeName: 'string',
  nodeSelector: map('string'),
  runtimeClassName: 'string',
  priorityClassName: 'string',
  restartPolicy: 'string',
  terminationGracePeriodSeconds: 'integer',
  os: fields({ name: 'string' }),
  resources,
  imagePullSecrets: list(fields({ name: 'string' })),
  tolerations: list(
    fields({ key: 'string', operator: 'string', value: 'string', effect: 'string', tolerationSeconds: 'integer' }),
  ),
});
const template = fields({ metadata, spec: podSpec });
const workload = fields({ template, replicas: 'integer', selector });
const job = fields({ template, parallelism: 'integer', completions: 'integer', backoffLimit: 'integer' });
const subjects = list(fields({ kind: 'string', name: 'string', namespace: 'string', apiGroup: 'string' }));
const rules = list(fields({ apiGroups: texts, resources: texts, verbs: texts, resourceNames: texts, nonResourceURLs: texts }));
const roleRef = fields({ apiGroup: 'string', kind: 'string', name: 'string' });
const peers = list(
  fields({ ipBlock: fields({ cidr: 'string', except: texts }), podSelector: selector, namespaceSelector: selector }),
);

const byKind: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  Pod: { spec: podSpec },
  PodTemplate: { template },
  ReplicationController: { spec: fields({ template, replicas: 'integer', selector: map('string') }) },
  Deployment: { spec: workload },
  ReplicaSet: { spec: workload },
  StatefulSet: { spec: workload },
  DaemonSet: { spec: workload },
  Job: { spec: job },
  CronJob: { spec: fields({ schedule: 'string', suspend: 'boolean', jobTemplate: fields({ metadata, spec: job }) }) },
  PersistentVolume: { spec: fields({ hostPath: fields({ path: 'string' }), local: fields({ path: 'string' }) }) },
  Role: { rules },
  ClusterRole: { rules },
  RoleBinding: { subjects, roleRef },
  ClusterRoleBinding: { subjects, roleRef },
  Service: {
    spec: fields({ type: 'string', externalIPs: texts, selector: map('string'), ports: list(fields({ name: 'string' })) }),
  },
  NetworkPolicy: {
    spec: fields({
      podSelector: selector,
      policyTypes: texts,
      ingress: list(fields({ from: peers })),
      egress: list(fields({ to: peers })),
    }),
  },
};

/** The known fields of a kind; for a custom one only its metadata. */
export function shapeOf({ kind, builtIn }: ApiResource): Shape {
  const own = builtIn && Object.hasOwn(byKind, kind) ? byKind[kind] : undefined;
  return fields({ metadata, ...own });
}
