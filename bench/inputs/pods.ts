import type { JsonObject } from '../../src/model/json.ts';
import type { Random } from '../../test/agreement/random.ts';

/** One in so many containers has a defect: enough for reports to have content, few enough to resemble a maintained repository. */
const flaw = 0.06;

export interface PodParts {
  readonly name: string;
  readonly image: string;
  /** Runs to its end: no probes, a restart policy. */
  readonly ends: boolean;
}

/** A realistic pod, with defects that engines look for. */
export function podSpec(random: Random, parts: PodParts): JsonObject {
  const sidecar = random.chance(0.25);
  return {
    ...(parts.ends && { restartPolicy: 'OnFailure' }),
    automountServiceAccountToken: random.chance(flaw),
    ...(random.chance(flaw) && { hostNetwork: true }),
    ...(random.chance(flaw / 2) && { hostPID: true }),
    securityContext: {
      runAsNonRoot: !random.chance(flaw),
      seccompProfile: { type: random.chance(flaw) ? 'Unconfined' : 'RuntimeDefault' },
    },
    ...(random.chance(0.2) && { nodeSelector: { 'example.com/pool': random.pick(['general', 'memory', 'spot']) } }),
    containers: [container(random, parts), ...(sidecar ? [container(random, { ...parts, name: 'metrics' })] : [])],
    ...(random.chance(0.15) && { initContainers: [container(random, { ...parts, name: 'migrate', ends: true })] }),
    volumes: volumes(random, parts.name),
  };
}

function container(random: Random, { name, image, ends }: PodParts): JsonObject {
  const port = 8000 + random.int(1000);
  const probe = (path: string): JsonObject => ({ httpGet: { path, port }, periodSeconds: 5 + random.int(20) });
  return {
    name,
    image,
    args: ['serve', `--log-level=${random.pick(['info', 'warn', 'debug'])}`, `--workers=${1 + random.int(16)}`],
    ...(!ends && { ports: [{ name: 'http', containerPort: port }] }),
    env: [
      { name: 'REGION', value: random.pick(['north', 'south', 'west']) },
      { name: 'POOL_SIZE', value: String(1 + random.int(64)) },
      { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } },
    ],
    securityContext: securityContext(random),
    resources: {
      requests: { cpu: `${50 + random.int(20) * 10}m`, memory: `${64 * (1 + random.int(8))}Mi` },
      ...(!random.chance(flaw) && {
        limits: { cpu: `${500 + random.int(15) * 100}m`, memory: `${512 * (1 + random.int(4))}Mi` },
      }),
    },
    ...(!ends && !random.chance(flaw) && { livenessProbe: probe('/alive'), startupProbe: probe('/alive') }),
    ...(!ends && { readinessProbe: probe('/ready') }),
    volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }],
  };
}

function securityContext(random: Random): JsonObject {
  if (random.chance(flaw / 2)) return { privileged: true };
  return {
    allowPrivilegeEscalation: random.chance(flaw),
    readOnlyRootFilesystem: !random.chance(flaw),
    capabilities: { drop: ['ALL'], ...(random.chance(flaw) && { add: [random.pick(['NET_ADMIN', 'SYS_TIME', 'CHOWN'])] }) },
  };
}

function volumes(random: Random, name: string): readonly JsonObject[] {
  return [
    { name: 'scratch', emptyDir: { sizeLimit: `${1 + random.int(4)}Gi` } },
    ...(random.chance(0.3) ? [{ name: 'settings', configMap: { name } }] : []),
    ...(random.chance(flaw) ? [{ name: 'host', hostPath: { path: random.pick(['/var/log', '/etc', '/data/shared']) } }] : []),
  ];
}
