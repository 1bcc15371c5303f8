import type { FieldPath } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Admission, admissionOf, type Place } from './admission.ts';
import { Budget, TooCostly } from './budget.ts';
import { type Program, reasonOf } from './compiler.ts';
import { fieldOf } from './fields.ts';
import { type Match, matches } from './match.ts';
import type { CelBinding, CelPolicy, CelValidation } from './policy.ts';
import type { CelValue } from './values.ts';
import { Indeterminate, VariableMap } from './variables.ts';

/**
 * Evaluates ValidatingAdmissionPolicies in process, as if the object were being created:
 *
 *   const [policy] = loadPack([{ path: 'policies/images/x.yaml', text }]);
 *   const results = evaluate(policy, object, { namespaces });
 *
 * One result for each validation and binding, or a single `not-matched`. `error` and `indeterminate` are never a pass.
 */
export { loadPack } from './load.ts';
export type { CelPolicy } from './policy.ts';

export type CelStatus = 'pass' | 'fail' | 'error' | 'indeterminate' | 'not-matched';
export interface CelResult {
  readonly status: CelStatus;
  /** fail: the policy's message. error and indeterminate: why. Otherwise empty. */
  readonly message: string;
  readonly policy: string;
  /** Index in spec.validations; absent where the policy as a whole has the result. */
  readonly validation?: number;
  readonly reason?: string;
  /** The field that fails; empty: the object. */
  readonly path: FieldPath;
  /** An error of the budget. `failurePolicy: Ignore` does not apply to it, since the change decides how long its lists are. */
  readonly tooCostly?: true;
  /** What the binding does with a failure. */
  readonly actions: readonly string[];
}

/** A policy without a binding is evaluated as if it were bound to everything with Deny, never skipped. */
const unbound: CelBinding = { name: '', actions: ['Deny'], celParams: null };

export function evaluate(policy: CelPolicy, object: JsonObject, place: Place = {}, budget = new Budget()): readonly CelResult[] {
  return answer(policy, admissionOf(object, place), budget);
}

/** Like evaluate, for several policies and one object. The budget is for all bindings of the policy. */
export function answer(policy: CelPolicy, admission: Admission, budget = new Budget()): readonly CelResult[] {
  const [only = unbound, ...others] = policy.bindings;
  if (others.length === 0) return evaluateBinding(policy, only, admission, budget);
  const results = policy.bindings.flatMap((binding) => evaluateBinding(policy, binding, admission, budget));
  const matched = results.filter((result) => result.status !== 'not-matched');
  return matched.length > 0 ? distinct(matched) : results.slice(0, 1);
}

function evaluateBinding(policy: CelPolicy, binding: CelBinding, admission: Admission, budget: Budget): readonly CelResult[] {
  const whole = (status: CelStatus, message: string, tooCostly?: true): readonly CelResult[] => [
    { status, message, policy: policy.name, path: [], actions: binding.actions, ...(tooCostly && { tooCostly }) },
  ];
  const match = both(
    matches(policy.spec.matchConstraints, admission),
    binding.matchResources ? matches(binding.matchResources, admission) : 'yes',
  );
  if (match === 'no') return whole('not-matched', '');
  const root = new Root(policy, binding, admission, budget);
  let unsure: Outcome | undefined;
  for (const condition of policy.matchConditions) {
    const outcome = run(condition.program, root);
    if (outcome.status === 'fail') return whole('not-matched', '');
    if (outcome.status !== 'pass') unsure ??= { ...outcome, message: `match condition ${condition.name}: ${outcome.message}` };
  }
  if (unsure !== undefined) return whole(unsure.status, unsure.message, unsure.tooCostly);
  if (match !== 'yes') return whole('indeterminate', match.unknown);
  if (policy.spec.paramKind && binding.params === undefined) {
    const allowed = binding.paramRef?.parameterNotFoundAction === 'Allow' ? ' (without them the policy allows everything)' : '';
    return whole('indeterminate', `its parameters are only in the cluster${allowed}`);
  }
  return policy.validations.map((validation, index) => {
    const { status, message, tooCostly } = run(validation.program, root);
    const text = status === 'fail' ? messageOf(validation, root) : message;
    return {
      status,
      message: text,
      policy: policy.name,
      validation: index,
      ...(validation.reason !== undefined && { reason: validation.reason }),
      path: status === 'fail' ? fieldOf(text, policy.notes.field, admission.object) : [],
      actions: binding.actions,
      ...(tooCostly && { tooCostly }),
    };
  });
}

interface Outcome {
  readonly status: Exclude<CelStatus, 'not-matched'>;
  readonly message: string;
  readonly tooCostly?: true;
}
const passed: Outcome = { status: 'pass', message: '' };
const failed: Outcome = { status: 'fail', message: '' };

function run(program: Program, root: Root): Outcome {
  if (program.needs !== undefined) return { status: 'indeterminate', message: program.needs };
  try {
    const value = program.run(root, root.budget);
    if (typeof value === 'boolean') return value ? passed : failed;
    return { status: 'error', message: `${excerpt(program)} is neither true nor false` };
  } catch (thrown) {
    if (thrown instanceof Indeterminate) return { status: 'indeterminate', message: thrown.message };
    const message = `${excerpt(program)}: ${reasonOf(thrown)}`;
    return { status: 'error', message, ...(thrown instanceof TooCostly && { tooCostly: true }) };
  }
}

function excerpt(program: Program): string {
  const text = program.expression.replaceAll(/\s+/g, ' ').trim();
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** Like the API server: if the message expression fails, or does not give a single short line, the message is used. */
function messageOf(validation: CelValidation, root: Root): string {
  const fallback = validation.message?.trim() || `failed expression: ${excerpt(validation.program)}`;
  if (validation.messageProgram === undefined || validation.messageProgram.needs !== undefined) return fallback;
  try {
    const text = validation.messageProgram.run(root, root.budget);
    const usable = typeof text === 'string' && text.trim() !== '' && !text.trim().includes('\n') && text.length <= 5_120;
    return usable ? text.trim() : fallback;
  } catch {
    return fallback;
  }
}

/** What expressions can read by name. */
class Root {
  readonly object: CelValue;
  readonly oldObject = null;
  readonly request: CelValue;
  readonly params: CelValue;
  readonly variables: VariableMap;
  readonly budget: Budget;
  readonly #admission: Admission;

  constructor(policy: CelPolicy, binding: CelBinding, admission: Admission, budget: Budget) {
    const { object, request } = admission.inputs();
    this.object = object;
    this.request = request;
    this.params = binding.celParams;
    this.budget = budget;
    this.#admission = admission;
    this.variables = new VariableMap(policy.variables, admission.variables, this, budget);
  }

  get namespaceObject(): CelValue {
    const { namespaceObject } = this.#admission.inputs();
    if (namespaceObject !== undefined) return namespaceObject;
    throw new Indeterminate(`the namespace ${this.#admission.namespace} is known only to a cluster`);
  }
}

function both(left: Match, right: Match): Match {
  if (left === 'no' || right === 'no') return 'no';
  return left === 'yes' ? right : left;
}

function distinct(results: readonly CelResult[]): readonly CelResult[] {
  return [
    ...new Map(results.map((result) => [JSON.stringify([result.validation, result.status, result.message]), result])).values(),
  ];
}
