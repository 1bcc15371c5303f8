import type { JsonObject } from '../../../src/model/json.ts';
import { ask, type Case, objects } from './asked.ts';

const rule = (part: JsonObject): JsonObject => ({
  apiGroups: ['*'],
  apiVersions: ['*'],
  operations: ['CREATE'],
  resources: ['*'],
  ...part,
});
/** Constraints by what they try. */
const constraints: Readonly<Record<string, JsonObject>> = {
  'pods/*': { resourceRules: [rule({ resources: ['pods/*'] })] },
  '*/*': { resourceRules: [rule({ resources: ['*/*'] })] },
  '*/scale': { resourceRules: [rule({ resources: ['*/scale'] })] },
  'pods/status': { resourceRules: [rule({ resources: ['pods/status', 'deployments/scale'] })] },
  'a singular': { resourceRules: [rule({ resources: ['pod', 'deployment', 'Pods'] })] },
  'a group': { resourceRules: [rule({ apiGroups: ['apps', 'resource.k8s.io'] })] },
  'the core group': { resourceRules: [rule({ apiGroups: [''] })] },
  'another version': { resourceRules: [rule({ apiVersions: ['v2'] })] },
  'an equivalent group': {
    resourceRules: [rule({ apiGroups: ['extensions'], apiVersions: ['v1beta1'], resources: ['deployments'] })],
  },
  'an equivalent group exactly': {
    resourceRules: [rule({ apiGroups: ['extensions'], apiVersions: ['v1beta1'], resources: ['deployments'] })],
    matchPolicy: 'Exact',
  },
  'other operations': { resourceRules: [rule({ operations: ['UPDATE', 'DELETE', 'CONNECT'] })] },
  'every operation': { resourceRules: [rule({ operations: ['*'] })] },
  'scope Namespaced': { resourceRules: [rule({ scope: 'Namespaced' })] },
  'scope Cluster': { resourceRules: [rule({ scope: 'Cluster' })] },
  'custom plurals': {
    resourceRules: [rule({ resources: ['certificates', 'clusterissuers', 'securitycontextconstraints', 'resourceclaims'] })],
  },
  'a name': { resourceRules: [rule({ resourceNames: ['web', 'ca'] })] },
  'another name': { resourceRules: [rule({ resourceNames: ['other'] }), rule({ resources: ['nodes'], resourceNames: ['a'] })] },
  'an exclusion': { excludeResourceRules: [rule({ resources: ['deployments', 'namespaces'] })] },
  'an exclusion by scope': { excludeResourceRules: [rule({ scope: 'Cluster' })] },
  'an exclusion by name': { excludeResourceRules: [rule({ resourceNames: ['web'] })] },
  'an exclusion of a subresource': { excludeResourceRules: [rule({ resources: ['*/status', 'pods/log'] })] },
  'labels of the object': { objectSelector: { matchLabels: { app: 'web' } } },
  'an expression on labels of the object': {
    objectSelector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] },
  },
  'labels of the namespace': { namespaceSelector: { matchLabels: { tier: 'prod' } } },
  'no label of the namespace': { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] } },
  'the name of the namespace': {
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['prod', 'kube-system'] }],
    },
  },
};

/** Equivalent: a cluster of an earlier release may serve the version of the rule. */
const notServed = { ours: 'fail', why: 'the version of the rule may be served by another cluster' } as const;

export const matchCases: readonly Case[] = Object.entries(constraints).flatMap(([what, match]) =>
  Object.entries(objects).flatMap(([which, about]) => {
    const differs = what === 'another version' ? notServed : undefined;
    return [
      ask(`${which} by ${what}`, about, { match }, differs),
      ask(`${which} by a binding with ${what}`, about, { bindings: [{ matchResources: match }] }, differs),
    ];
  }),
);
