import { describe, expect, it } from 'vitest';
import { image, manifestSet, resource } from '../../test/support/model.ts';
import type { ImageUse } from '../model/image.ts';
import type { JsonObject } from '../model/json.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { Resource } from '../model/resource.ts';
import { createExposed } from './exposed.ts';

const labels = { app: 'web' };
const workload = (spec: JsonObject = {}, container: JsonObject = {}, part: Partial<Resource> = {}): Resource => {
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'web:1', ...container }], ...spec } };
  return resource({ uid: 'web', name: 'web', object: { spec: { template } }, ...part });
};
const thing = (kind: string, apiVersion: string, spec: JsonObject, part: Partial<Resource> = {}): Resource =>
  resource({ uid: kind, kind, apiVersion, name: 'web', object: { spec }, ...part });
const service = (spec: JsonObject = {}, part: Partial<Resource> = {}) =>
  thing('Service', 'v1', { selector: labels, ...spec }, part);
const nowhere = ({ namespace: _somewhere, ...rest }: Resource): Resource => rest;
const use: ImageUse = {
  resource: 'web',
  containerKind: 'container',
  path: ['spec', 'template', 'spec', 'containers', 0, 'image'],
};
const exposed = (resources: readonly Resource[], uses: readonly ImageUse[] = [use], part: Partial<ManifestSet> = {}) =>
  createExposed(manifestSet({ resources, images: [image('web:1', uses)], ...part }))('web:1');

const virtualService = thing('VirtualService', 'networking.istio.io/v1', {
  http: [{ route: [{ destination: { host: 'web.shop.svc' } }] }],
});
const gap = { file: 'x', subject: 'chart x', reason: 'not here', next: 'Add it.' };

describe('whether an image is exposed', () => {
  it.each<[string, string, readonly Resource[]]>([
    ['yes', 'a load balancer', [workload(), service({ type: 'LoadBalancer' })]],
    ['yes', 'a port of the node', [workload({}, { ports: [{ hostPort: 80 }] })]],
    ['yes', 'the network of the node', [workload({ hostNetwork: true })]],
    ['no', 'no Service', [workload()]],
    ['no', 'a Service inside the cluster', [workload(), service()]],
    ['no', 'a load balancer of other pods', [workload(), service({ type: 'LoadBalancer', selector: { app: 'api' } })]],
    ['no', 'a load balancer of another namespace', [workload(), service({ type: 'LoadBalancer' }, { namespace: 'other' })]],
    [
      'unknown',
      'a load balancer whose namespace is not known',
      [workload(), nowhere(service({ type: 'NodePort' }, { source: { kind: 'plain', unit: 'x' } }))],
    ],
    [
      'unknown',
      'a load balancer of another environment',
      [workload({}, {}, { environments: ['a'] }), service({ type: 'NodePort' }, { environments: ['b'] })],
    ],
    ['unknown', 'a load balancer without a selector', [workload(), thing('Service', 'v1', { type: 'LoadBalancer' })]],
    ['unknown', 'a custom resource that names its Service', [workload(), service(), virtualService]],
    ['no', 'a custom resource that names another Service', [workload(), service({}, { name: 'api' }), virtualService]],
  ])('is %s with %s', (expected, _what, resources) => {
    expect(exposed(resources)).toBe(expected);
  });

  it('is unknown if a deployable was not rendered, or the image is not in a container', () => {
    expect(exposed([workload()], [use], { gaps: [gap] })).toBe('unknown');
    expect(exposed([workload()], [{ resource: 'web', containerKind: 'custom', path: ['spec', 'image'] }])).toBe('unknown');
    expect(exposed([workload()], [])).toBe('unknown');
  });

  it('is that of the most exposed of its workloads', () => {
    const other = workload({ hostNetwork: true }, {}, { uid: 'other' });
    expect(exposed([workload(), other], [use, { ...use, resource: 'other' }])).toBe('yes');
  });
});
