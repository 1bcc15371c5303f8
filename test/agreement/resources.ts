import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import { container, fieldsOf, plainFields, securityFields } from './containers.ts';
import type { Random } from './random.ts';

const paths = ['/', '/etc', '/var/run/docker.sock', '/data', '/proc/1', '/var/log', '/etc/../etc', ''];

function volume(random: Random, name: string): JsonObject {
  const source = random.pick<JsonObject>([
    { emptyDir: {} },
    { configMap: { name: 'c' } },
    { secret: { secretName: 's' } },
    { hostPath: { path: random.pick(paths) } },
    { hostPath: {} },
    { nfs: { server: 's', path: '/' } },
    { persistentVolumeClaim: { claimName: 'p' } },
    { projected: { sources: [] } },
    {},
  ]);
  return { name, ...source };
}

function podSpec(random: Random): JsonObject {
  return {
    ...(random.chance(0.96) && {
      containers: Array.from({ length: 1 + random.int(3) }, (_, index) => container(random, `c${index}`)),
    }),
    ...fieldsOf(random, 0.25, {
      initContainers: () => random.several(2, (index) => container(random, random.pick([`i${index}`, `istio-proxy-${index}`]))),
      ephemeralContainers: () => random.several(1, (index) => container(random, `e${index}`)),
      volumes: () => random.several(3, (index) => volume(random, `v${index}`)),
      securityContext: () =>
        fieldsOf(random, 0.35, {
          ...securityFields,
          sysctls: () =>
            random.several(2, () => ({
              name: random.pick(['kernel.shm_rmid_forced', 'net.core.somaxconn', 'kernel.msgmax']),
              value: '1',
            })),
        }),
      hostNetwork: () => random.chance(0.5),
      hostPID: () => random.chance(0.5),
      hostIPC: () => random.chance(0.5),
      hostUsers: () => random.chance(0.5),
      serviceAccountName: () => random.pick(['default', 'app', '']),
      automountServiceAccountToken: () => random.chance(0.5),
      restartPolicy: () => random.pick(['Always', 'Never', 'OnFailure', '']),
      terminationGracePeriodSeconds: () => random.pick([0, 1, 30, 600, 601, 3600]),
      nodeName: () => random.pick(['', 'node-1']),
      nodeSelector: () => random.pick<JsonValue>([{}, { zone: 'a' }]),
      runtimeClassName: () => random.pick(['', 'gvisor', 'kata', 'runc']),
      os: () => ({ name: random.pick(['linux', 'windows']) }),
      tolerations: () =>
        random.several(3, () =>
          fieldsOf(random, 0.5, {
            key: () => random.pick(['', 'node-role.kubernetes.io/control-plane', 'a']),
            operator: () => random.pick(['Exists', 'Equal', '']),
            effect: () => random.pick(['NoSchedule', 'NoExecute']),
          }),
        ),
    }),
  };
}

function labels(random: Random): JsonValue {
  return plainFields(random, 0.4, {
    app: () => random.pick(['web', 'API', 'größe', '']),
    team: () => random.pick(['shop', 'core']),
    'app.kubernetes.io/name': () => random.pick(['web', 'x']),
    'app.kubernetes.io/version': () => random.pick(['1', 'v2.0']),
    tier: () => random.pick(['front', 'back']),
  });
}

function annotations(random: Random): JsonValue {
  return plainFields(random, 0.3, {
    'kubernetes.io/config.mirror': () => 'x',
    'kubernetes.io/config.source': () => random.pick(['file', 'api']),
    'container.apparmor.security.beta.kubernetes.io/c0': () => random.pick(['unconfined', 'runtime/default', 'localhost/x']),
    note: () => random.pick(['', 'línea\nzwei', '日本語', "it's"]),
  });
}

const metadataFields = { labels, annotations };

function template(random: Random): JsonObject {
  return {
    ...(random.chance(0.9) && { metadata: plainFields(random, 0.6, metadataFields) }),
    ...(random.chance(0.98) && { spec: podSpec(random) }),
  };
}

const controlled = (random: Random): JsonObject => ({
  ...fieldsOf(random, 0.7, {
    replicas: () => random.pick([0, 1, 2, 3, 100]),
    selector: () => ({ matchLabels: { app: 'web' } }),
    minReadySeconds: () => random.int(30),
    strategy: () => fieldsOf(random, 0.7, { type: () => random.pick(['Recreate', 'RollingUpdate']) }),
  }),
  template: template(random),
});

