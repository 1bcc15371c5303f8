import { describe, expect, it } from 'vitest';
import { definitionsIn } from '../../model/definitions.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Place } from './admission.ts';
import { evaluate, loadPack } from './evaluate.ts';
import { paramOf } from './params.ts';

const group = 'apiVersion: admissionregistration.k8s.io/v1';
interface Case {
  readonly paramRef: string;
  readonly params?: readonly string[];
  readonly paramKind?: string;
  readonly more?: string;
  readonly resources?: string;
}
const configMap = (namespace: string, max: number, name = 'limits', labels = '{}') =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, ${namespace === '' ? '' : `namespace: ${namespace}, `}labels: ${labels}}, data: {max: "${max}"}}`;

function deployment(replicas: number, namespace?: string): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', ...(namespace !== undefined && { namespace }) },
    spec: { replicas },
  };
}

function ask(
  { paramRef, params = [], paramKind = 'apiVersion: v1, kind: ConfigMap', more = '', resources = 'deployments' }: Case,
  object: JsonObject,
  place: Place = {},
) {
  const text = [
    `${group}
kind: ValidatingAdmissionPolicy
metadata: {name: max}
spec:
  paramKind: {${paramKind}}
  matchConstraints: {resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE], resources: ["${resources}"]}]}
${more}  validations: [{expression: "object.?spec.?replicas.orValue(0) <= int(params.data.max)", message: too many}]`,
    `${group}
