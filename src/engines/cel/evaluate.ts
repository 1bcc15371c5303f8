import type { FieldPath } from '../../model/field-path.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { TooCostly, withinBudget } from './budget.ts';
import { type Program, reasonOf } from './environment.ts';
import { fieldOf } from './fields.ts';
import { type Match, matches } from './match.ts';
import type { CelBinding, CelPolicy, CelValidation } from './policy.ts';
import { type Place, type Question, questionAbout } from './question.ts';
import { type CelValue, toCel } from './values.ts';
import { Indeterminate, variablesFor } from './variables.ts';

/**
 * Evaluates ValidatingAdmissionPolicies in process, as if the object were being created:
 *
 *   const [policy] = loadPack([{ path: 'policies/images/x.yaml', text }]);
 *   const results = evaluate(policy, object, { namespaces, params: { allowed: 'registry.example/' } });
 *
 * One result for each validation and binding, or a single `not-matched`. `error` and `indeterminate` are never a pass.
 */
export { loadPack } from './load.ts';
export type { CelPolicy } from './policy.ts';

/** Values of configuration by key. */
export type Params = Readonly<Record<string, string>>;
export interface CelContext extends Place {
  /** Replaces keys of the parameter object's `data`. */
  readonly params?: Params;
}

export type CelStatus = 'pass' | 'fail' | 'error' | 'indeterminate' | 'not-matched';
export interface CelResult {
  readonly status: CelStatus;
  /** fail: the policy's message. error and indeterminate: why. Otherwise empty. */
  readonly message: string;
  readonly policy: string;
  /** Index in spec.validations; absent where the policy as a whole has the result. */
  readonly validation?: number;
  readonly reason?: string;
  /** The field that it is about; empty: the object. */
  readonly path: FieldPath;
  /** An error, and of the budget: an author's `failurePolicy: Ignore` says nothing of it, since the change chose how long its lists are. */
  readonly tooCostly?: true;
  /** What the binding does with a failure. */
  readonly actions: readonly string[];
}

/** A policy without binding is judged as if it were bound to everything with Deny: it is never left out. */
const unbound: CelBinding = { name: '', actions: ['Deny'] };

export function evaluate(policy: CelPolicy, object: JsonObject, context: CelContext = {}): readonly CelResult[] {
  return answer(policy, questionAbout(object, context), context.params);
}

/** As evaluate, where several policies are asked about one object. */
export function answer(policy: CelPolicy, question: Question, params: Params = noParams): readonly CelResult[] {
  return withinBudget(() => evaluateBindings(policy, question, params)).value;
}

function evaluateBindings(policy: CelPolicy, question: Question, params: Params): readonly CelResult[] {
  const [only = unbound, ...others] = policy.bindings;
  if (others.length === 0) return evaluateBinding(policy, only, question, params);
  const results = policy.bindings.flatMap((binding) => evaluateBinding(policy, binding, question, params));
  const matched = results.filter((result) => result.status !== 'not-matched');
  return matched.length > 0 ? distinct(matched) : results.slice(0, 1);
}

function evaluateBinding(policy: CelPolicy, binding: CelBinding, question: Question, params: Params): readonly CelResult[] {
  const whole = (status: CelStatus, message: string, tooCostly?: true): readonly CelResult[] => [
    { status, message, policy: policy.name, path: [], actions: binding.actions, ...(tooCostly && { tooCostly }) },
  ];
  const match = both(
    matches(policy.spec.matchConstraints, question),
    binding.matchResources ? matches(binding.matchResources, question) : 'yes',
  );
  if (match === 'no') return whole('not-matched', '');
  const root = new Root(policy, binding, question, params);
  let unsure: Answer | undefined;
  for (const condition of policy.matchConditions) {
    const answer = ask(condition.program, root);
    if (answer.status === 'fail') return whole('not-matched', '');
    if (answer.status !== 'pass') unsure ??= { ...answer, message: `match condition ${condition.name}: ${answer.message}` };
  }
  if (unsure !== undefined) return whole(unsure.status, unsure.message, unsure.tooCostly);
  if (match !== 'yes') return whole('indeterminate', match.unknown);
  if (policy.spec.paramKind && binding.params === undefined) {
    const allowed = binding.paramRef?.parameterNotFoundAction === 'Allow' ? ' (where there are none the policy allows all)' : '';
    return whole('indeterminate', `its parameters are only in the cluster${allowed}`);
  }
  return policy.validations.map((validation, index) => {
    const { status, message, tooCostly } = ask(validation.program, root);
    const text = status === 'fail' ? messageOf(validation, root) : message;
    return {
      status,
      message: text,
      policy: policy.name,
      validation: index,
      ...(validation.reason !== undefined && { reason: validation.reason }),
      path: status === 'fail' ? fieldOf(text, policy.notes.field, question.object) : [],
      actions: binding.actions,
      ...(tooCostly && { tooCostly }),
    };
  });
}

interface Answer {
  readonly status: Exclude<CelStatus, 'not-matched'>;
  readonly message: string;
  readonly tooCostly?: true;
}

function ask(program: Program, root: Root): Answer {
  if (program.needs !== undefined) return { status: 'indeterminate', message: program.needs };
  try {
    const value = program.run(root);
    if (value === true) return { status: 'pass', message: '' };
    if (value === false) return { status: 'fail', message: '' };
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

/** The API server's rule: a message expression that fails, or gives no single short line, gives way to the message. */
function messageOf(validation: CelValidation, root: Root): string {
  const fallback = validation.message?.trim() || `failed expression: ${excerpt(validation.program)}`;
  if (validation.messageProgram === undefined || validation.messageProgram.needs !== undefined) return fallback;
  try {
    const text = validation.messageProgram.run(root);
    const usable = typeof text === 'string' && text.trim() !== '' && !text.trim().includes('\n') && text.length <= 5_120;
    return usable ? text.trim() : fallback;
  } catch {
    return fallback;
  }
}

/** What expressions see; what is not known throws when it is read. */
class Root {
  readonly object: CelValue;
  readonly oldObject = null;
  readonly request: CelValue;
  readonly params: CelValue;
  readonly variables: object;
  readonly #question: Question;

  constructor(policy: CelPolicy, binding: CelBinding, question: Question, params: Params) {
    const { object, request } = question.inputs();
    this.object = object;
    this.request = request;
    this.params = binding.params === undefined ? null : paramsOf(binding.params, params);
    this.#question = question;
    this.variables = variablesFor(policy, this, question.variables);
  }

  get namespaceObject(): CelValue {
    const { namespaceObject } = this.#question.inputs();
    if (namespaceObject !== undefined) return namespaceObject;
    throw new Indeterminate(`the namespace ${this.#question.namespace} is known only to a cluster`);
  }
}

const noParams: Params = {};
const converted = new WeakMap<JsonObject, { readonly overrides: Params; readonly value: CelValue }>();

/** One binding has the same ones for every object. */
function paramsOf(params: JsonObject, overrides: Params): CelValue {
  const known = converted.get(params);
  if (known?.overrides === overrides) return known.value;
  const value = toCel({ ...params, data: { ...(isObject(params.data) ? params.data : {}), ...overrides } });
  converted.set(params, { overrides, value });
  return value;
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
