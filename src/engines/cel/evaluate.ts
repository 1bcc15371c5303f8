import type { FieldPath } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Admission, admissionOf, type Place } from './admission.ts';
import { Budget, TooCostly } from './budget.ts';
import { type Program, reasonOf } from './compiler.ts';
import { fieldOf } from './fields.ts';
import { allOf, type Match, matches } from './match.ts';
import { collectParams } from './params.ts';
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
export const unbound: CelBinding = { name: '', actions: ['Deny'], params: [] };

export function evaluate(policy: CelPolicy, object: JsonObject, place: Place = {}, budget = new Budget()): readonly CelResult[] {
  return answer(policy, admissionOf(object, place), budget);
}

/** Like evaluate, for several policies and one object. The budget is for all bindings of the policy and their parameters. */
export function answer(policy: CelPolicy, admission: Admission, budget = new Budget()): readonly CelResult[] {
  const { bindings } = policy;
  const [only = unbound] = bindings;
  if (bindings.length < 2) return evaluateBinding(policy, only, admission, budget);
  return matchedOf(bindings.flatMap((binding) => evaluateBinding(policy, binding, admission, budget)));
}

function evaluateBinding(policy: CelPolicy, binding: CelBinding, admission: Admission, budget: Budget): readonly CelResult[] {
  const match = allOf(
    matches(policy.spec.matchConstraints, admission),
    binding.matchResources ? matches(binding.matchResources, admission) : 'yes',
  );
  const whole = (status: CelStatus, message: string) => [wholeResult(policy, binding, { status, message })];
  if (match === 'no') return whole('not-matched', '');
  const collected = collectParams(policy.spec.paramKind, binding, admission);
  const evaluated = (cel: CelValue) => evaluateParams(policy, binding, new Root(policy, cel, admission, budget), match);
  // A condition that does not read the parameters may exclude the object without them.
  if (!('params' in collected)) {
    const [first] = readsParams(policy) ? [] : evaluated(null);
    if (first?.status === 'not-matched') return [first];
    return 'error' in collected ? whole('error', collected.error) : whole('indeterminate', collected.unknown);
  }
  const [only, ...others] = collected.params;
  if (only !== undefined && only.doubt === undefined && others.length === 0) return evaluated(only.cel);
  const byParams = collected.params.map(({ cel, doubt }) =>
    evaluated(cel).map((result) => (doubt === undefined || isSettled(result, policy) ? result : doubted(result, doubt))),
  );
  return collected.oneOf ? common(policy, binding, byParams) : matchedOf(byParams.flat());
}

/** Whether all match conditions hold: `fail` if one does not, whatever the others are. */
export function conditionsHold({ matchConditions }: Matching, root: Root): Outcome {
  let unsure: Outcome | undefined;
  for (const condition of matchConditions) {
    const outcome = run(condition.program, root);
    if (outcome.status === 'fail') return failed;
    if (outcome.status !== 'pass') unsure ??= { ...outcome, message: `match condition ${condition.name}: ${outcome.message}` };
  }
  return unsure ?? passed;
}

/** The results for one parameter object. */
function evaluateParams(policy: CelPolicy, binding: CelBinding, root: Root, match: Exclude<Match, 'no'>): readonly CelResult[] {
  const whole = (outcome: Pick<CelResult, 'status' | 'message'>) => [wholeResult(policy, binding, outcome)];
  const outcome = conditionsHold(policy, root);
  if (outcome.status === 'fail') return whole({ status: 'not-matched', message: '' });
  if (outcome.status !== 'pass') return whole(outcome);
  if (match !== 'yes' && 'unknown' in match) return whole({ status: 'indeterminate', message: match.unknown });
  const results = policy.validations.map((validation, index) => validated(policy, binding, validation, index, root));
  return match === 'yes' ? results : results.map((result) => doubted(result, match.doubt));
}

