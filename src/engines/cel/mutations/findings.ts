import { type FieldPath, formatPath, parsePath, pointerOf, valueAt } from '../../../model/field-path.ts';
import type { EngineFinding } from '../../../model/finding.ts';
import { GateError } from '../../../model/gate-error.ts';
import { isArray, isObject, type JsonObject, type JsonValue, nestedAt } from '../../../model/json.ts';
import { type Difference, diff } from '../../../model/json-diff.ts';
import { type Resource, resourceLabel } from '../../../model/resource.ts';
import { policyFault, wrongType } from '../faults.ts';
import { categoryOf, detail, engineId } from '../findings.ts';
import { withNumbers } from './apply.ts';
import type { Change, Problem } from './evaluate.ts';
import { applyPatch } from './json-patch.ts';
import type { MutatingPolicy } from './policy.ts';

/** What a cluster with the policy sets. @param at Where the object is in the resource: a pod template. */
export function changeFinding(policy: MutatingPolicy, change: Change, resource: Resource, at: FieldPath): EngineFinding {
  const operations = diff(change.before, change.after);
  const patch = onManifest(operations, at, resource.object);
  const first = [...at, ...parsePath(operations[0]?.path ?? '')];
  return {
    ...common(policy, resource, change.mutation),
    subject: { kind: 'resource', resource: resource.uid, path: existing(first, resource.object) },
    title: `${policy.name} ${inWords(operations, at, resource)} when this is created`,
    severity: policy.notes.severities?.[change.mutation] ?? 'low',
    fix: {
      text: policy.notes.fix ?? 'Apply the change to the manifest, so that exactly what is reviewed gets deployed.',
      ...(patch !== undefined && { patch }),
    },
  };
}

/** The mutation is not evaluated: a cluster changes the resource, or rejects it. */
export function problemFinding(
  policy: MutatingPolicy,
  { status, message, mutation }: Problem,
  resource: Resource,
): EngineFinding {
  const isRejected = status === 'error' && policy.spec.failurePolicy === 'Fail';
  return {
    ...common(policy, resource, mutation),
    title:
      `cannot determine what ${policy.name} changes${isRejected ? ', or whether a cluster rejects this' : ''}: ${message}`.slice(
        0,
        500,
      ),
    severity: 'unknown',
    independent: true,
    undecided: true,
    fix: {
      text:
        status === 'error'
          ? 'k8s-gate does not apply default values to manifests: use has() or a default in the policy before it reads an optional field.'
          : 'Check it in the cluster.',
    },
  };
}

/** Undefined if it is not certain that the policy is wrong. */
export function faultIn(policy: MutatingPolicy, problem: Problem, resource: Resource): GateError | undefined {
  if (problem.tooCostly) return policyFault(policy, problem, resource);
  if (problem.status !== 'error' || policy.spec.failurePolicy === 'Ignore') return undefined;
  const wrong = wrongType(resource);
  if (wrong !== undefined) return wrong;
  if (!problem.isCertain) return undefined;
  return new GateError('POLICY_INVALID', {
    file: policy.file,
    line: policy.line,
    message: `a cluster rejects ${resourceLabel(resource)}, because ${policy.name} cannot be applied to it: ${problem.message}`,
    expected: 'fields that the kind has, with values of their types',
    next: 'Fix the expression of the mutation, or narrow matchConstraints to the kinds that have these fields.',
  });
}

function common(policy: MutatingPolicy, { uid }: Resource, mutation: number | undefined) {
  const { helpUrl } = policy.notes;
  return {
    engine: engineId,
    rule: policy.name,
    ...(policy.mutations.length > 1 && mutation !== undefined && { check: `mutations[${mutation}]` }),
    category: categoryOf(policy),
    subject: { kind: 'resource', resource: uid, path: [] },
    ...(helpUrl !== undefined && { helpUrl }),
    ...detail(policy),
  } as const;
}

const shown = 3;

/** `sets spec.replicas to 3, adds metadata.labels.team and 2 more`; values of a Secret are not shown. */
function inWords(operations: readonly Difference[], at: FieldPath, { kind }: Resource): string {
  const leaves = operations.flatMap(({ op, path, value }) => leavesOf(op, parsePath(path), value));
  const parts = leaves.slice(0, shown).map(({ op, path, value }) => {
    const field = formatPath([...at, ...path]);
    if (op === 'remove') return `removes ${field}`;
    const text = kind === 'Secret' ? undefined : shortText(value);
    return text === undefined ? `${op === 'add' ? 'adds' : 'changes'} ${field}` : `sets ${field} to ${text}`;
  });
  const more = leaves.length - parts.length;
  const last = more > 0 ? `${more} more` : parts.length > 1 ? parts.pop() : undefined;
  return last === undefined ? parts.join(', ') : `${parts.join(', ')} and ${last}`;
}

interface Leaf {
  readonly op: Difference['op'];
  readonly path: FieldPath;
  readonly value: JsonValue;
}

/** A map that is added, by its members. */
function leavesOf(op: Difference['op'], path: FieldPath, value: JsonValue): readonly Leaf[] {
  if (op !== 'add' || !isObject(value) || Object.keys(value).length === 0 || typeof path.at(-1) === 'number')
    return [{ op, path, value }];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(op, [...path, key], item));
}

/** Undefined for what is too long for a title. */
function shortText(value: JsonValue): string | undefined {
  if (isArray(value) || isObject(value)) return undefined;
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? undefined : text;
}

/** The nearest field that the manifest has. */
export function existing(path: FieldPath, object: JsonObject): FieldPath {
  let found = path;
  while (found.length > 0 && valueAt(object, found) === undefined) found = found.slice(0, -1);
  return found;
}

/**
 * The operations for the manifest, in which fields are missing that an API server adds when it decodes it. Undefined if one of them does not fit.
 */
function onManifest(operations: readonly Difference[], at: FieldPath, object: JsonObject): readonly Difference[] | undefined {
  let current: JsonValue = object;
  const patch: Difference[] = [];
  for (const { op, path, value } of operations) {
    const steps = [...at, ...parsePath(path)];
    const operation = op === 'remove' ? removal(steps, current) : setting(op, steps, withNumbers(value), current);
    if (operation === undefined) return undefined;
    patch.push(operation);
    if (isObject(current)) current = applyPatch(current, [{ from: '', ...operation }]);
  }
  return patch;
}

function removal(steps: FieldPath, current: JsonValue): Difference | undefined {
  const value = valueAt(current, steps);
  return value === undefined ? undefined : { op: 'remove', path: pointerOf(steps), value };
}

function setting(op: 'add' | 'replace', steps: FieldPath, value: JsonValue, current: JsonValue): Difference | undefined {
  const parent = valueAt(current, steps.slice(0, -1));
  if (isArray(parent)) return { op, path: pointerOf(steps), value };
  if (valueAt(current, steps) !== undefined) return { op: 'replace', path: pointerOf(steps), value };
  let depth = steps.length - 1;
  while (depth > 0 && !isObject(valueAt(current, steps.slice(0, depth)))) depth -= 1;
  const missing = steps.slice(depth);
  if (missing.some((step) => typeof step === 'number')) return undefined;
  const nested = nestedAt(missing.slice(1).map(String), value);
  const target = steps.slice(0, depth + 1);
  return { op: valueAt(current, target) === undefined ? 'add' : 'replace', path: pointerOf(target), value: nested };
}
