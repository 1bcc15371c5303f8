import { describe, expect, it } from 'vitest';
import { completed, engineFinding, image, manifestSet, resource } from '../../test/support/model.ts';
import type { ImageUse } from '../model/image.ts';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { collectFindings } from './collect.ts';

const labels = { app: 'web' };
function workload(part: Partial<Resource> = {}, spec: JsonObject = {}, container: JsonObject = {}): Resource {
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'shop/web:1', ...container }], ...spec } };
  return resource({ uid: 'obj-1', name: 'web', object: { spec: { template } }, ...part });
}
function thing(kind: string, apiVersion: string, name: string, spec: JsonObject, part: Partial<Resource> = {}): Resource {
  return resource({ uid: `${kind}-${name}`, kind, apiVersion, name, object: { spec }, ...part });
}
const service = (spec: JsonObject = {}, part: Partial<Resource> = {}) =>
  thing('Service', 'v1', 'web', { selector: labels, type: 'LoadBalancer', ...spec }, part);
const ingress = (name = 'web', part: Partial<Resource> = {}) =>
  thing('Ingress', 'networking.k8s.io/v1', 'shop', { rules: [{ http: { paths: [{ backend: { service: { name } } }] } }] }, part);
const route = (spec: JsonObject = {}, backend: JsonObject = {}) =>
  thing('HTTPRoute', 'gateway.networking.k8s.io/v1', 'shop', {
    parentRefs: [{ name: 'public' }],
    rules: [{ backendRefs: [{ name: 'web', port: 80, ...backend }] }],
    ...spec,
  });
const inside = service({ type: 'ClusterIP' });
const use = (uid = 'obj-1', part: Partial<ImageUse> = {}): ImageUse => ({
  resource: uid,
  containerKind: 'container',
  path: ['spec', 'template', 'spec', 'containers', 0, 'image'],
  ...part,
});
const vulnerability = engineFinding({
  engine: 'trivy',
  rule: 'CVE-2024-3094',
  category: 'vulnerability',
  severity: 'critical',
  subject: { kind: 'image', reference: 'shop/web:1', component: 'xz 5.6.0' },
});
function contextOf(resources: readonly Resource[], uses: readonly ImageUse[] = [use()]) {
  const set = manifestSet({ resources, images: [image('shop/web:1', uses)] });
  return collectFindings([completed({ engine: 'trivy', findings: [vulnerability] })], set)[0]?.context;
}

function nowhere({ namespace: _somewhere, ...rest }: Resource): Resource {
  return rest;
}

describe('the context of a vulnerability', () => {
  it.each([
    ['runs privileged', {}, { securityContext: { privileged: true } }],
    ["shares the node's network", { hostNetwork: true }, {}],
    ["shares the node's processes", { hostPID: true }, {}],
    ["shares the node's IPC", { hostIPC: true }, {}],
    ['mounts /var of the node', { volumes: [{ name: 'v', hostPath: { path: '/var' } }] }, { volumeMounts: [{ name: 'v' }] }],
    ['runs as root', { securityContext: { runAsUser: 0 } }, {}],
    ['runs as root', { securityContext: { runAsUser: 1000 } }, { securityContext: { runAsUser: 0 } }],
    ['reachable through port 80 of its node', {}, { ports: [{ hostPort: 80 }] }],
  ] as const)('%s', (fact, spec, container) => {
    expect(contextOf([workload({}, spec, container)])).toEqual([fact]);
  });

  it.each([
    ['a Service', [service()], 'Service shop/web of type LoadBalancer'],
    ['external IPs', [service({ type: 'ClusterIP', externalIPs: ['192.0.2.1'] })], 'Service shop/web with external IPs'],
    ['an Ingress', [inside, ingress()], 'Ingress shop/shop'],
    ['a route', [inside, route()], 'HTTPRoute shop/shop'],
  ])('is reachable through %s', (_what, doors, way) => {
    expect(contextOf([workload(), ...doors])).toEqual([`reachable through ${way}`]);
  });

  it('is reachable through what is rendered with it, where none names a namespace', () => {
    expect(contextOf([nowhere(workload()), nowhere(service())])).toEqual(['reachable through Service web of type LoadBalancer']);
  });

  it('runs in a pod of a CronJob', () => {
    const pod = { metadata: { labels }, spec: { hostPID: true, containers: [{ name: 'c' }] } };
    const job = workload({ kind: 'CronJob', object: { spec: { jobTemplate: { spec: { template: pod } } } } });
    const path = ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers', 0, 'image'];
    expect(contextOf([job, service()], [use('obj-1', { path })])).toHaveLength(2);
  });

  it('is so for some of its users, by name', () => {
    const bad = workload({ uid: 'obj-2', kind: 'DaemonSet' }, { hostPID: true });
    expect(contextOf([workload(), bad], [use(), use('obj-2')])).toEqual(["shares the node's processes (DaemonSet shop/web)"]);
  });
});

describe('there is no context', () => {
  it.each([
    ['of a harmless workload', [workload({}, { volumes: [{ name: 'v', hostPath: { path: '/' } }] })]],
    [
      'of root that the container is not',
      [workload({}, { securityContext: { runAsUser: 0 } }, { securityContext: { runAsUser: 7 } })],
    ],
    ['of a Service within the cluster', [workload(), inside]],
    ['of other labels', [workload(), service({ selector: { app: 'web', tier: 'front' } })]],
    ['of no selector', [workload(), service({ selector: {} })]],
    ['of a name outside', [workload(), service({ type: 'ExternalName' }), ingress()]],
    ['of another namespace', [workload(), service({}, { namespace: 'other' })]],
    ['of another environment', [workload({ environments: ['a'] }), service({}, { environments: ['b'] })]],
    ['of no namespace, rendered apart', [nowhere(workload()), nowhere(service({}, { source: { kind: 'helm', unit: 'x' } }))]],
    ['of an Ingress to another Service', [workload(), inside, ingress('api')]],
    ['of an Ingress of another namespace', [workload(), inside, ingress('web', { namespace: 'other' })]],
    ['of a route within a mesh', [workload(), inside, route({ parentRefs: [{ kind: 'Service', group: '', name: 'web' }] })]],
    ['of a backend elsewhere', [workload(), inside, route({}, { namespace: 'other' })]],
    ['of a backend that gets nothing', [workload(), inside, route({}, { weight: 0 })]],
  ])('%s', (_what, resources) => {
    expect(contextOf(resources)).toBeUndefined();
  });

  it('of requests to an init container, which is gone by then', () => {
    expect(contextOf([workload(), service()], [use('obj-1', { containerKind: 'init' })])).toBeUndefined();
  });

  it('of what is not a vulnerability', () => {
    const set = manifestSet({ resources: [workload({}, { hostPID: true })], images: [image('shop/web:1', [use()])] });
    const secret = { ...vulnerability, category: 'secret' } as const;
    expect(collectFindings([completed({ findings: [secret] })], set)[0]?.context).toBeUndefined();
  });
});
