import { GateError } from '../../model/gate-error.ts';
import type { JsonObject } from '../../model/json.ts';
import { memoize } from '../../model/memoize.ts';
import { Budget } from './budget.ts';
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

const canaryOf = memoize((policy) => loadPack([{ path: 'canary', text: policy }]));

/**
 * Evaluated in each run: a pod that must be rejected, one that must pass, and an expression that must be an error. A library update that
 * changes any of these results, or evaluates without counting steps, ends the run. Throws ENGINE_COVERAGE.
 */
export function requireCanary(policyText = text): void {
  const answers = canaryOf(policyText).map((policy) => [
    ...[bad, good].map((object) => evaluate(policy, object).map((result) => result.status)),
    evaluate(policy, good, {}, new Budget(10)).map((result) => result.tooCostly),
  ]);
  if (JSON.stringify(answers) === '[[["fail","fail","error"],["pass","pass","error"],[true,true,true]]]') return;
  throw new GateError('ENGINE_COVERAGE', {
    message: `the planted pods were evaluated wrongly: ${JSON.stringify(answers)}`,
    expected: 'the known-bad pod to be rejected, the known-good one accepted, and an over-budget expression stopped',
    next: 'Report this as a bug with the debug log: no manifest may pass without being evaluated.',
  });
}
