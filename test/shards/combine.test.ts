import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { imageTargets, resourceTargets } from '../../src/engines/all-targets.ts';
import { type BoundEngine, defineEngine } from '../../src/engines/engine.ts';
import type { EngineRun } from '../../src/model/engine-run.ts';
import { GateError } from '../../src/model/gate-error.ts';
import { combine } from '../../src/shards/combine.ts';
import { onlyOwn } from '../../src/shards/own-part.ts';
import { engineRunSchema } from '../../src/shards/report-schema.ts';
import { engineFinding, image, manifestSet, resource } from '../support/model.ts';

const count = 3;
const set = manifestSet({
  resources: Array.from({ length: 9 }, (_, index) => resource({ uid: `obj-${index}`, name: `web-${index}` })),
  images: Array.from({ length: 9 }, (_, index) => image(`registry.example/app-${index}:1`)),
});
const engine: BoundEngine = defineEngine({
  id: 'both',
  title: 'Both',
  summary: 'For tests.',
  kind: 'scanner',
  scope: () => 'target',
  options: z.unknown(),
  notApplicable: () => undefined,
  targets: (given) => [...resourceTargets(given), ...imageTargets(given)],
  run: () => Promise.reject(new Error('the shards ran')),
}).bind({}, true);

/** What one run of everything would report. */
const everything: Extract<EngineRun, { status: 'completed' }> = {
  status: 'completed',
  engine: 'both',
  version: '1',
  findings: [
    ...set.resources.map(({ uid }) =>
      engineFinding({
        engine: 'both',
        subject: { kind: 'resource', resource: uid, path: ['spec', 0] },
        fix: {
          text: 'Fix it.',
          patch: [{ op: 'add', path: '/a', value: { big: 12345678901234567890n, list: [1, 'x', null] } }],
        },
      }),
    ),
    ...set.images.map(({ reference }) =>
      engineFinding({ engine: 'both', subject: { kind: 'image', reference, component: 'ssl 1' } }),
    ),
  ],
  coverage: engine.targets(set).map((target) => ({ target, status: 'evaluated' })),
  notes: ['the same in all'],
  digests: Object.fromEntries(set.images.map(({ reference }) => [reference, `sha256:${'a'.repeat(64)}`])),
  durationMs: 7,
};
const stored = (run: EngineRun): EngineRun =>
  z.decode(engineRunSchema(), JSON.parse(JSON.stringify(z.encode(engineRunSchema(), run))));
const partOf = (index: number): EngineRun => stored(onlyOwn(everything, set, { index, count }));
/** Whatever the order of items and of keys. */
const sorted = (values: readonly unknown[]): readonly string[] =>
  values.map((value) => JSON.stringify(ordered(value))).toSorted();
function ordered(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, ordered(item)]);
}

describe('what shards report together', () => {
  it('is what one run says: of resources and images, digests, and patches to the last digit', () => {
    const merged = combine(engine, set, { count, of: (index) => [partOf(index)] });
    if (merged.status !== 'completed') throw new Error(merged.status);
    expect(sorted(merged.findings)).toEqual(sorted(everything.findings));
    expect(sorted(merged.coverage)).toEqual(sorted(everything.coverage));
    expect(merged).toMatchObject({ version: '1', notes: ['the same in all'], digests: everything.digests, durationMs: 7 });
  });

  it('names the shard of a note that not all have', () => {
    const noted = (index: number): EngineRun => {
      const run = partOf(index);
      return run.status === 'completed' && index === 2 ? { ...run, notes: [...run.notes, 'slow'] } : run;
    };
    expect(combine(engine, set, { count, of: (index) => [noted(index)] })).toMatchObject({
      notes: ['the same in all', 'shard 2/3: slow'],
    });
  });

  it('lacks what a shard without the tool was to evaluate', () => {
    const unavailable: EngineRun = { status: 'skipped', engine: 'both', reason: 'no binary', why: 'unavailable' };
    const merged = combine(engine, set, { count, of: (index) => [index === 1 ? unavailable : partOf(index)] });
    if (merged.status !== 'completed') throw new Error(merged.status);
    const failed = merged.coverage.flatMap((entry) => (entry.status === 'failed' ? [entry.error.code] : []));
    expect(failed.length).toBeGreaterThan(0);
    expect(new Set(failed)).toEqual(new Set(['TOOL_UNAVAILABLE']));
    expect(merged.coverage).toHaveLength(everything.coverage.length);
  });

  it('is a failure with the first error where all failed', () => {
    const field = { resource: 'a', path: ['spec', 0] };
    const error = new GateError('ENGINE_FAILED', {
      message: 'boom',
      file: 'a.yaml',
      line: 3,
      field,
      expected: 'calm',
      next: 'wait',
    });
    const failed = stored({ status: 'failed', engine: 'both', error, durationMs: 1 });
    expect(() => combine(engine, set, { count, of: () => [failed] })).toThrow(error.message);
    expect(failed).toMatchObject({ error: { code: error.code, details: error.details } });
  });

  it('is unknown if a shard answers twice', () => {
    const merged = combine(engine, set, { count, of: (index) => (index === 1 ? [partOf(1), partOf(1)] : [partOf(index)]) });
    expect(JSON.stringify(merged.status === 'completed' && merged.coverage)).toContain('SHARD_INVALID');
  });
});
