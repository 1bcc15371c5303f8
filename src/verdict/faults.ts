import { type EngineRun, targetKey } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';

/**
 * All errors that leave something unevaluated; a single one rules out a pass: an unreadable file, a failed engine, an item without an
 * answer from any engine, a run that evaluated nothing.
 */
export function collectFaults(runs: readonly EngineRun[], set: ManifestSet, expectManifests: boolean): readonly GateError[] {
  const faults: GateError[] = [...set.failures];
  for (const run of runs) {
    if (run.status === 'failed') faults.push(run.error);
    if (run.status === 'completed')
      faults.push(...run.coverage.flatMap((coverage) => (coverage.status === 'failed' ? [coverage.error] : [])));
  }
  // A gap is something deployed that could not be evaluated, and is reported as a finding: the set is not empty.
  const isEmpty = set.resources.length === 0 && set.gaps.length === 0;
  if (isEmpty && expectManifests && faults.length === 0) faults.push(nothingToJudge(set));
  // What a failed engine did not evaluate follows from its own error.
  const failed = runs.some(({ status }) => status === 'failed');
  return dedupe([...faults, ...(failed ? [] : unseen(runs, set))]);
}

function nothingToJudge(set: ManifestSet): GateError {
  return new GateError('NOTHING_TO_JUDGE', {
    message:
      set.units.length === 0
        ? 'no files found'
        : `no Kubernetes manifests found in ${set.units.length === 1 ? '1 file' : `${set.units.length} files`}`,
    expected: 'at least one manifest, chart or kustomization under the given paths',
    next: 'Check `paths` and `exclude`. If an empty result is correct, set `expectManifests: false` in .k8s-gate.yaml, or pass `--allow-empty` to the command.',
  });
}

/** Resources without an answer from any engine: only possible if every engine was skipped, or if an adapter lost them. */
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
      message: `${unseenCount} of ${set.resources.length} resources were not evaluated by any engine`,
      expected: 'every resource to be evaluated by at least one engine',
      next: 'Enable an engine that reads manifests; `cel` requires no installation.',
    }),
  ];
}

function dedupe(errors: readonly GateError[]): readonly GateError[] {
  return [...new Map(errors.map((error) => [`${error.code}\n${error.message}`, error])).values()];
}
