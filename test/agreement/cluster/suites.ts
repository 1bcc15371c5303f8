import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { apiResource } from '../../../src/engines/cel/kinds.ts';
import { objectsAt, valueAt } from '../../../src/model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../src/model/json.ts';
import { admission, filesBelow, isSubject, objectsIn, type Published, policyOf, question } from './published.ts';

export interface Suite {
  readonly title: string;
  /** The folder of its clone: owner__name. */
  readonly folder: string;
  read(folder: string): readonly Published[];
}

const anything = { resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] }] };

const testsSchema = z.array(
  z.object({
    name: z.string(),
    template: z.string(),
    expected: z.enum(['pass', 'fail', 'warn']),
    field_change_list: z.array(z.string()).default([]),
    binding_template: z.string().default('policy-binding.yaml'),
    param_template: z.string().default('default-control-configuration.yaml'),
  }),
);

function kubescape(folder: string): readonly Published[] {
  const at = (name: string) => objectsIn(path.join(folder, 'test-resources', name))[0] ?? {};
  const configuration = {
    group: 'kubescape.io',
    version: 'v1',
    kind: 'ControlConfiguration',
    plural: 'controlconfigurations',
    namespaced: false,
  };
  return filesBelow(path.join(folder, 'controls'), (file) => file.endsWith('tests.json')).flatMap((file) => {
    const policy = objectsIn(path.join(path.dirname(file), 'policy.yaml'))[0] ?? {};
    const name = String(valueAt(policy, ['metadata', 'name']));
    const changed = (object: JsonObject, changes: readonly string[]) => changes.reduce(changeField, object);
    return testsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).map((test) =>
      question({
        name: `${name}: ${test.name}`,
        policy,
        object: changed(at(test.template), test.field_change_list),
        binding: changed(at(test.binding_template), [`spec.policyName=${name}`, `spec.paramRef.name=${name}-params`]),
        params: [changed(at(test.param_template), [`metadata.name=${name}-params`])],
        served: [configuration],
        expected: test.expected === 'pass' ? 'pass' : 'fail',
      }),
    );
  });
}

/** `spec.containers.[0].image=value`, as scripts/change-yaml-field.py of the suite. */
function changeField(object: JsonObject, change: string): JsonObject {
  const equals = change.indexOf('=');
  const steps = change
    .slice(0, equals)
    .split('.')
    .map((step) => (/^\[\d+\]$/.test(step) ? Number(step.slice(1, -1)) : step));
  const text = change.slice(equals + 1);
  const set = (value: JsonValue | undefined, [step, ...rest]: readonly (string | number)[]): JsonValue => {
    if (step === undefined) return parsed(text);
    if (typeof step === 'string')
      return { ...(isObject(value) ? value : {}), [step]: set(isObject(value) ? value[step] : undefined, rest) };
    const list = isArray(value) ? [...value] : [];
    while (list.length <= step) list.push(null);
    list[step] = set(list[step], rest);
    return list;
  };
  const whole = set(object, steps);
  return isObject(whole) ? whole : object;
}

function parsed(text: string): JsonValue {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Gatekeeper's own variables: https://open-policy-agent.github.io/gatekeeper/website/docs/validating-admission-policy */
const gatekeeperVariables = [
  { name: 'params', expression: '!has(params.spec) ? null : !has(params.spec.parameters) ? null: params.spec.parameters' },
  {
    name: 'anyObject',
    expression: 'has(request.operation) && request.operation == "DELETE" && object == null ? oldObject : object',
  },
];

function gatekeeper(folder: string): readonly Published[] {
  return filesBelow(path.join(folder, 'library'), (file) => file.endsWith('suite.yaml')).flatMap((file) => {
    const inFolder = (name: JsonValue | undefined) => path.join(path.dirname(file), String(name));
    return objectsAt(objectsIn(file)[0], 'tests').flatMap((test) => {
      const [template] = objectsIn(inFolder(test.template));
      const source = objectsAt(objectsAt(template, 'spec', 'targets')[0], 'code').find(
        ({ engine }) => engine === 'K8sNativeValidation',
      )?.source;
      if (!isObject(source)) return [];
      const [constraint = {}] = objectsIn(inFolder(test.constraint));
      const { kind, apiVersion } = constraint;
      const { variables = [], matchConditions = [], validations = [] } = source;
      const policy = policyOf(String(valueAt(template, ['metadata', 'name'])), {
        paramKind: { apiVersion: String(apiVersion), kind: String(kind) },
        matchConstraints: anything,
        matchConditions,
        variables: [...gatekeeperVariables, ...(isArray(variables) ? variables : [])],
        validations,
      });
      const params = { ...constraint, metadata: { name: 'c' } };
      const spec = {
        policyName: valueAt(policy, ['metadata', 'name']) ?? '',
        validationActions: ['Deny'],
        paramRef: { name: 'c', parameterNotFoundAction: 'Deny' },
      };
      const binding = { apiVersion: admission, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'b' }, spec };
      const served = [
        {
          group: 'constraints.gatekeeper.sh',
          version: 'v1beta1',
          kind: String(kind),
          plural: String(kind).toLowerCase(),
          namespaced: false,
        },
      ];
      return objectsAt(test, 'cases').flatMap((one) => {
        const [object] = objectsIn(inFolder(one.object));
        if (object === undefined || object.kind === 'AdmissionReview') return [];
        const violations = objectsAt(one, 'assertions').map((assertion) => assertion.violations);
        const expected = violations.some((count) => count === 'no' || count === false || count === 0) ? 'pass' : 'fail';
        return [
          question({
            name: `${String(test.name)}: ${String(one.name)}`,
            policy,
            object,
            binding,
            params: [params],
            served,
            expected,
          }),
        ];
      });
    });
  });
}

