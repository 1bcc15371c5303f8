import { type EngineRun, targetKey } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';

/**
 * Everything that keeps the gate from knowing. One entry is enough to make a green answer impossible: a file nobody could
 * read, an engine that failed, a thing no engine answered for, a run that looked at nothing.
 */
export function collectFaults(runs: readonly EngineRun[], set: ManifestSet, expectManifests: boolean): readonly GateError[] {
  const faults: GateError[] = [...set.failures];
  for (const run of runs) {
    if (run.status === 'failed') faults.push(run.error);
    if (run.status === 'completed')
      faults.push(...run.coverage.flatMap((coverage) => (coverage.status === 'failed' ? [coverage.error] : [])));
  }
  // Where something is deployed and could not be evaluated, each gap is a finding: something was found.
  const isEmpty = set.resources.length === 0 && set.gaps.length === 0;
  if (isEmpty && expectManifests && faults.length === 0) faults.push(nothingToJudge(set));
  return dedupe([...faults, ...unseen(runs, set)]);
}

function nothingToJudge(set: ManifestSet): GateError {
  return new GateError('NOTHING_TO_JUDGE', {
    message: `no Kubernetes manifest was found (${set.units.length} files looked at)`,
    expected: 'at least one manifest, chart or kustomization under the given paths',
    next: 'Check `paths` and `exclude`, or set `expect-manifests: false` where an empty change is right.',
  });
}

/** Resources for which not one engine gave any answer: possible only if every engine was skipped, or an adapter lost them. */
function unseen(runs: readonly EngineRun[], set: ManifestSet): readonly GateError[] {
  const seen = new Set<string>();
  for (const run of runs) {
    if (run.status !== 'completed') continue;
    for (const { target } of run.coverage) seen.add(targetKey(target));
  }
  const unseenCount = set.resources.filter(({ uid }) => !seen.has(targetKey({ kind: 'resource', resource: uid }))).length;
  if (unseenCount === 0) return [];
  return [
    new GateError('ENGINE_COVERAGE', {
      message: `${unseenCount} of ${set.resources.length} resources were looked at by no engine`,
      expected: 'every resource to be looked at by at least one engine',
      next: 'Enable an engine that reads manifests; `cel` needs nothing installed.',
    }),
  ];
}

function dedupe(errors: readonly GateError[]): readonly GateError[] {
  return [...new Map(errors.map((error) => [`${error.code}\n${error.message}`, error])).values()];
}
