import type { FieldPath } from '../../model/field-path.ts';
import type { EngineFinding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { Judged } from '../part.ts';
import { type Admission, admissionOf, type Place } from './admission.ts';
import { forTemplate, isOnlyAboutPods, templatePod } from './autogen.ts';
import { answer, type CelPolicy, type CelResult } from './evaluate.ts';
import { type Facts, placeOf } from './facts.ts';
import { faultOf, wrongKind, wrongType } from './faults.ts';
import { ignoredError, indeterminate, refusal } from './findings.ts';
import { apiResource } from './kinds.ts';
import { judgeMutations } from './mutations/judge.ts';
import type { MutatingPolicy } from './mutations/policy.ts';
import { type Answered, judgeMutated } from './mutations/validate.ts';
import { eachOffender, reductionsOf } from './offenders.ts';
import type { Rules } from './rules.ts';
import type { Yield } from './yield.ts';

/** What all policies find in one resource. */
export async function judge(resource: Resource, facts: Facts, rules: Rules, pause: Yield): Promise<Judged> {
  const target = { kind: 'resource', resource: resource.uid } as const;
  const findings: EngineFinding[] = [];
  let error = wrongKind(resource);
  if (error !== undefined) return { findings, coverage: { target, status: 'failed', error } };
  let matched = false;
  const place = placeOf(resource, facts);
  for (const { object, at, policies, mutations } of askedOf(resource, place, rules)) {
    const admission = admissionOf(object, place);
    const reductions = reductionsOf(object, place);
    const asked = policies(admission);
    const answers: Answered[] = [];
    for (const policy of asked) {
      const paused = pause();
      if (paused !== undefined) await paused;
      for (const first of answer(policy, admission)) {
        if (first.status === 'not-matched') continue;
        matched = true;
        if (first.status === 'pass') continue;
        const offenders = first.status === 'fail' ? await eachOffender(policy, first, reductions, pause) : [first];
        for (const one of offenders) {
          const result = at.length === 0 ? one : { ...one, path: [...at, ...one.path] };
          if (result.status === 'fail') answers.push({ policy, result: one, finding: refusal(policy, result, resource) });
          else if (result.status === 'indeterminate') findings.push(indeterminate(policy, result, resource));
          else if (result.status === 'error' && isIgnored(policy, result, resource))
            findings.push(ignoredError(policy, result, resource));
          else if (result.status === 'error') error ??= faultOf(policy, result, resource);
        }
      }
    }
    if (mutations.length === 0) {
      findings.push(...answers.map(({ finding }) => finding));
      continue;
    }
    const changed = judgeMutations(mutations, { resource, object, at, place, schemas: facts.schemas });
    matched ||= changed.matched;
    error ??= changed.error;
    const result = changed.result && { ...changed.result, at };
    findings.push(...changed.findings, ...judgeMutated(asked, answers, result, resource, place));
  }
  if (error !== undefined) return { findings, coverage: { target, status: 'failed', error } };
  if (matched) return { findings, coverage: { target, status: 'evaluated' } };
  return { findings, coverage: { target, status: 'not-applicable', reason: 'no CEL policy applies to it' } };
}

interface Asked {
  readonly object: JsonObject;
  /** The path of the object in the resource. */
  readonly at: FieldPath;
  policies(admission: Admission): readonly CelPolicy[];
  readonly mutations: readonly MutatingPolicy[];
}

/** The resource itself, and the pod of its template if the configuration wants that. */
function askedOf(resource: Resource, place: Place, rules: Rules): readonly Asked[] {
  const { mutations } = rules;
  const self: Asked = {
    object: resource.object,
    at: [],
    policies: (admission) => rules.policiesFor(admission.resource),
    mutations,
  };
  const pod = rules.autogen ? templatePod(resource) : undefined;
  if (pod === undefined) return [self];
  const workload = apiResource(resource.apiVersion, resource.kind, place.definitions);
  const isAbout = ({ spec }: Pick<MutatingPolicy, 'spec'> | CelPolicy) => isOnlyAboutPods(spec.matchConstraints, workload);
  const policies = rules.own.filter(isAbout).map((policy) => forTemplate(policy, pod.at));
  return [self, { object: pod.object, at: pod.at, policies: () => policies, mutations: mutations.filter(isAbout) }];
}

/** The author's choice for errors of the policy; a cluster rejects a manifest with fields of the wrong type before any policy. */
function isIgnored({ spec }: CelPolicy, { tooCostly }: CelResult, resource: Resource): boolean {
  return spec.failurePolicy === 'Ignore' && !tooCostly && wrongType(resource) === undefined;
}
