import type { JsonObject } from '../../src/model/json.ts';
import type { Random } from '../../test/agreement/random.ts';
import { podSpec } from './pods.ts';

const namespaces = ['shop', 'payments', 'search', 'ledger', 'mail', 'reports'];
const nouns = ['api', 'worker', 'cache', 'gateway', 'sync', 'export', 'index', 'billing'];

interface Application {
  readonly name: string;
  readonly namespace: string;
  readonly labels: JsonObject;
}

/** What one team keeps in one file: a workload and what goes with it. */
export function application(random: Random, index: number, images: readonly string[]): readonly JsonObject[] {
  const name = `${random.pick(nouns)}-${index}`;
  const labels = {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': random.pick(nouns),
    'example.com/team': random.pick(nouns),
  };
  const app: Application = { name, namespace: random.pick(namespaces), labels };
  const image = random.pick(images);
  const served = !random.chance(0.2);
  return [
    served ? server(random, app, image) : cronJob(random, app, image),
    ...(served ? [service(random, app)] : []),
    ...(served && random.chance(0.4) ? [ingress(app)] : []),
    ...(random.chance(0.5) ? [configMap(random, app)] : []),
    ...(random.chance(0.4) ? [networkPolicy(random, app)] : []),
    ...(random.chance(0.25) ? rbac(random, app) : []),
  ];
}

function object(apiVersion: string, kind: string, { name, namespace, labels }: Application, rest: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: { name, namespace, labels }, ...rest };
}

function selector({ name }: Application): JsonObject {
  return { 'app.kubernetes.io/name': name };
}

function server(random: Random, app: Application, image: string): JsonObject {
  const template = { metadata: { labels: app.labels }, spec: podSpec(random, { name: app.name, image, ends: false }) };
  const common = { replicas: 1 + random.int(6), selector: { matchLabels: selector(app) }, template };
  if (random.chance(0.75)) return object('apps/v1', 'Deployment', app, { spec: { ...common, revisionHistoryLimit: 3 } });
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${10 * (1 + random.int(9))}Gi` } } };
  const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: claim }];
  return object('apps/v1', 'StatefulSet', app, { spec: { ...common, serviceName: app.name, volumeClaimTemplates } });
}

function cronJob(random: Random, app: Application, image: string): JsonObject {
  const template = { metadata: { labels: app.labels }, spec: podSpec(random, { name: app.name, image, ends: true }) };
  const schedule = `${random.int(60)} ${random.int(24)} * * *`;
  return object('batch/v1', 'CronJob', app, {
    spec: { schedule, concurrencyPolicy: 'Forbid', jobTemplate: { spec: { backoffLimit: random.int(5), template } } },
  });
}

function service(random: Random, app: Application): JsonObject {
  const type = random.chance(0.08) ? 'LoadBalancer' : 'ClusterIP';
  return object('v1', 'Service', app, {
    spec: { type, selector: selector(app), ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  });
}

function ingress(app: Application): JsonObject {
  const host = `${app.name}.example.com`;
  const backend = { service: { name: app.name, port: { name: 'http' } } };
  const rule = { host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } };
  return object('networking.k8s.io/v1', 'Ingress', app, {
    spec: { tls: [{ hosts: [host], secretName: `${app.name}-tls` }], rules: [rule] },
  });
}

function configMap(random: Random, app: Application): JsonObject {
  const lines = Array.from({ length: 5 + random.int(25) }, (_, line) => `feature.${line}.enabled = ${random.chance(0.5)}`);
  return object('v1', 'ConfigMap', app, {
    data: { 'application.properties': `${lines.join('\n')}\n`, region: random.pick(namespaces) },
  });
}

function networkPolicy(random: Random, app: Application): JsonObject {
  const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': random.pick(namespaces) } } }];
  return object('networking.k8s.io/v1', 'NetworkPolicy', app, {
    spec: { podSelector: { matchLabels: selector(app) }, policyTypes: ['Ingress', 'Egress'], ingress: [{ from }], egress: [{}] },
  });
}

function rbac(random: Random, app: Application): readonly JsonObject[] {
  const verbs = random.chance(0.1) ? ['*'] : ['get', 'list', 'watch'];
  const rules = [{ apiGroups: [''], resources: [random.pick(['configmaps', 'pods', 'secrets'])], verbs }];
  const subjects = [{ kind: 'ServiceAccount', name: app.name, namespace: app.namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: app.name };
  return [
    object('v1', 'ServiceAccount', app, { automountServiceAccountToken: false }),
    object('rbac.authorization.k8s.io/v1', 'Role', app, { rules }),
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', app, { subjects, roleRef }),
  ];
}
