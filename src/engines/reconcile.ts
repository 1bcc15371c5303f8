import { type Coverage, type EngineRun, type Target, targetKey } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { BoundEngine } from './engine.ts';

type Completed = Extract<EngineRun, { status: 'completed' }>;

/**
 * What the engine was to look at against what it says it covered. Engines fail open by nature, and an adapter can have a
 * defect: a target that nobody answered for becomes a failed one here, in one place for all of them.
 */
export function reconcile(engine: BoundEngine, set: ManifestSet, run: EngineRun): EngineRun {
  if (run.status === 'failed') return run;
  // Whether it applies, is switched off or has its tool was settled before it ran; nobody else may leave it out of the verdict.
  if (run.status === 'skipped') return failed(engine, `${engine.id} left out what applies to it: ${run.reason}`, 0);
  const targets = engine.targets(set);
  const answered = new Set(run.coverage.map((entry) => targetKey(entry.target)));
  const missing = targets.filter((target) => !answered.has(targetKey(target)));
  const covered: readonly Coverage[] = [...run.coverage, ...missing.map((target) => unanswered(engine, target, set))];
  if (covered.length === 0) {
    return failed(engine, `${engine.id} ended without looking at anything`, run.durationMs);
  }
  return inOrder({ ...run, coverage: covered }, targets);
}

/**
 * By target, as the engine's targets stand: reports choose the first of findings that merge, and must choose alike whether an engine judged in
 * batches, took some answers from an earlier run, or only a shard's part. What is about none of the targets comes last.
 */
function inOrder(run: Completed, targets: readonly Target[]): Completed {
  const places = new Map(targets.map((target, index) => [targetKey(target), index]));
  const place = (target: Target): number => places.get(targetKey(target)) ?? targets.length;
  return {
    ...run,
    findings: run.findings.toSorted((a, b) => place(targetOf(a)) - place(targetOf(b))),
    coverage: run.coverage.toSorted((a, b) => place(a.target) - place(b.target)),
  };
}

function targetOf({ subject }: EngineFinding): Target {
  return subject.kind === 'file' ? { kind: 'file', file: subject.location.file } : subject;
}

function failed(engine: BoundEngine, message: string, durationMs: number): EngineRun {
  const error = new GateError('ENGINE_COVERAGE', {
    message,
    next: 'Report it: an engine that applies has something to look at.',
  });
  return { status: 'failed', engine: engine.id, error, durationMs };
}

function unanswered(engine: BoundEngine, target: Target, { images }: ManifestSet): Coverage {
  const image = target.kind === 'image' ? images.find(({ reference }) => reference === target.reference) : undefined;
  if (image?.unresolved !== undefined) return { target, status: 'failed', error: image.unresolved.error };
  const error = new GateError('ENGINE_COVERAGE', {
    message: `${engine.id} did not answer for ${targetKey(target)}`,
    expected: 'each thing it was given to be evaluated, refused or declared not applicable',
    next: 'Report it with the debug log: nothing may pass unseen.',
  });
  return { target, status: 'failed', error };
}
