import type { Coverage } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import type { GateError } from '../../model/gate-error.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { admissionOf, type Place } from './admission.ts';
import { answer, type CelPolicy, type CelResult } from './evaluate.ts';
import { faultOf, wrongType } from './faults.ts';
import { ignoredError, indeterminate, refusal } from './findings.ts';
import { eachOffender } from './offenders.ts';
import type { Rules } from './rules.ts';
import type { Yield } from './yield.ts';

/** The results of all policies for one object. Plain data, which a worker thread returns too. */
export interface Outcome {
  /** Whether a policy matches the object. */
  readonly matched: boolean;
  /** Everything but passes, with the index of the policy in Rules.policies. */
  readonly results: readonly { readonly policy: number; readonly result: CelResult }[];
}

export async function evaluateAll(object: JsonObject, place: Place, rules: Rules, pause: Yield): Promise<Outcome> {
  const admission = admissionOf(object, place);
  const results: { policy: number; result: CelResult }[] = [];
  let matched = false;
  for (const index of rules.indexesFor(admission.resource)) {
    const policy = rules.policies[index];
    if (policy === undefined) continue;
    const paused = pause();
    if (paused !== undefined) await paused;
    for (const result of answer(policy, admission)) {
      if (result.status === 'not-matched') continue;
      matched = true;
      if (result.status === 'pass') continue;
      const all = result.status === 'fail' ? await eachOffender(policy, result, object, place, pause) : [result];
      for (const one of all) results.push({ policy: index, result: one });
    }
  }
  return { matched, results };
}

export interface Judgement {
  readonly findings: readonly EngineFinding[];
  readonly coverage: Coverage;
}

export function judgementOf({ matched, results }: Outcome, resource: Resource, rules: Rules): Judgement {
  const target = { kind: 'resource', resource: resource.uid } as const;
  const findings: EngineFinding[] = [];
  let error: GateError | undefined;
  for (const { policy: index, result } of results) {
    const policy = rules.policies[index];
    if (policy === undefined) throw new Error(`there is no policy ${index}`);
    if (result.status === 'fail') findings.push(refusal(policy, result, resource));
    else if (result.status === 'indeterminate') findings.push(indeterminate(policy, result, resource));
    else if (isIgnored(policy, result, resource)) findings.push(ignoredError(policy, result, resource));
    else error ??= faultOf(policy, result, resource);
  }
  if (error !== undefined) return { findings, coverage: { target, status: 'failed', error } };
  if (matched) return { findings, coverage: { target, status: 'evaluated' } };
  return { findings, coverage: { target, status: 'not-applicable', reason: 'no CEL policy is about it' } };
}

/** The author's choice for errors of the policy; a cluster rejects a manifest with fields of the wrong type before any policy. */
function isIgnored({ spec }: CelPolicy, { tooCostly }: CelResult, resource: Resource): boolean {
  return spec.failurePolicy === 'Ignore' && !tooCostly && wrongType(resource) === undefined;
}
