import { type CompletedRun, type Coverage, type EngineRun, type Target, targetKey } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { BoundEngine } from './engine.ts';

/**
 * Compares the targets of an engine with its coverage. Engines fail open by nature, and adapters can have bugs: a target without coverage
 * becomes a failed one here, for all engines.
 */
export function reconcile(engine: BoundEngine, set: ManifestSet, run: CompletedRun): EngineRun {
  const targets = engine.targets(set);
  const answered = new Set(run.coverage.map((entry) => targetKey(entry.target)));
  const missing = targets.filter((target) => !answered.has(targetKey(target)));
  const covered: readonly Coverage[] = [...run.coverage, ...missing.map((target) => unanswered(engine, target, set))];
  if (covered.length === 0) {
    const error = new GateError('ENGINE_COVERAGE', {
      message: `${engine.id} ended without evaluating anything`,
      next: 'Report this as a bug of k8s-gate: an applicable engine must have targets.',
    });
    return { status: 'failed', engine: engine.id, error, durationMs: run.durationMs };
  }
  return inOrder({ ...run, coverage: covered }, targets);
}

/**
 * Sorts by target: reports use the first of several merged findings, and must choose the same one if an engine ran in batches, reused
 * results of an earlier run, or only evaluated the part of a shard. Findings without a target come last.
 */
function inOrder(run: CompletedRun, targets: readonly Target[]): CompletedRun {
  const places = new Map(targets.map((target, index) => [targetKey(target), index]));
  const place = (target: Target): number => places.get(targetKey(target)) ?? targets.length;
  return {
    ...run,
    findings: sortedBy(run.findings, (finding) => place(targetOf(finding))),
    coverage: sortedBy(run.coverage, ({ target }) => place(target)),
  };
}

/** Finds the place of each item once. Most runs are in order already. */
function sortedBy<T>(items: readonly T[], placeOf: (item: T) => number): readonly T[] {
  const placed = items.map((item) => ({ item, place: placeOf(item) }));
  if (placed.every(({ place }, index) => index === 0 || (placed[index - 1]?.place ?? 0) <= place)) return items;
  return placed.toSorted((a, b) => a.place - b.place).map(({ item }) => item);
}

function targetOf({ subject }: EngineFinding): Target {
  return subject.kind === 'file' ? { kind: 'file', file: subject.location.file } : subject;
}

function unanswered(engine: BoundEngine, target: Target, { images }: ManifestSet): Coverage {
  const image = target.kind === 'image' ? images.find(({ reference }) => reference === target.reference) : undefined;
  if (image?.unresolved !== undefined) return { target, status: 'failed', error: image.unresolved.error };
  const error = new GateError('ENGINE_COVERAGE', {
    message: `${engine.id} reported no result for ${targetKey(target)}`,
    expected: 'each target to be evaluated, failed or declared not applicable',
    next: 'Report this as a bug with the debug log: nothing may pass without being evaluated.',
  });
  return { target, status: 'failed', error };
}
