import type { FieldPath } from '../../model/field-path.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { TooCostly, withinBudget } from './budget.ts';
import { type Program, reasonOf } from './environment.ts';
import { fieldOf } from './fields.ts';
import { apiResource } from './kinds.ts';
import { labelsOf, type Match, matches, type Subject, withNameLabel } from './match.ts';
import type { CelBinding, CelPolicy, CelValidation } from './policy.ts';
import { toCel } from './values.ts';

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

export interface CelContext {
  /** Where the object would be deployed; its own metadata.namespace, or "default", where absent. */
  readonly namespace?: string;
  /** Namespace objects by name: their labels are then known. */
  readonly namespaces?: ReadonlyMap<string, JsonObject>;
  /** Replaces keys of the parameter object's `data`. */
  readonly params?: Readonly<Record<string, string>>;
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

class Indeterminate extends Error {}

/** A policy without binding is judged as if it were bound to everything with Deny: it is never left out. */
const unbound: CelBinding = { name: '', actions: ['Deny'] };

export function evaluate(policy: CelPolicy, object: JsonObject, context: CelContext = {}): readonly CelResult[] {
  return withinBudget(() => evaluateBindings(policy, object, context)).value;
}

function evaluateBindings(policy: CelPolicy, object: JsonObject, context: CelContext): readonly CelResult[] {
  const subject = subjectOf(object, context);
  const bindings = policy.bindings.length === 0 ? [unbound] : policy.bindings;
  const results = bindings.flatMap((binding) => evaluateBinding(policy, binding, subject, context));
  const matched = results.filter((result) => result.status !== 'not-matched');
  return matched.length > 0 ? distinct(matched) : results.slice(0, 1);
}

function evaluateBinding(policy: CelPolicy, binding: CelBinding, subject: Subject, context: CelContext): readonly CelResult[] {
  const whole = (status: CelStatus, message: string, tooCostly?: true): readonly CelResult[] => [
    { status, message, policy: policy.name, path: [], actions: binding.actions, ...(tooCostly && { tooCostly }) },
  ];
  const match = both(
    matches(policy.spec.matchConstraints, subject),
    binding.matchResources ? matches(binding.matchResources, subject) : 'yes',
  );
  if (match === 'no') return whole('not-matched', '');
  const variables = variablesFor(policy, binding, subject, context);
  let unsure: Answer | undefined;
  for (const condition of policy.matchConditions) {
    const answer = ask(condition.program, variables);
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
    const { status, message, tooCostly } = ask(validation.program, variables);
    const text = status === 'fail' ? messageOf(validation, variables) : message;
    return {
      status,
      message: text,
      policy: policy.name,
      validation: index,
      ...(validation.reason !== undefined && { reason: validation.reason }),
      path: status === 'fail' ? fieldOf(text, policy.notes.field, subject.object) : [],
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

function ask(program: Program, variables: Readonly<Record<string, unknown>>): Answer {
  if (program.needs !== undefined) return { status: 'indeterminate', message: program.needs };
  try {
    const value = program.run(variables);
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
function messageOf(validation: CelValidation, variables: Readonly<Record<string, unknown>>): string {
  const fallback = validation.message?.trim() || `failed expression: ${excerpt(validation.program)}`;
  if (validation.messageProgram === undefined || validation.messageProgram.needs !== undefined) return fallback;
  try {
    const text = validation.messageProgram.run(variables);
    const usable = typeof text === 'string' && text.trim() !== '' && !text.trim().includes('\n') && text.length <= 5_120;
    return usable ? text.trim() : fallback;
  } catch {
    return fallback;
  }
}

/** What expressions see. Variables are evaluated when they are read, once; what is not known throws when it is read. */
function variablesFor(
  policy: CelPolicy,
  binding: CelBinding,
  subject: Subject,
  context: CelContext,
): Readonly<Record<string, unknown>> {
  const { resource, namespace, name } = subject;
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const api = { group: resource.group, version: resource.version, resource: resource.plural };
  const variables: Record<string, unknown> = {};
  const namespaceObject = namespace === undefined ? null : context.namespaces?.get(namespace);
  const root = {
    object: toCel(subject.object),
    oldObject: null,
    request: {
      operation: 'CREATE',
      kind,
      requestKind: kind,
      resource: api,
      requestResource: api,
      name,
      ...(namespace !== undefined && { namespace }),
      dryRun: false,
      subResource: '',
      requestSubResource: '',
    },
    params: binding.params === undefined ? null : toCel(withParams(binding.params, context.params)),
    get namespaceObject(): unknown {
      if (namespaceObject === undefined) throw new Indeterminate(`the namespace ${namespace} is known only to a cluster`);
      return namespaceObject === null ? null : toCel(withNameLabel(namespaceObject));
    },
    variables,
  };
  for (const [variable, program] of policy.variables) {
    Object.defineProperty(variables, variable, { enumerable: true, get: once(() => variableOf(program, root)) });
  }
  return root;
}

function variableOf(program: Program, root: Readonly<Record<string, unknown>>): unknown {
  if (program.needs !== undefined) throw new Indeterminate(program.needs);
  return program.run(root);
}

function once(produce: () => unknown): () => unknown {
  let known: { readonly value: unknown } | { readonly thrown: unknown } | undefined;
  return () => {
    if (known === undefined) {
      try {
        known = { value: produce() };
      } catch (thrown) {
        known = { thrown };
      }
    }
    if ('thrown' in known) throw known.thrown;
    return known.value;
  };
}

function withParams(params: JsonObject, overrides: Readonly<Record<string, string>> = {}): JsonObject {
  return { ...params, data: { ...(isObject(params.data) ? params.data : {}), ...overrides } };
}

function subjectOf(object: JsonObject, context: CelContext): Subject {
  const resource = apiResource(String(object.apiVersion), String(object.kind));
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const own = typeof metadata.namespace === 'string' ? metadata.namespace : context.namespace;
  // A custom kind without a namespace may be either; it is judged as cluster-scoped only where it says none.
  const namespace = resource.namespaced === false ? undefined : (own ?? (resource.namespaced === true ? 'default' : undefined));
  const found = namespace === undefined ? undefined : context.namespaces?.get(namespace);
  return {
    object,
    resource,
    name: typeof metadata.name === 'string' ? metadata.name : '',
    namespace,
    namespaceGuessed: namespace !== undefined && own === undefined,
    namespaceLabels: found === undefined ? undefined : labelsOf(found),
  };
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
