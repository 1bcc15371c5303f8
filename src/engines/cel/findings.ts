import { type Category, categories } from '../../model/category.ts';
import { parsePath, valueAt } from '../../model/field-path.ts';
import type { EngineFinding, Fix, JsonPatchOperation } from '../../model/finding.ts';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import { patchTo } from '../../model/json-patch.ts';
import { memoize } from '../../model/memoize.ts';
import type { Resource } from '../../model/resource.ts';
import type { Severity } from '../../model/severity.ts';
import type { CelResult } from './evaluate.ts';
import { splitMessage } from './fields.ts';
import type { CelPolicy } from './policy.ts';

export const engineId = 'cel';

/** A validation that rejects the resource. */
export function refusal(policy: CelPolicy, result: CelResult, resource: Resource): EngineFinding {
  const { notes } = policy;
  const frame = frameOf(policy, result.validation);
  const subject = { kind: 'resource', resource: resource.uid, path: result.path } as const;
  const title = splitMessage(result.message).text.split('\n')[0] ?? result.message;
  const severity = notes.severities?.[result.validation ?? 0] ?? severityOf(policy, result.actions);
  const fix = fixOf(policy, result, resource.object);
  return fix === undefined ? { ...frame, subject, title, severity } : { fix, ...frame, subject, title, severity };
}

/** All refusals by one validation are alike. In V8, a copy with other values takes a tenth of the time of a new object with optional members. */
function frameOf(policy: CelPolicy, validation: number | undefined): EngineFinding {
  const ofPolicy = frames.get(policy) ?? new Map<number | undefined, EngineFinding>();
  const known = ofPolicy.get(validation);
  if (known !== undefined) return known;
  const result = { validation, path: [] };
  const frame: EngineFinding = { ...common(policy, result, { uid: '' }), title: '', ...detail(policy), severity: 'unknown' };
  frames.set(policy, ofPolicy.set(validation, frame));
  return frame;
}
const frames = new WeakMap<CelPolicy, Map<number | undefined, EngineFinding>>();

/** A policy that matches this resource and cannot be evaluated without a cluster. */
export function indeterminate(policy: CelPolicy, result: CelResult, resource: Resource): EngineFinding {
  return {
    ...common(policy, result, resource),
    title: `cannot determine whether ${policy.name} allows this: ${result.message}`,
    ...detail(policy),
    severity: 'unknown',
    independent: true,
    undecided: true,
    fix: { text: 'Check it in the cluster. Labels of a namespace are known if its Namespace manifest is deployed with it.' },
  };
}

/** An error of a policy with `failurePolicy: Ignore`: a cluster admits the resource, although the policy was not evaluated. */
export function ignoredError(policy: CelPolicy, result: CelResult, resource: Resource): EngineFinding {
  return {
    ...common(policy, result, resource),
    title: `${policy.name} could not be evaluated, which its failurePolicy ignores: ${result.message}`.slice(0, 500),
    ...detail(policy),
    severity: 'unknown',
    undecided: true,
    fix: { text: 'Use has() or a default in the policy before it reads an optional field.' },
  };
}

function common(
  policy: CelPolicy,
  result: Pick<CelResult, 'path'> & { readonly validation?: number | undefined },
  resource: Pick<Resource, 'uid'>,
) {
  const several = policy.validations.length > 1 && result.validation !== undefined;
  const { helpUrl } = policy.notes;
  return {
    engine: engineId,
    rule: policy.name,
    ...(several && { check: `validations[${result.validation}]` }),
    category: categoryOf(policy),
    subject: { kind: 'resource', resource: resource.uid, path: result.path },
    ...(helpUrl !== undefined && { helpUrl }),
  } as const;
}

export function categoryOf(policy: Pick<CelPolicy, 'notes'>): Category {
  return categories.find((category) => category === policy.notes.category) ?? 'policy';
}

export function detail({ notes: { title, description } }: Pick<CelPolicy, 'notes'>): { readonly detail?: string } {
  const text = description ?? title ?? '';
  return text === '' ? {} : { detail: text };
}

/** Used if the policy has no severity. What a cluster rejects can't be deployed; without a binding, no cluster evaluates the policy yet. */
function severityOf({ bindings }: CelPolicy, actions: readonly string[]): Severity {
  if (actions.includes('Deny')) return bindings.length === 0 ? 'high' : 'critical';
  return actions.includes('Warn') ? 'medium' : 'low';
}

function fixOf({ notes }: CelPolicy, { path }: CelResult, object: JsonObject): Fix | undefined {
  const fitting = notes.patch?.every((operation) => fits(operation, object)) ? notes.patch : undefined;
  const patch = fitting ?? (notes.set === undefined ? undefined : patchTo(notes.set, path, object));
  if (notes.fix === undefined && patch === undefined) return undefined;
  return { text: notes.fix ?? 'Apply the patch.', ...(patch !== undefined && { patch }) };
}

const pathOf = memoize(parsePath);

/** A patch written for one kind does not fit every kind that the policy matches, and must not replace an existing value. */
function fits(operation: JsonPatchOperation, object: JsonObject): boolean {
  const path = pathOf(operation.path);
  if (operation.op !== 'add') return valueAt(object, path) !== undefined;
  const parent = valueAt(object, path.slice(0, -1));
  return isArray(parent) || (isObject(parent) && valueAt(object, path) === undefined);
}
