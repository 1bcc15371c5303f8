import type { JsonObject } from '../../../src/model/json.ts';
import { ask, type Case, object, objects } from './asked.ts';

const limits = (name: string, namespace: string, max: number, labels: JsonObject = {}): JsonObject =>
  object('v1', 'ConfigMap', { name, namespace, labels }, { data: { max: String(max) } });
const params = [
  limits('limits', 'prod', 3, { tier: 'x' }),
  limits('limits', 'dev', 10, { tier: 'x' }),
  limits('strict', 'prod', 4, { tier: 'x' }),
  limits('wide', 'prod', 100, { tier: 'y' }),
  object('example.com/v1', 'Limit', { name: 'limits' }, { data: { max: '3' } }),
];
const configMap = { apiVersion: 'v1', kind: 'ConfigMap' };
const expression = 'object.?spec.?replicas.orValue(0) <= int(params.data.max)';
const onlyInCluster = { ours: 'unknown', why: 'what is not in the files may be in the cluster' } as const;
/** By what they try: paramRef, and whether the objects are found for prod, dev and cluster-scoped ones. */
const references: Readonly<Record<string, JsonObject>> = {
  'by name': { name: 'limits', parameterNotFoundAction: 'Deny' },
  'by name and namespace': { name: 'limits', namespace: 'dev', parameterNotFoundAction: 'Deny' },
  'by a name that only prod has': { name: 'strict', parameterNotFoundAction: 'Deny' },
  'by a name that only prod has, or none': { name: 'strict', parameterNotFoundAction: 'Allow' },
  'by selector': { selector: { matchLabels: { tier: 'x' } }, parameterNotFoundAction: 'Deny' },
  'by selector and namespace': { selector: { matchLabels: { tier: 'y' } }, namespace: 'prod', parameterNotFoundAction: 'Deny' },
  'by an expression of the selector': {
    selector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
    parameterNotFoundAction: 'Allow',
  },
  'by an empty selector': { selector: {}, parameterNotFoundAction: 'Deny' },
};
const about = ['deployment', 'elsewhere', 'namespace', 'node', 'certificate'] as const;
/** Where the files have no such parameters: elsewhere is in dev, and the other objects in prod. */
const absent = new Set(['elsewhere by a name that only prod has', 'elsewhere by a name that only prod has, or none']);

const ofParams = Object.entries(references).flatMap(([what, paramRef]) =>
  about.flatMap((which) => {
    const name = `${which} ${what}`;
    const differs = absent.has(name) ? onlyInCluster : undefined;
    return [
      ask(`${name}`, objects[which], { paramKind: configMap, params, expression, bindings: [{ paramRef }] }, differs),
      ask(
        `${name}, ignoring failures`,
        objects[which],
        { paramKind: configMap, params, expression, failurePolicy: 'Ignore', bindings: [{ paramRef }] },
        differs,
      ),
    ];
  }),
);

const reads = [{ name: 'c', expression: 'int(params.data.max) > 3' }];
const others: readonly Case[] = [
  ask('a cluster-scoped kind of parameters', objects.deployment, {
    paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' },
    params,
    expression,
    bindings: [{ paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } }],
  }),
  ask('a cluster-scoped kind of parameters with a namespace', objects.deployment, {
    paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' },
    params,
    expression,
    bindings: [{ paramRef: { name: 'limits', namespace: 'prod', parameterNotFoundAction: 'Deny' } }],
  }),
  ask('no paramRef', objects.deployment, { paramKind: configMap, params, expression: 'params == null' }),
  ask('no paramKind', objects.deployment, {
    params,
    expression: 'true',
    bindings: [{ paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } }],
  }),
  ask('two bindings', objects.deployment, {
    paramKind: configMap,
    params,
    expression,
    bindings: ['limits', 'wide'].map((name) => ({ paramRef: { name, parameterNotFoundAction: 'Deny' } })),
  }),
  ask('a condition on parameters', objects.deployment, {
    paramKind: configMap,
    params,
    expression,
    matchConditions: reads,
    bindings: [{ paramRef: { selector: { matchLabels: { tier: 'x' } }, parameterNotFoundAction: 'Deny' } }],
  }),
  ask('a condition on parameters that excludes', objects.deployment, {
    paramKind: configMap,
    params,
    expression,
    matchConditions: reads,
    bindings: [{ paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } }],
  }),
  ask('the namespace of a request', objects.deployment, { expression: 'request.namespace == "prod"' }),
  ask('the namespace of a request for a Namespace', objects.namespace, {
    expression: 'request.namespace == "prod" && namespaceObject == null',
  }),
  ask('the resource of a request', objects.constraints, {
    expression:
      'request.resource.resource == "securitycontextconstraints" && request.kind.group == "security.openshift.io" && !has(request.namespace)',
  }),
  ask('labels of the namespace in an expression', objects.pod, {
    expression: 'namespaceObject.metadata.labels["kubernetes.io/metadata.name"] == "prod"',
  }),
];

export const paramCases: readonly Case[] = [...ofParams, ...others];
