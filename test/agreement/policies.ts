import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';
import { parseYaml } from '../../src/yaml/yaml.ts';
import { booleanFrom, messageFrom, singles, texts } from './expressions.ts';
import type { Random } from './random.ts';

/** A policy with its binding and parameters: the objects that both sides get. */
export interface Candidate {
  readonly name: string;
  readonly policy: JsonObject;
  readonly binding: JsonObject | undefined;
  readonly params: readonly JsonObject[];
}

const root = path.join(import.meta.dirname, '../../policies');

/** Every policy of the pack, word for word. */
export function packPolicies(): readonly Candidate[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /[/\\].*\.yaml$/.test(file));
  return files.toSorted().map((file) => {
    const documents = parseYaml({ file, text: readFileSync(path.join(root, file), 'utf8') }).map(({ value }) => value);
    const objects = documents.filter(isObject);
    const policy = objects.find(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    const binding = objects.find(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
    if (policy === undefined || binding === undefined) throw new Error(`${file} holds no policy with a binding`);
    return { name: nameOf(policy), policy, binding, params: objects.filter((object) => object !== policy && object !== binding) };
  });
}

export function nameOf(object: JsonObject): string {
  return isObject(object.metadata) ? String(object.metadata.name) : '';
}

const apiVersion = 'admissionregistration.k8s.io/v1';
const variables = [
  [
    'template',
    "object.kind == 'CronJob' ? dyn(object).spec.jobTemplate.spec.template : object.kind == 'Pod' ? dyn(object) : dyn(object).spec.template",
  ],
  ['podSpec', 'variables.template.spec'],
  ['containers', 'variables.podSpec.containers'],
  ['all', 'variables.containers + variables.podSpec.?initContainers.orValue([])'],
  ['names', 'variables.all.map(c, c.name)'],
].map(([name, expression]) => ({ name: name ?? '', expression: expression ?? '' }));

function rule(apiGroups: readonly string[], resources: readonly string[], more: JsonObject = {}): JsonObject {
  return { apiGroups, apiVersions: ['v1'], operations: ['CREATE'], resources, ...more };
}
const workloads: JsonObject = {
  resourceRules: [
    rule([''], ['pods', 'replicationcontrollers']),
    rule(['apps'], ['deployments', 'statefulsets', 'daemonsets', 'replicasets']),
    rule(['batch'], ['jobs', 'cronjobs'], { operations: ['CREATE', 'UPDATE'] }),
  ],
};
const everything: JsonObject = { resourceRules: [rule(['*'], ['*'], { apiVersions: ['*'], operations: ['*'] })] };

function matchFrom(random: Random): JsonObject {
  const base = random.pick<JsonObject>([
    workloads,
    workloads,
    everything,
    { resourceRules: [rule(['', 'networking.k8s.io'], ['services', 'configmaps', 'ingresses', 'namespaces'])] },
    { resourceRules: [rule(['apps'], ['*']), rule([''], ['pods'], { resourceNames: ['web-0', 'web-1', 'api-2', 'db-4'] })] },
    { resourceRules: [rule(['*'], ['*/*'], { apiVersions: ['*'] })] },
    {
      resourceRules: [
        rule(['*'], ['pods', 'services', 'namespaces', 'jobs'], { scope: random.pick(['Namespaced', 'Cluster', '*']) }),
      ],
    },
    { resourceRules: [rule(['apps'], ['deployments'], { operations: ['UPDATE', 'DELETE'] }), rule(['batch'], ['jobs'])] },
  ]);
  return {
    ...base,
    ...(random.chance(0.3) && {
      excludeResourceRules: [
        random.pick([rule(['batch'], ['jobs', 'cronjobs']), rule(['*'], ['daemonsets']), rule([''], ['*'])]),
      ],
    }),
    ...(random.chance(0.25) && { namespaceSelector: selectorFrom(random, 'env', ['production', 'test']) }),
    ...(random.chance(0.25) && { objectSelector: selectorFrom(random, 'app', ['web', 'API', '']) }),
    ...(random.chance(0.2) && { matchPolicy: random.pick(['Exact', 'Equivalent']) }),
  };
}

function selectorFrom(random: Random, key: string, values: readonly string[]): JsonObject {
  return random.pick<JsonObject>([
    { matchLabels: { [key]: random.pick(values) } },
    { matchExpressions: [{ key, operator: 'In', values }] },
    { matchExpressions: [{ key, operator: 'NotIn', values: [random.pick(values)] }] },
    { matchExpressions: [{ key, operator: 'Exists' }] },
    {
      matchExpressions: [
        { key, operator: 'DoesNotExist' },
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['lab'] },
      ],
    },
    {},
  ]);
}

function candidate(name: string, spec: JsonObject, matchResources: JsonValue | undefined): Candidate {
  const policy = { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec };
  const binding = matchResources && {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'], matchResources },
  };
  return { name, policy, binding: isObject(binding) ? binding : undefined, params: [] };
}

/** Policies of one expression each, then `count` with all that a policy can have. */
export function policiesFrom(random: Random, count: number): readonly Candidate[] {
  return [
    ...singles.map((expression, index) =>
      candidate(
        `single-${index}`,
        {
          matchConstraints: expression.includes('object.data') || expression.includes('object.?data') ? everything : workloads,
          variables,
          validations: [{ expression }],
        },
        undefined,
      ),
    ),
    ...texts.map((messageExpression, index) =>
      candidate(
        `text-${index}`,
        {
          matchConstraints: { resourceRules: [rule([''], ['namespaces'])] },
          validations: [{ expression: "object.metadata.name != 'plain'", message: 'no text', messageExpression }],
        },
        undefined,
      ),
    ),
    ...Array.from({ length: count }, (_, index) => mixedPolicy(random, `mixed-${index}`)),
  ];
}

function mixedPolicy(random: Random, name: string): Candidate {
  const constraints = matchFrom(random);
  const spec: JsonObject = {
    ...(random.chance(0.5) && { failurePolicy: random.pick(['Fail', 'Ignore']) }),
    matchConstraints: constraints,
    variables,
    ...(random.chance(0.3) && {
      matchConditions: Array.from({ length: 1 + random.int(2) }, (_, index) => ({
        name: `m${index}`,
        expression: booleanFrom(random).replaceAll('namespaceObject', 'object'),
      })),
    }),
    validations: Array.from({ length: 1 + random.int(3) }, () => ({
      expression: booleanFrom(random),
      ...(random.chance(0.7) && { message: random.pick(['refused', ' refused ', 'Nicht erlaubt ✗']) }),
      ...(random.chance(0.5) && { messageExpression: messageFrom(random) }),
    })),
  };
  // Offline the CLI asks only the binding what it is about, where there is one: so it has the same rules as the policy.
  return candidate(name, spec, random.chance(0.3) ? constraints : undefined);
}