const job = (random: Random): JsonObject => ({
  ...fieldsOf(random, 0.5, {
    backoffLimit: () => random.int(10),
    parallelism: () => random.int(4),
    ttlSecondsAfterFinished: () => random.int(4000),
  }),
  template: template(random),
});

const bodies: Readonly<Record<string, (random: Random) => JsonObject>> = {
  'v1/Pod': (random) => ({ spec: podSpec(random) }),
  'apps/v1/Deployment': (random) => ({ spec: controlled(random) }),
  'apps/v1/StatefulSet': (random) => ({ spec: { serviceName: 's', ...controlled(random) } }),
  'apps/v1/DaemonSet': (random) => ({ spec: controlled(random) }),
  'apps/v1/ReplicaSet': (random) => ({ spec: controlled(random) }),
  'v1/ReplicationController': (random) => ({ spec: controlled(random) }),
  'batch/v1/Job': (random) => ({ spec: job(random) }),
  'batch/v1/CronJob': (random) => ({
    spec: {
      schedule: '0 * * * *',
      ...fieldsOf(random, 0.5, { suspend: () => random.chance(0.5) }),
      jobTemplate: { spec: job(random) },
    },
  }),
  'v1/Service': (random) => ({
    spec: fieldsOf(random, 0.7, {
      type: () => random.pick(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']),
      externalName: () => random.pick(['a.example', '']),
      externalIPs: () => random.several(2, () => random.pick(['10.0.0.1', '203.0.113.9', '::1', 'nowhere'])),
      ports: () => random.several(3, () => fieldsOf(random, 0.8, { port: () => random.pick([80, 443, 8080]), name: () => 'p' })),
      selector: () => ({ app: 'web' }),
    }),
  }),
  'networking.k8s.io/v1/Ingress': (random) => ({
    spec: fieldsOf(random, 0.7, {
      ingressClassName: () => random.pick(['nginx', 'traefik']),
      rules: () => random.several(2, () => fieldsOf(random, 0.8, { host: () => random.pick(['a.example', '*.example', '']) })),
      tls: () => random.several(1, () => ({ hosts: ['a.example'] })),
    }),
  }),
  'v1/ConfigMap': (random) =>
    fieldsOf(random, 0.7, {
      data: () =>
        fieldsOf(random, 0.6, {
          'a.conf': () => random.pick(['x=1', '', 'ünïcode ✓', 'password: hunter2', 'a\nb']),
          url: () => random.pick(['https://a.example:8443/x?y=1', 'http://[::1]/', 'nope', '/path']),
          cidr: () => random.pick(['10.0.0.0/8', '10.1.2.3/33', '::/0', 'x']),
          number: () => random.pick(['12', '-7', '+3', '1.5', '', ' 1', '99999999999999999999', '0x10']),
          flag: () => random.pick(['true', 'false', 'yes', 'TRUE']),
          size: () => random.pick(['1Gi', '100m', '2', 'many']),
        }),
      immutable: () => random.chance(0.5),
    }),
};

const workloads = Object.keys(bodies).slice(0, 8);
const others = Object.keys(bodies).slice(8);
/** Their labels are known to both sides. No selector here picks the first one. */
export const namespaces: readonly JsonObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'plain' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { env: 'production', team: 'shop' } } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab', labels: { env: 'test' } } },
];

/** Objects with names of their own, mostly workloads, and the namespaces they are in. */
export function resourcesFrom(random: Random, count: number): readonly JsonObject[] {
  const made = Array.from({ length: count }, (_, index): JsonObject => {
    const kind = random.pick(index % 4 === 3 ? others : workloads);
    const slash = kind.lastIndexOf('/');
    return {
      apiVersion: kind.slice(0, slash),
      kind: kind.slice(slash + 1),
      metadata: {
        name: `${random.pick(['web', 'api', 'db'])}-${index}`,
        namespace: random.pick(['plain', 'shop', 'lab']),
        ...plainFields(random, 0.6, metadataFields),
      },
      ...bodies[kind]?.(random),
    };
  });
  return [...namespaces, ...made];
}
