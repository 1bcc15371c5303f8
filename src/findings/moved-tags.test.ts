import { expect, it } from 'vitest';
import type { EngineRun } from '../model/engine-run.ts';
import { refuseMovedTags } from './moved-tags.ts';

const run = (engine: string, digest: string): EngineRun => ({
  ...{ status: 'completed', engine, version: '1', findings: [], notes: [], durationMs: 0 },
  coverage: ['app:1', 'web:1'].map((reference) => ({ target: { kind: 'image', reference }, status: 'evaluated' })),
  digests: { 'app:1': digest, 'web:1': 'sha256:same' },
});
const failures = (runs: readonly EngineRun[]): readonly string[] =>
  refuseMovedTags(runs).flatMap((one) =>
    one.status === 'completed'
      ? one.coverage.flatMap((entry) =>
          entry.status === 'failed' ? [`${one.engine} ${entry.error.code} ${entry.error.message}`] : [],
        )
      : [],
  );

it('an image that two engines evaluated for different digests is an error', () => {
  expect(failures([run('signatures', 'sha256:a'), run('trivy', 'sha256:b')])).toEqual([
    'trivy IMAGE_UNAVAILABLE the tag of app:1 moved while it was evaluated: signatures evaluated sha256:a, trivy evaluated sha256:b; expected the same image for every engine. Run again, or pin the image to a digest.',
  ]);
});

it('one that both evaluated for the same digest is not', () => {
  const runs = [run('signatures', 'sha256:a'), run('trivy', 'sha256:a')];
  expect(refuseMovedTags(runs)).toEqual(runs);
});
