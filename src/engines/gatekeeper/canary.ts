import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../model/json.ts';

/**
 * Planted in each run: an object that a planted Constraint must reject, in each language that is used. The Rego one also reports how many
 * objects gator has loaded, which shows that it dropped none.
 */
export interface Canary {
  readonly name: string;
  readonly object: JsonObject;
  readonly templates: readonly JsonObject[];
  readonly constraints: readonly JsonObject[];
  /** Name of a planted Constraint -> its message for the planted object. */
  expected(objects: number): ReadonlyMap<string, string>;
}

/** @param cel Whether a template contains CEL. */
export function plantCanary(cel: boolean): Canary {
  const secret = randomBytes(12).toString('hex');
  const name = `k8s-gate-canary-${secret}`;
  const kinds = [`K8sGateRego${secret}`, ...(cel ? [`K8sGateCel${secret}`] : [])];
  return {
    name,
    object: { apiVersion: 'k8s-gate.invalid/v1', kind: 'Canary', metadata: { name, namespace: name, uid: name } },
    templates: kinds.map((kind, index) => template(kind, index === 0 ? rego(name) : native(name))),
    constraints: kinds.map((kind) => ({
      apiVersion: 'constraints.gatekeeper.sh/v1beta1',
      kind,
      metadata: { name: kind.toLowerCase() },
      spec: { enforcementAction: 'deny' },
    })),
    expected: (objects) =>
      new Map(kinds.map((kind, index) => [kind.toLowerCase(), index === 0 ? `planted among ${objects}` : 'planted'])),
  };
}

function template(kind: string, code: JsonObject): JsonObject {
  return {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: { name: kind.toLowerCase() },
    spec: { crd: { spec: { names: { kind } } }, targets: [{ target: 'admission.k8s.gatekeeper.sh', code: [code] }] },
  };
}

function rego(name: string): JsonObject {
  const lines = [
    'package k8sgatecanary',
    'violation[{"msg": msg}] {',
    `  input.review.object.metadata.name == ${JSON.stringify(name)}`,
    '  namespaced := count([1 | data.inventory.namespace[_][_][_][_]])',
    '  cluster := count([1 | data.inventory.cluster[_][_][_]])',
    '  msg := sprintf("planted among %v", [namespaced + cluster])',
    '}',
  ];
  return { engine: 'Rego', source: { rego: lines.join('\n') } };
}

function native(name: string): JsonObject {
  const expression = `!has(object.metadata) || !has(object.metadata.name) || object.metadata.name != '${name}'`;
  return { engine: 'K8sNativeValidation', source: { validations: [{ expression, message: 'planted' }] } };
}
