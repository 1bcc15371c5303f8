import type { Coverage } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { admissionOf } from './admission.ts';
import { answer, type CelPolicy, type CelResult } from './evaluate.ts';
import { type Facts, placeOf } from './facts.ts';
import { faultOf, wrongKind, wrongType } from './faults.ts';
import { ignoredError, indeterminate, refusal } from './findings.ts';
import { eachOffender } from './offenders.ts';
import type { Rules } from './rules.ts';
import type { Yield } from './yield.ts';

export interface Judgement {
  readonly findings: readonly EngineFinding[];
  readonly coverage: Coverage;
}

/** What all policies find in one resource. */
export async function judge(resource: Resource, facts: Facts, rules: Rules, pause: Yield): Promise<Judgement> {
  const target = { kind: 'resource', resource: resource.uid } as const;
  const findings: EngineFinding[] = [];
  let error = wrongKind(resource);
  if (error !== undefined) return { findings, coverage: { target, status: 'failed', error } };
  let matched = false;
  const place = placeOf(resource, facts);
  const admission = admissionOf(resource.object, place);
  for (const policy of rules.policiesFor(admission.resource)) {
    const paused = pause();
    if (paused !== undefined) await paused;
    for (const first of answer(policy, admission)) {
      if (first.status === 'not-matched') continue;
      matched = true;
      const results = first.status === 'fail' ? await eachOffender(policy, first, resource.object, place, pause) : [first];
      for (const result of results) {
        if (result.status === 'fail') findings.push(refusal(policy, result, resource));
        else if (result.status === 'indeterminate') findings.push(indeterminate(policy, result, resource));
        else if (result.status === 'error' && isIgnored(policy, result, resource))
          findings.push(ignoredError(policy, result, resource));
        else if (result.status === 'error') error ??= faultOf(policy, result, resource);
      }
    }
  }
  if (error !== undefined) return { findings, coverage: { target, status: 'failed', error } };
  if (matched) return { findings, coverage: { target, status: 'evaluated' } };
  return { findings, coverage: { target, status: 'not-applicable', reason: 'no CEL policy is about it' } };
}

/** The author's choice for errors of the policy; a cluster rejects a manifest with fields of the wrong type before any policy. */
function isIgnored({ spec }: CelPolicy, { tooCostly }: CelResult, resource: Resource): boolean {
  return spec.failurePolicy === 'Ignore' && !tooCostly && wrongType(resource) === undefined;
}