/** Kyverno's policies in CEL as an API server has them, each asked about every object of its own tests. */
function kyverno(isFolder: RegExp, toPolicies: (object: JsonObject) => readonly JsonObject[]) {
  return (folder: string): readonly Published[] =>
    filesBelow(
      folder,
      (file) => isFolder.test(file) && /\.ya?ml$/.test(file) && !/\.(?:kyverno|chainsaw)-test|artifacthub/.test(file),
    ).flatMap((file) => {
      const policies = objectsIn(file).flatMap(toPolicies);
      if (policies.length === 0) return [];
      const tests = filesBelow(path.dirname(file), (test) => /\.(?:kyverno|chainsaw)-test/.test(test) && /\.ya?ml$/.test(test));
      const objects = tests
        .flatMap(objectsIn)
        .filter((object) => isSubject(object) && valueAt(object, ['metadata', 'name']) !== undefined);
      return policies.flatMap((policy) =>
        objects.map((object) =>
          question({ name: `${path.relative(folder, file)}: ${String(valueAt(object, ['metadata', 'name']))}`, policy, object }),
        ),
      );
    });
}

function ofClusterPolicy({ kind, metadata, spec }: JsonObject): readonly JsonObject[] {
  if (kind !== 'ClusterPolicy') return [];
  return objectsAt(spec, 'rules').flatMap((rule, index) => {
    const cel = valueAt(rule, ['validate', 'cel']);
    if (!isObject(cel) || cel.paramKind !== undefined) return [];
    const { expressions = [], variables = [] } = cel;
    const { celPreconditions: matchConditions = [] } = rule;
    const kinds = [valueAt(rule, ['match']), ...objectsAt(rule, 'match', 'any'), ...objectsAt(rule, 'match', 'all')].flatMap(
      (match) => {
        const found = valueAt(match, ['resources', 'kinds']);
        return isArray(found) ? found.map(String) : [];
      },
    );
    const resources = kinds.flatMap((one) => apiResource('v1', one.split('/').at(-1) ?? one).plurals);
    const matchConstraints = {
      resourceRules: [
        { apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: kinds.includes('*') ? ['*'] : resources },
      ],
    };
    return [
      policyOf(`${String(valueAt(metadata, ['name']))}-${index}`, {
        matchConstraints,
        matchConditions,
        variables,
        validations: expressions,
      }),
    ];
  });
}

function ofValidatingPolicy({ kind, metadata, spec }: JsonObject): readonly JsonObject[] {
  if (kind !== 'ValidatingPolicy' || !isObject(spec)) return [];
  const { matchConstraints = anything, matchConditions = [], variables = [], validations = [] } = spec;
  return [policyOf(String(valueAt(metadata, ['name'])), { matchConstraints, matchConditions, variables, validations })];
}

export const suites: readonly Suite[] = [
  { title: 'kubescape/cel-admission-library', folder: 'kubescape__cel-admission-library', read: kubescape },
  { title: 'gatekeeper-library, K8sNativeValidation', folder: 'open-policy-agent__gatekeeper-library', read: gatekeeper },
  { title: 'kyverno/policies, `*-cel`', folder: 'kyverno__policies', read: kyverno(/^[\w-]+-cel\//, ofClusterPolicy) },
  { title: 'kyverno/policies, `*-vpol`', folder: 'kyverno__policies', read: kyverno(/^[\w-]+-vpol\//, ofValidatingPolicy) },
];
