import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import type { Random } from './random.ts';

/** What stands in for a value now and then: of the wrong shape, empty, or null. */
export const odd: readonly JsonValue[] = ['', 'true', 0, 1, -1, 1.5, false, true, [], {}, ['x'], { x: 'y' }];

const images = [
  'registry.example/team/app:1.2',
  'registry.example.com/app:1',
  `registry.example/app@sha256:${'a'.repeat(64)}`,
  'nginx',
  'nginx:latest',
  'docker.io/library/nginx:1.27',
  'localhost:5000/app',
  'localhost:5000/app:v1',
  'ghcr.io/Team/App:1.0.0-rc.1',
  'istio/proxyv2:1.20',
  'bücher.example/straße:ä',
  '',
];
export const quantities: readonly JsonValue[] = [
  '100m',
  '1',
  1,
  2,
  '0.5',
  '1.5Gi',
  '128Mi',
  '64Ki',
  '1e3',
  '2E',
  '1Ei',
  '0',
  '-1',
  '+1',
  '.5',
  '5.',
  '1u',
  '12n',
  '1500M',
  '9223372036854775807',
  'lots',
  '',
  '1 Gi',
];
const capabilities = ['ALL', 'NET_BIND_SERVICE', 'SYS_ADMIN', 'NET_ADMIN', 'CHOWN', 'SYS_PTRACE', 'all', 'CAP_SYS_ADMIN', ''];
const profiles = ['RuntimeDefault', 'Localhost', 'Unconfined', '', 'runtimedefault'];

type Table = Readonly<Record<string, (random: Random) => JsonValue>>;

/** Each field of a table with the given chance. */
export function plainFields(random: Random, chance: number, table: Table): JsonObject {
  const kept = Object.entries(table).filter(() => random.chance(chance));
  return Object.fromEntries(kept.map(([key, make]) => [key, make(random)]));
}

/** The same, with rarely an odd value in place of what the field should hold. */
export function fieldsOf(random: Random, chance: number, table: Table): JsonObject {
  return Object.fromEntries(
    Object.entries(plainFields(random, chance, table)).map(([key, value]) => {
      if (random.chance(0.012)) return [key, null];
      return [key, random.chance(0.02) ? random.pick(odd) : value];
    }),
  );
}

const flag = (random: Random): JsonValue => random.chance(0.5);

export const securityFields = {
  runAsNonRoot: flag,
  runAsUser: (random: Random): JsonValue => random.pick([0, 1000, 65_534]),
  seccompProfile: (random: Random): JsonValue => fieldsOf(random, 0.85, { type: () => random.pick(profiles) }),
  appArmorProfile: (random: Random): JsonValue => fieldsOf(random, 0.85, { type: () => random.pick(profiles) }),
  seLinuxOptions: (random: Random): JsonValue =>
    fieldsOf(random, 0.4, {
      type: () => random.pick(['container_t', 'container_init_t', 'spc_t', '']),
      user: () => random.pick(['', 'root']),
      role: () => random.pick(['', 'sysadm_r']),
    }),
  windowsOptions: (random: Random): JsonValue => fieldsOf(random, 0.5, { hostProcess: flag }),
};

function containerSecurity(random: Random): JsonObject {
  return fieldsOf(random, 0.35, {
    ...securityFields,
    privileged: flag,
    allowPrivilegeEscalation: flag,
    readOnlyRootFilesystem: flag,
    procMount: () => random.pick(['Default', 'Unmasked', '']),
    capabilities: () =>
      fieldsOf(random, 0.6, {
        add: () => random.several(3, () => random.pick(capabilities)),
        drop: () => random.several(2, () => random.pick(['ALL', 'KILL', 'all'])),
      }),
  });
}

function handler(random: Random): JsonObject {
  return random.pick<(r: Random) => JsonObject>([
    () => ({ exec: { command: random.several(2, () => random.pick(['sh', 'sleep', 'true'])) } }),
    (r) => ({ httpGet: fieldsOf(r, 0.6, { port: () => 80, path: () => '/', host: () => r.pick(['', '127.0.0.1', 'a']) }) }),
    (r) => ({ tcpSocket: fieldsOf(r, 0.6, { port: () => 80, host: () => r.pick(['', 'example.com']) }) }),
    () => ({}),
  ])(random);
}

function probe(random: Random): JsonObject {
  return {
    ...handler(random),
    ...fieldsOf(random, 0.3, {
      periodSeconds: () => random.int(60),
      initialDelaySeconds: () => random.int(120),
      failureThreshold: () => random.int(10),
    }),
  };
}

function ports(random: Random): JsonValue {
  return random.several(3, () =>
    fieldsOf(random, 0.6, {
      containerPort: () => random.pick([80, 443, 8080, 65_535]),
      hostPort: () => random.pick([0, 0, 80, 30_000]),
      protocol: () => random.pick(['TCP', 'UDP']),
      name: () => random.pick(['http', 'metrics', '']),
    }),
  );
}

const resourceList = (random: Random): JsonValue =>
  fieldsOf(random, 0.6, { cpu: () => random.pick(quantities), memory: () => random.pick(quantities) });

/** A container of a pod; names are unique in a list, as the API server has it. */
export function container(random: Random, name: string): JsonObject {
  const usual = random.chance(0.97) ? { name, image: random.pick(images) } : {};
  return {
    ...usual,
    ...fieldsOf(random, 0.3, {
      securityContext: containerSecurity,
      resources: () => fieldsOf(random, 0.7, { limits: resourceList, requests: resourceList }),
      ports,
      livenessProbe: probe,
      readinessProbe: probe,
      startupProbe: probe,
      lifecycle: () => fieldsOf(random, 0.5, { preStop: handler, postStart: handler }),
      imagePullPolicy: () => random.pick(['Always', 'IfNotPresent', 'Never']),
      restartPolicy: () => random.pick(['Always', 'Never', '']),
      command: () => random.several(3, () => random.pick(['sh', '-c', 'sleep 3600', 'while true; do sleep 1; done', 'nginx'])),
      args: () => random.several(3, () => random.pick(['-v', '--port=80', 'until nc db 1; do sleep 1; done', 'größe', '😀'])),
      env: () =>
        random.several(3, (index) =>
          fieldsOf(random, 0.7, {
            name: () => `E${index}`,
            value: () => random.pick(['', '1', 'true', 'geheim ✓', '\n']),
          }),
        ),
      volumeMounts: () =>
        random.several(2, (index) => ({
          name: `v${index}`,
          mountPath: random.pick(['/data', '/', '/var/run']),
          ...fieldsOf(random, 0.4, { readOnly: flag }),
        })),
    }),
  };
}