kind: ValidatingAdmissionPolicyBinding
metadata: {name: max}
spec: {policyName: max, validationActions: [Deny]${paramRef === '' ? '' : `, paramRef: {${paramRef}}`}}`,
    ...params,
  ].join('\n---\n');
  return loadPack([{ path: 'p.yaml', text }]).flatMap((policy) => evaluate(policy, object, place));
}
const statuses = (...args: Parameters<typeof ask>) => ask(...args).map(({ status }) => status);
const both = [configMap('dev', 10), configMap('prod', 3)];

describe('parameters by name', () => {
  it('are those in the namespace of the object', () => {
    expect(statuses({ paramRef: 'name: limits', params: both }, deployment(5, 'prod'))).toEqual(['fail']);
    expect(statuses({ paramRef: 'name: limits', params: both }, deployment(5, 'dev'))).toEqual(['pass']);
  });

  it('are those in the namespace of the binding', () => {
    expect(statuses({ paramRef: 'name: limits, namespace: prod', params: both }, deployment(5, 'dev'))).toEqual(['fail']);
    expect(statuses({ paramRef: 'name: limits, namespace: dev', params: both }, deployment(5, 'prod'))).toEqual(['pass']);
  });

  it.each([
    ['', 'are only in the cluster'],
    [', parameterNotFoundAction: Deny', 'without them the policy allows nothing'],
    [', parameterNotFoundAction: Allow', 'without them the policy allows everything'],
  ])('are not known if the files have none in the namespace%s', (action, message) => {
    expect(ask({ paramRef: `name: limits${action}`, params: both }, deployment(1, 'staging'))).toMatchObject([
      { status: 'indeterminate', message: expect.stringContaining(message) },
    ]);
  });

  it('are an error of the binding for a cluster-scoped object, and those of a Namespace in itself', () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } };
    expect(ask({ paramRef: 'name: limits', params: both, resources: '*' }, node)).toMatchObject([
      { status: 'error', message: 'the binding has no paramRef.namespace, and Node is cluster-scoped' },
    ]);
    expect(statuses({ paramRef: 'name: limits, namespace: dev', params: both, resources: '*' }, node)).toEqual(['pass']);
    const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod' }, spec: { replicas: 5 } };
    expect(statuses({ paramRef: 'name: limits', params: both, resources: '*' }, own)).toEqual(['fail']);
  });

  it('only count as a failure if the namespace of the object or of the parameters is left open', () => {
    const open = { paramRef: 'name: limits', params: both };
    expect(statuses(open, deployment(20))).toEqual(['fail']);
    expect(statuses(open, deployment(5))).toEqual(['indeterminate']);
    expect(ask(open, deployment(1))).toMatchObject([
      {
        status: 'indeterminate',
        message: 'the manifest has no namespace, in which ConfigMap dev/limits would be its parameters',
      },
    ]);
    const nowhere = { paramRef: 'name: limits, namespace: prod', params: [configMap('', 3)] };
    expect(statuses(nowhere, deployment(5, 'prod'))).toEqual(['fail']);
    expect(ask(nowhere, deployment(1, 'prod'))).toMatchObject([
      { status: 'indeterminate', message: 'its parameters, ConfigMap limits, have no metadata.namespace' },
    ]);
  });

  it('are ambiguous if two objects have the same name', () => {
    const twice = { paramRef: 'name: limits', params: [configMap('prod', 3), configMap('prod', 10)] };
    expect(statuses(twice, deployment(20, 'prod'))).toEqual(['fail']);
    expect(ask(twice, deployment(5, 'prod'))).toMatchObject([
      { status: 'indeterminate', message: 'there are 2 different objects named limits' },
    ]);
    const same = { paramRef: 'name: limits', params: [configMap('prod', 3), configMap('prod', 3)] };
    expect(statuses(same, deployment(2, 'prod'))).toEqual(['pass']);
  });
});

describe('parameters by selector', () => {
  const labelled = [
    configMap('prod', 3, 'a', '{tier: x}'),
    configMap('prod', 10, 'b', '{tier: x}'),
    configMap('prod', 0, 'c', '{tier: y}'),
    configMap('dev', 0, 'd', '{tier: x}'),
  ];
  it('are all objects with the labels in the namespace, and each has to allow the object', () => {
    const bySelector = { paramRef: 'selector: {matchLabels: {tier: x}}', params: labelled };
    expect(statuses(bySelector, deployment(2, 'prod'))).toEqual(['pass']);
    expect(statuses(bySelector, deployment(5, 'prod'))).toEqual(['fail', 'pass']);
    expect(statuses(bySelector, deployment(1, 'dev'))).toEqual(['fail']);
    expect(statuses(bySelector, deployment(1, 'staging'))).toEqual(['indeterminate']);
    expect(statuses({ ...bySelector, paramRef: 'selector: {}' }, deployment(2, 'prod'))).toContain('fail');
  });

  it('cannot be selected by name as well, or by neither', () => {
    expect(() => ask({ paramRef: 'name: a, selector: {}' }, deployment(1))).toThrow(/p\.yaml:.*name or selector/);
    expect(() => ask({ paramRef: 'namespace: a' }, deployment(1))).toThrow(/name or selector/);
  });
});

describe('a binding without paramRef', () => {
  it('evaluates the policy with params: null', () => {
    expect(statuses({ paramRef: '' }, deployment(1, 'prod'))).toEqual(['error']);
  });
});

describe('a condition', () => {
  const paramRef = 'name: limits';
  it('excludes an object without the parameters, if it does not read them', () => {
    const more = '  matchConditions: [{name: c, expression: "object.spec.replicas > 100"}]\n';
    expect(statuses({ paramRef, more }, deployment(1, 'prod'))).toEqual(['not-matched']);
  });

  it('excludes nothing by parameters that are not certain', () => {
    const more = '  matchConditions: [{name: c, expression: "int(params.data.max) > 100"}]\n';
    expect(statuses({ paramRef, more, params: [configMap('prod', 3)] }, deployment(1, 'prod'))).toEqual(['not-matched']);
    expect(statuses({ paramRef, more, params: [configMap('prod', 3)] }, deployment(1))).toEqual(['indeterminate']);
  });
});

describe('parameters of a custom kind', () => {
  const paramKind = 'apiVersion: example.com/v1, kind: Limit';
  const limit = (namespace?: string) =>
    `{apiVersion: example.com/v1, kind: Limit, metadata: {name: limits${namespace === undefined ? '' : `, namespace: ${namespace}`}}, data: {max: "3"}}`;
  const definitions = (scope: string) =>
    definitionsIn([
      {
        metadata: { name: 'limits.example.com' },
        spec: { group: 'example.com', scope, names: { kind: 'Limit', plural: 'limits' } },
      },
    ]);

  it('need a definition to be certain', () => {
    const asked = { paramRef: 'name: limits', paramKind, params: [limit()] };
    expect(statuses(asked, deployment(5, 'prod'))).toEqual(['fail']);
    expect(statuses(asked, deployment(1, 'prod'))).toEqual(['indeterminate']);
    expect(statuses(asked, deployment(1, 'prod'), { definitions: definitions('Cluster') })).toEqual(['pass']);
    expect(statuses({ ...asked, params: [limit('prod')] }, deployment(1, 'prod'))).toEqual(['pass']);
    expect(statuses({ ...asked, params: [limit('dev')] }, deployment(5, 'prod'))).toEqual(['indeterminate']);
  });

  it('that is cluster-scoped have no namespace in the binding', () => {
    const asked = { paramRef: 'name: limits, namespace: prod', paramKind, params: [limit()] };
    expect(statuses(asked, deployment(1, 'prod'), { definitions: definitions('Cluster') })).toEqual(['error']);
  });
});

describe('parameters that are deployed with the object', () => {
  const asked = { paramRef: 'name: limits' };
  const deployed = (max: number, accepted: boolean, environments: readonly string[] = [], namespace = 'prod') => ({
    deployedParams: [
      paramOf(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'limits', namespace }, data: { max: String(max) } },
        { environments, accepted },
      ),
    ],
  });

  it('can refuse it, and allow it only if the configuration accepts them', () => {
    expect(statuses(asked, deployment(5, 'prod'), deployed(3, false))).toEqual(['fail']);
    expect(ask(asked, deployment(1, 'prod'), deployed(3, false))).toMatchObject([
      { status: 'indeterminate', message: expect.stringContaining('the change could edit them') },
    ]);
    expect(statuses(asked, deployment(1, 'prod'), deployed(3, true))).toEqual(['pass']);
    expect(statuses(asked, deployment(1, 'dev'), deployed(3, true))).toEqual(['indeterminate']);
  });

  it('are those of the same environment', () => {
    const place = { ...deployed(3, true, ['production']), environments: ['staging'] };
    expect(statuses(asked, deployment(5, 'prod'), place)).toEqual(['indeterminate']);
    expect(statuses(asked, deployment(5, 'prod'), { ...place, environments: ['production'] })).toEqual(['fail']);
  });

  it('do not replace those in the files of policies', () => {
    const own = { ...asked, params: [configMap('prod', 3)] };
    expect(statuses(own, deployment(5, 'prod'), deployed(100, true))).toEqual(['fail']);
    expect(statuses(own, deployment(1, 'prod'), deployed(0, false))).toEqual(['pass']);
  });
});
