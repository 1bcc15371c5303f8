import type { Coverage, EngineRun } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';

/**
 * An image that two engines evaluated for different digests is not evaluated: a signature of one does not cover the other. It happens if a
 * registry does not report the digest of a tag, or if shards on two machines resolve it at different times.
 */
export function refuseMovedTags(runs: readonly EngineRun[]): readonly EngineRun[] {
  const first = new Map<string, { readonly engine: string; readonly digest: string }>();
  return runs.map((run) => {
    if (run.status !== 'completed' || run.digests === undefined) return run;
    const { engine } = run;
    const moved = new Map<string, GateError>();
    for (const [reference, digest] of Object.entries(run.digests)) {
      const before = first.get(reference);
      if (before === undefined) first.set(reference, { engine, digest });
      else if (before.digest !== digest) moved.set(reference, movedError(reference, [before, { engine, digest }]));
    }
    if (moved.size === 0) return run;
    const coverage = run.coverage.map((entry): Coverage => {
      const error = entry.target.kind === 'image' ? moved.get(entry.target.reference) : undefined;
      return error === undefined || entry.status === 'failed' ? entry : { target: entry.target, status: 'failed', error };
    });
    return { ...run, coverage };
  });
}

function movedError(reference: string, seen: readonly { readonly engine: string; readonly digest: string }[]): GateError {
  const each = seen.map(({ engine, digest }) => `${engine} evaluated ${digest}`).join(', ');
  return new GateError('IMAGE_UNAVAILABLE', {
    message: `the tag of ${reference} moved while it was evaluated: ${each}`,
    expected: 'the same image for every engine',
    next: 'Run again, or pin the image to a digest.',
  });
}
