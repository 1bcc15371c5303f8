import type { FieldPath } from '../../../model/field-path.ts';
import type { EngineFinding } from '../../../model/finding.ts';
import type { GateError } from '../../../model/gate-error.ts';
import type { JsonObject } from '../../../model/json.ts';
import { equalJson } from '../../../model/json-diff.ts';
import { memoizeByObject } from '../../../model/memoize.ts';
import type { Resource } from '../../../model/resource.ts';
import { admissionOf, type Place } from '../admission.ts';
import { withNumbers } from './apply.ts';
import { type Mutated, mutate } from './evaluate.ts';
import { changeFinding, faultIn, problemFinding } from './findings.ts';
import { builtInType, customType, type MergeType } from './merge-types.ts';
import type { MutatingPolicy } from './policy.ts';

export interface Mutations {
  readonly findings: readonly EngineFinding[];
  readonly error?: GateError;
  readonly matched: boolean;
  /** The object that a cluster validates, if it is another one, and the policies that made it. */
  readonly result?: { readonly object: JsonObject; readonly by: readonly string[] };
}

interface Asked {
  readonly resource: Resource;
  /** The resource, or the pod of its template. */
  readonly object: JsonObject;
  readonly at: FieldPath;
  readonly place: Place;
  readonly schemas: ReadonlyMap<string, JsonObject>;
}

/** What the policies change in one object, one independent of the other: a suggestion has to fit the manifest, not what another policy makes of it. */
export function judgeMutations(policies: readonly MutatingPolicy[], asked: Asked): Mutations {
  const { resource, object, at, place } = asked;
  const type = typeOf(asked);
  const admission = admissionOf(object, place);
  const found = policies.map((policy) => ({ policy, alone: mutate(policy, admission, type) }));
  const matched = found.filter(({ alone }) => alone.matched);
  if (matched.length === 0) return { findings: [], matched: false };
  const chain = inOrder(policies, object, place, type);
  const findings = found.flatMap(({ policy, alone }): readonly EngineFinding[] => {
    const { problem } = alone;
    const gap = problem === undefined || faultIn(policy, problem, resource) ? [] : [problemFinding(policy, problem, resource)];
    return [...alone.changes.map((change) => changeFinding(policy, change, resource, at)), ...gap];
  });
  const [error] = found.flatMap(({ policy, alone: { problem } }) => (problem && faultIn(policy, problem, resource)) ?? []);
  return { findings, matched: true, ...(error && { error }), ...(chain && { result: chain }) };
}

/** What a cluster makes of the object; undefined if nothing is changed. The order of policies is not defined there: it is that of their names here. */
function inOrder(
  policies: readonly MutatingPolicy[],
  object: JsonObject,
  place: Place,
  type: MergeType | undefined,
): Mutations['result'] {
  const by = new Set<string>();
  let current: JsonObject = object;
  const apply = (policy: MutatingPolicy): boolean => {
    const { changes, object: after }: Mutated = mutate(policy, admissionOf(current, place), type);
    if (changes.length === 0) return false;
    current = withPlainNumbers(after);
    by.add(policy.name);
    return true;
  };
  const changed = policies.map(apply);
  const last = changed.lastIndexOf(true);
  for (const [index, policy] of policies.entries())
    if (policy.spec.reinvocationPolicy === 'IfNeeded' && index < last) apply(policy);
  return by.size === 0 || equalJson(current, object) ? undefined : { object: current, by: [...by] };
}

function withPlainNumbers(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, withNumbers(value)]));
}

function typeOf({ object, schemas }: Asked): MergeType | undefined {
  const [apiVersion, kind] = [String(object.apiVersion), String(object.kind)];
  const schema = schemas.get(`${apiVersion} ${kind}`);
  return builtInType(apiVersion, kind) ?? (schema && ofSchema(schema));
}
const ofSchema = memoizeByObject(customType);