function validated(policy: CelPolicy, { actions }: CelBinding, validation: CelValidation, index: number, root: Root): CelResult {
  const { status, message, tooCostly } = run(validation.program, root);
  const text = status === 'fail' ? messageOf(validation, root) : message;
  const path = status === 'fail' ? fieldOf(text, policy.notes.field, root.admission.object) : [];
  const result: CelResult = { status, message: text, policy: policy.name, validation: index, path, actions };
  // Nearly all have neither, and spreading them takes longer than the rest.
  if (validation.reason === undefined && tooCostly === undefined) return result;
  return {
    ...result,
    ...(validation.reason !== undefined && { reason: validation.reason }),
    ...(tooCostly && { tooCostly }),
  };
}

function wholeResult(
  policy: CelPolicy,
  { actions }: CelBinding,
  outcome: Pick<CelResult, 'status' | 'message' | 'tooCostly'>,
): CelResult {
  const { status, message, tooCostly } = outcome;
  return { status, message, policy: policy.name, path: [], actions, ...(tooCostly && { tooCostly }) };
}

/** Only a failure counts if an API server might have evaluated something else. */
function doubted(result: CelResult, doubt: string): CelResult {
  return result.status === 'fail' || result.tooCostly ? result : { ...result, status: 'indeterminate', message: doubt };
}

/** Whether it is the same with other parameters. */
function isSettled({ status }: CelResult, policy: CelPolicy): boolean {
  return status === 'not-matched' && !readsParams(policy);
}

export function readsParams({ matchConditions, variables }: Matching): boolean {
  const texts = matchConditions.map(({ program }) => program.expression);
  const isRead = (text: string) => text.includes('params');
  return (
    texts.some(isRead) ||
    (texts.some((text) => text.includes('variables')) &&
      [...variables.values()].some(({ program }) => isRead(program.expression)))
  );
}

/** What is the same for each of several objects, of which one is the parameters. */
function common(policy: CelPolicy, binding: CelBinding, alternatives: readonly (readonly CelResult[])[]): readonly CelResult[] {
  const [first = [], ...others] = alternatives;
  const unsettled = first.find(({ status }) => status === 'indeterminate') ?? first[0];
  if (others.some((other) => other.length !== first.length))
    return [wholeResult(policy, binding, { status: 'indeterminate', message: unsettled?.message ?? '' })];
  return first.map((result, index) => {
    const differing = [result, ...others.flatMap((other) => other[index] ?? [])].find(({ status }) => status !== result.status);
    const [doubt] = [result, differing].filter((one) => one?.status === 'indeterminate');
    return differing === undefined ? result : { ...result, status: 'indeterminate', path: [], message: doubt?.message ?? '' };
  });
}

/** If one matched, only those that did; otherwise one of them. */
function matchedOf(results: readonly CelResult[]): readonly CelResult[] {
  const matched = results.filter(({ status }) => status !== 'not-matched');
  return matched.length > 0 ? distinct(matched) : results.slice(0, 1);
}

/** What decides whether a policy of any kind matches. */
type Matching = Pick<CelPolicy, 'matchConditions' | 'variables'>;

export interface Outcome {
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

export function excerpt(program: Program): string {
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
export class Root {
  readonly object: CelValue;
  readonly oldObject = null;
  readonly request: CelValue;
  readonly params: CelValue;
  readonly variables: VariableMap;
  readonly budget: Budget;
  readonly admission: Admission;

  constructor(policy: Pick<CelPolicy, 'variables'>, params: CelValue, admission: Admission, budget: Budget) {
    const { object, request } = admission.inputs();
    this.object = object;
    this.request = request;
    this.params = params;
    this.budget = budget;
    this.admission = admission;
    this.variables = new VariableMap(policy.variables, admission.variables, this, budget);
  }

  get namespaceObject(): CelValue {
    const { namespaceObject } = this.admission.inputs();
    if (namespaceObject !== undefined) return namespaceObject;
    throw new Indeterminate(`the namespace ${this.admission.namespace} is known only to a cluster`);
  }
}

function distinct(results: readonly CelResult[]): readonly CelResult[] {
  return [
    ...new Map(results.map((result) => [JSON.stringify([result.validation, result.status, result.message]), result])).values(),
  ];
}
