import { describe, expect, it } from 'vitest';
import { definitionsIn } from '../../model/definitions.ts';
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

  it.each([
    ['deployments/*', 'yes'],
    ['*/*', 'yes'],
    ['*', 'yes'],
    ['*/scale', 'no'],
    ['deployments/status', 'no'],
    ['deploy*', 'no'],
    ['pods/*', 'no'],
  ])('treat %s as the API server does', (item, expected) => {
    expect(match({ resources: [item] })).toBe(expected);
  });

  it('match an object of another group that serves the same resource, unless they are exact', () => {
    const old = { apiGroups: ['extensions'], apiVersions: ['v1beta1'], resources: ['deployments'] };
    expect(match(old)).toBe('yes');
    expect(match(old, { matchPolicy: 'Exact' })).toBe('no');
    expect(match({ ...old, resources: ['pods'] })).toBe('no');
    expect(match({ apiGroups: ['batch'], apiVersions: ['v1'], resources: ['deployments'] })).toBe('no');
  });

  it('doubt what is evaluated if the fields of the two versions differ', () => {
    const autoscaler = subject({ resource: apiResource('autoscaling/v2', 'HorizontalPodAutoscaler') });
    const rule = { apiGroups: ['autoscaling'], apiVersions: ['v1'], resources: ['horizontalpodautoscalers'] };
    const doubt = 'the policy applies to autoscaling/v1, and the API server would convert autoscaling/v2 to it';
    expect(match(rule, {}, autoscaler)).toEqual({ doubt });
    const both = {
      resourceRules: [
        { ...anything, ...rule },
        { ...anything, ...rule, apiVersions: ['v2'] },
      ],
    };
    expect(matches(both, autoscaler)).toBe('yes');
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

describe('the scope of a custom kind', () => {
  const certificate = (more: Partial<Subject> = {}, definitions = definitionsIn([])) =>
    subject({ resource: apiResource('cert-manager.io/v1', 'Certificate', definitions), namespace: undefined, ...more });
  const defined = (scope: string) =>
    definitionsIn([
      {
        metadata: { name: 'certificates.cert-manager.io' },
        spec: { group: 'cert-manager.io', scope, names: { kind: 'Certificate', plural: 'certificates' } },
      },
    ]);

  it('is taken from its definition', () => {
    expect(match({ scope: 'Namespaced' }, {}, certificate({}, defined('Namespaced')))).toBe('yes');
    expect(match({ scope: 'Cluster' }, {}, certificate({}, defined('Namespaced')))).toBe('no');
    expect(match({ scope: 'Namespaced' }, {}, certificate({ namespace: 'shop' }, defined('Cluster')))).toBe('no');
  });

  it('may be either without a definition, and excludes nothing', () => {
    expect(match({ scope: 'Namespaced' }, {}, certificate())).toBe('yes');
    expect(match({ scope: 'Cluster' }, {}, certificate())).toBe('yes');
    expect(match({}, { excludeResourceRules: [{ ...anything, scope: 'Namespaced' }] }, certificate())).toBe('yes');
    expect(match({}, { excludeResourceRules: [anything] }, certificate())).toBe('no');
  });

  it('is not proven by a namespace in the manifest, which an API server ignores for a cluster-scoped kind', () => {
    const unknown = 'there is no CustomResourceDefinition of Certificate, so its scope is unknown';
    expect(match({ scope: 'Cluster' }, {}, certificate({ namespace: 'shop' }))).toEqual({ unknown });
    expect(match({ scope: 'Namespaced' }, {}, certificate({ namespace: 'shop' }))).toBe('yes');
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
    expect(apiResource(apiVersion, kind)).toMatchObject({ plurals: [plural], namespaced });
  });

  it.each([
    ['security.openshift.io/v1', 'SecurityContextConstraints', 'securitycontextconstraints'],
    ['chaos-mesh.org/v1alpha1', 'PodChaos', 'podchaos'],
    ['redis.redis.opstreelabs.in/v1beta2', 'Redis', 'redis'],
    ['redis.redis.opstreelabs.in/v1beta2', 'Redis', 'redises'],
    ['appmesh.k8s.aws/v1beta2', 'Mesh', 'meshes'],
    ['search.example.com/v1', 'Index', 'indices'],
    ['keycloak.example.com/v1', 'KeycloakRealm', 'keycloakrealms'],
    ['gateway.networking.k8s.io/v1', 'Gateway', 'gateways'],
    ['metrics.k8s.io/v1beta1', 'NodeMetrics', 'nodes'],
  ])('of the custom kind %s %s include %s', (apiVersion, kind, plural) => {
    expect(match({ resources: [plural] }, {}, subject({ resource: apiResource(apiVersion, kind, nodes) }))).toBe('yes');
  });

  const nodes = definitionsIn([
    {
      metadata: { name: 'nodes.metrics.k8s.io' },
      spec: { group: 'metrics.k8s.io', scope: 'Cluster', names: { kind: 'NodeMetrics', plural: 'nodes' } },
    },
  ]);
});
