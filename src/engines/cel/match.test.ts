import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { apiResource } from './kinds.ts';
import { matches, type Subject } from './match.ts';
import type { MatchResources, ResourceRule } from './schema.ts';

const anything: ResourceRule = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };

function subject(part: Partial<Subject> = {}): Subject {
  const object: JsonObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { app: 'web' } } };
  return {
    object,
    resource: apiResource('apps/v1', 'Deployment'),
    name: 'web',
    namespace: 'shop',
    namespaceGuessed: false,
    namespaceLabels: undefined,
    ...part,
  };
}
function match(rules: Partial<ResourceRule>, more: MatchResources = {}, about: Subject = subject()) {
  return matches({ resourceRules: [{ ...anything, ...rules }], ...more }, about);
}

describe('resource rules', () => {
  it('match group, version, plural, operation, scope and name', () => {
    expect(match({ apiGroups: ['apps'], resources: ['deployments'] })).toBe('yes');
    expect(match({ apiGroups: ['batch'] })).toBe('no');
    expect(match({ resources: ['pods', 'deployments/scale'] })).toBe('no');
    expect(match({ operations: ['UPDATE', 'DELETE'] })).toBe('no');
    expect(match({ scope: 'Cluster' })).toBe('no');
    expect(match({ resourceNames: ['other'] })).toBe('no');
  });

  it('match other versions of a group, unless they are exact', () => {
    expect(match({ apiVersions: ['v1beta1'] })).toBe('yes');
    expect(match({ apiVersions: ['v1beta1'] }, { matchPolicy: 'Exact' })).toBe('no');
  });

  it('exclude', () => {
    expect(match({}, { excludeResourceRules: [{ ...anything, resources: ['deployments'] }] })).toBe('no');
    expect(match({}, { excludeResourceRules: [{ ...anything, resources: ['pods'] }] })).toBe('yes');
  });
});

describe('selectors', () => {
  it('select objects by their labels', () => {
    expect(match({}, { objectSelector: { matchLabels: { app: 'web' } } })).toBe('yes');
    expect(match({}, { objectSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] } })).toBe('no');
    expect(match({}, { objectSelector: { matchExpressions: [{ key: 'toString', operator: 'Exists' }] } })).toBe('no');
  });

  it('match a namespace by its name, and by its labels only if they are known', () => {
    const byName = {
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn' as const, values: ['kube-system'] }],
      },
    };
    expect(match({}, byName)).toBe('yes');
    expect(match({}, byName, subject({ namespace: 'kube-system' }))).toBe('no');
    const guessed = subject({ namespace: 'default', namespaceGuessed: true });
    expect(match({}, { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'prod' } } }, guessed)).toEqual({
      unknown: 'the manifest has no namespace',
    });
    const byLabel = { namespaceSelector: { matchLabels: { tier: 'prod' } } };
    expect(match({}, byLabel)).toEqual({ unknown: 'the labels of the namespace shop are not known' });
    expect(match({}, byLabel, subject({ namespaceLabels: { tier: 'prod' } }))).toBe('yes');
    expect(match({}, byLabel, subject({ namespaceLabels: {} }))).toBe('no');
  });
});

describe('plurals', () => {
  it.each([
    ['v1', 'Pod', 'pods', true],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', true],
    ['networking.k8s.io/v1', 'Ingress', 'ingresses', true],
    ['v1', 'Endpoints', 'endpoints', true],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false],
    ['scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', false],
    ['serving.knative.dev/v1', 'Service', 'services', undefined],
  ])('of %s %s', (apiVersion, kind, plural, namespaced) => {
    expect(apiResource(apiVersion, kind)).toMatchObject({ plural, namespaced });
  });
});
