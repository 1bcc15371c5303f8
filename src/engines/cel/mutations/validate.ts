import type { FieldPath } from '../../../model/field-path.ts';
import type { EngineFinding } from '../../../model/finding.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import { admissionOf, type Place } from '../admission.ts';
import { answer, type CelResult } from '../evaluate.ts';
import { indeterminate, refusal } from '../findings.ts';
import type { CelPolicy } from '../policy.ts';
import { existing } from './findings.ts';

/** A validation that the manifest fails as it is written. */
export interface Answered {
  readonly policy: CelPolicy;
  readonly result: CelResult;
  readonly finding: EngineFinding;
}
interface Changed {
  readonly object: JsonObject;
  readonly by: readonly string[];
  /** Where the object is in the resource. */
  readonly at: FieldPath;
}

/**
 * A cluster validates the object after all mutations. A failure of the manifest still counts, since the mutating policy may not be in every cluster; a
 * failure that only the changed object has is added.
 */
export function judgeMutated(
  policies: readonly CelPolicy[],
  answers: readonly Answered[],
  changed: Changed | undefined,
  resource: Resource,
  place: Place,
): readonly EngineFinding[] {
  if (changed === undefined) return answers.map(({ finding }) => finding);
  const names = changed.by.join(', ');
  const admission = admissionOf(changed.object, place);
  const after = policies.map((policy) => ({ policy, results: answer(policy, admission) }));
  const passes = ({ policy, result }: Answered) =>
    after.some(
      (one) => one.policy === policy && one.results.some((other) => isSameCheck(other, result) && other.status === 'pass'),
    );
  const before = answers.map((answered) => {
    const { finding } = answered;
    if (!passes(answered)) return finding;
    const text = `A cluster with ${names} changes the object before it is validated, and then accepts it.`;
    return { ...finding, detail: finding.detail === undefined ? text : `${finding.detail}\n\n${text}` };
  });
  const added = after.flatMap(({ policy, results }) =>
    results
      .filter((result) => !answers.some((known) => known.policy === policy && isSameCheck(known.result, result)))
      .flatMap((result) => onlyAfter(policy, result, changed, resource)),
  );
  return [...before, ...added];
}

function isSameCheck(one: CelResult, other: CelResult): boolean {
  return one.validation === other.validation;
}

function onlyAfter(policy: CelPolicy, result: CelResult, { by, at }: Changed, resource: Resource): readonly EngineFinding[] {
  const path = existing([...at, ...result.path], resource.object);
  if (result.status === 'error')
    return [
      indeterminate(policy, { ...result, path, message: `after the change by ${by.join(', ')}: ${result.message}` }, resource),
    ];
  if (result.status !== 'fail') return [];
  // A patch would be for the changed object.
  const { fix: _fix, ...finding } = refusal(policy, { ...result, path }, resource);
  return [{ ...finding, title: `${finding.title} (after the change by ${by.join(', ')})` }];
}
