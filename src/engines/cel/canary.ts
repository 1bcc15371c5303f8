import { GateError } from '../../model/gate-error.ts';
import type { JsonObject } from '../../model/json.ts';
import { withinBudget } from './budget.ts';
import { evaluate, loadPack } from './evaluate.ts';

const text = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: k8s-gate-canary }
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods] }
  variables:
    - { name: containers, expression: object.spec.containers }
  validations:
    - expression: variables.containers.all(c, !has(c.securityContext) || !c.securityContext.?privileged.orValue(false))
      message: privileged
    - expression: variables.containers.all(c, c.image.matches('^registry[.]example/'))
      message: registry
    - expression: has(variables.containers.name)
      message: shape
`;

function pod(container: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'k8s-gate-canary' }, spec: { containers: [container] } };
}
const bad = pod({ name: 'a', image: 'elsewhere.example/a', securityContext: { privileged: true } });
const good = pod({ name: 'a', image: 'registry.example/a', securityContext: {} });

/**
 * Planted in each run: a pod that has to be refused, one that has to pass, and a question that has to be an error. A library
 * update that changes any of these answers, or evaluates without counting, ends the run. Throws ENGINE_COVERAGE.
 */
export function requireCanary(policyText = text): void {
  const answers = loadPack([{ path: 'canary', text: policyText }]).map((policy) => [
    ...[bad, good].map((object) => evaluate(policy, object).map((result) => result.status)),
    withinBudget(() => evaluate(policy, good).map((result) => result.tooCostly), 10).value,
  ]);
  if (JSON.stringify(answers) === '[[["fail","fail","error"],["pass","pass","error"],[true,true,true]]]') return;
  throw new GateError('ENGINE_COVERAGE', {
    message: `the planted pods were judged wrongly: ${JSON.stringify(answers)}`,
    expected: 'the bad one to be refused, the good one to pass, and to be stopped where that costs too much',
    next: 'Report it with the debug log: nothing may pass unseen.',
  });
}
