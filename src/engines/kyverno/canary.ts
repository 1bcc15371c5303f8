import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../model/json.ts';

/**
 * Planted in each run. `refused`: a resource that must fail, by a rule and by a CEL policy, to detect an evaluator that lost its policies.
 * `seen`: a rule that passes for everything, to detect dropped resources.
 */
export interface Canary {
  readonly name: string;
  readonly resource: JsonObject;
  readonly policies: Readonly<Record<string, JsonObject>>;
}
export const canaryPolicy = 'k8s-gate-canary';
export const celCanaryPolicy = 'k8s-gate-canary-cel';
export const mutatingCanaryPolicy = 'k8s-gate-canary-mutate';
export const canaryAnnotation = 'k8s-gate-canary';
export const seenRule = 'seen';
export const refusedRule = 'refused';

export function plantCanary(): Canary {
  const name = `k8s-gate-canary-${randomBytes(12).toString('hex')}`;
  const itself = { any: [{ resources: { kinds: ['ConfigMap'], names: [name] } }] };
  return {
    name,
    resource: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } },
    policies: {
      [canaryPolicy]: rules(canaryPolicy, [
        {
          name: seenRule,
          match: { any: [{ resources: { kinds: ['*'] } }] },
          validate: {
            failureAction: 'Audit',
            message: 'seen',
            deny: { conditions: { any: [{ key: 'a', operator: 'Equals', value: 'b' }] } },
          },
        },
        { name: refusedRule, match: itself, validate: { failureAction: 'Audit', message: 'refused', deny: {} } },
      ]),
      [celCanaryPolicy]: {
        apiVersion: 'policies.kyverno.io/v1',
        kind: 'ValidatingPolicy',
        metadata: { name: celCanaryPolicy },
        spec: {
          validationActions: ['Audit'],
          matchConstraints: {
            resourceRules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
            ],
          },
          validations: [{ expression: `object.metadata.name != '${name}'`, message: 'refused' }],
        },
      },
      [mutatingCanaryPolicy]: rules(mutatingCanaryPolicy, [
        {
          name: 'planted',
          match: itself,
          mutate: { patchStrategicMerge: { metadata: { annotations: { [canaryAnnotation]: name } } } },
        },
      ]),
    },
  };
}

/** `background: false`: otherwise Kyverno does not allow the kind `*`. */
function rules(name: string, list: readonly JsonObject[]): JsonObject {
  return { apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', metadata: { name }, spec: { background: false, rules: list } };
}
