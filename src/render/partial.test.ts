import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import { isRefused } from './partial.ts';

const refused = (apiVersion: string, kind: string, object: JsonObject): boolean =>
  isRefused({ apiVersion, kind, name: 'x', object: { apiVersion, kind, metadata: { name: 'x' }, ...object } });

describe('an object that the API server would not create', () => {
  it.each<[string, string, string, JsonObject]>([
    ['a Service without ports', 'v1', 'Service', { spec: { type: 'LoadBalancer' } }],
    ['a Service with an empty list of ports', 'v1', 'Service', { spec: { ports: [] } }],
    ['an Ingress without rules', 'networking.k8s.io/v1', 'Ingress', { spec: { ingressClassName: 'x' } }],
    ['a definition without group', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec: { conversion: {} } }],
    ['a binding without role', 'rbac.authorization.k8s.io/v1', 'RoleBinding', { subjects: [] }],
    ['a Deployment without image', 'apps/v1', 'Deployment', { spec: { template: { spec: { containers: [{ name: 'a' }] } } } }],
    ['a Deployment of null', 'apps/v1', 'Deployment', { spec: null }],
    ['a kind that does not exist', 'apps/v1', 'any', { spec: { replicas: 1 } }],
  ])('is a part: %s', (_name, apiVersion, kind, object) => {
    expect(refused(apiVersion, kind, object)).toBe(true);
  });

  const containers = [{ name: 'a', image: 'a' }];
  it.each<[string, string, string, JsonObject]>([
    ['a Service with ports', 'v1', 'Service', { spec: { ports: [{ port: 80 }] } }],
    ['a headless Service', 'v1', 'Service', { spec: { clusterIP: 'None' } }],
    ['an ExternalName', 'v1', 'Service', { spec: { type: 'ExternalName', externalName: 'x.example' } }],
    ['an Ingress with a default', 'networking.k8s.io/v1', 'Ingress', { spec: { defaultBackend: {} } }],
    ['a Pod', 'v1', 'Pod', { spec: { containers } }],
    ['a ConfigMap', 'v1', 'ConfigMap', {}],
    ['a custom kind', 'example.com/v1', 'any', {}],
    ['a binding', 'rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { roleRef: { kind: 'ClusterRole', name: 'x' } }],
    ['a kind of a later release that runs containers', 'apps/v1', 'Fleet', { spec: { template: { spec: { containers } } } }],
  ])('is whole: %s', (_name, apiVersion, kind, object) => {
    expect(refused(apiVersion, kind, object)).toBe(false);
  });
});
