import { describe, expect, it } from 'vitest';
import { completed, evaluated, manifestSet, resource } from '../../test/support/model.ts';
import type { EngineRun } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import { collectFaults } from './faults.ts';

const unreadable = new GateError('SOURCE_UNREADABLE', { message: 'permission denied', file: 'a.yaml' });
const killed = new GateError('ENGINE_FAILED', { message: 'trivy was killed' });
const noSuchImage = new GateError('IMAGE_UNAVAILABLE', { message: 'the registry has no nginx:9' });
const skipped: EngineRun = { status: 'skipped', engine: 'trivy', reason: 'switched off', why: 'disabled' };
const two = manifestSet({ resources: [resource({ uid: 'obj-1' }), resource({ uid: 'obj-2' })] });

describe('collectFaults', () => {
  it('finds none where every resource was looked at', () => {
    expect(collectFaults([skipped, completed({ coverage: evaluated('obj-1', 'obj-2') })], two, true)).toEqual([]);
  });

  it('lists what could not be read, engines that failed and what an engine could not look at, in this order', () => {
    const runs: readonly EngineRun[] = [
      { status: 'failed', engine: 'trivy', error: killed, durationMs: 1 },
      completed({
        coverage: [
          ...evaluated('obj-1', 'obj-2'),
          { target: { kind: 'image', reference: 'nginx:9' }, status: 'failed', error: noSuchImage },
        ],
      }),
    ];
    expect(collectFaults(runs, { ...two, failures: [unreadable] }, true)).toEqual([unreadable, killed, noSuchImage]);
  });

  it('merges identical errors of several engines', () => {
    const failed = (engine: string): EngineRun => ({ status: 'failed', engine, error: killed, durationMs: 1 });
    expect(collectFaults([failed('trivy'), failed('kyverno')], manifestSet(), true)).toEqual([killed]);
  });

  it('keeps apart what has the same words and another code', () => {
    const slow = new GateError('ENGINE_TIMEOUT', { message: 'trivy was killed' });
    expect(collectFaults([], manifestSet({ failures: [killed, slow] }), true)).toEqual([killed, slow]);
  });

  it('counts resources without an evaluation and explains what to do', () => {
    const [fault, ...more] = collectFaults([skipped, completed({ coverage: evaluated('obj-2') })], two, true);
    expect(more).toEqual([]);
    expect(fault?.code).toBe('ENGINE_COVERAGE');
    expect(fault?.message).toBe(
      '1 of 2 resources were not evaluated by any engine; expected every resource to be evaluated by at least one engine. ' +
        'Enable an engine that reads manifests; `cel` requires no installation.',
    );
  });

  it('does not take an image for a resource of the same name', () => {
    const image = completed({ coverage: [{ target: { kind: 'image', reference: 'obj-1' }, status: 'evaluated' }] });
    const one = manifestSet({ resources: [resource({ uid: 'obj-1' })] });
    expect(collectFaults([image], one, true).map((fault) => fault.code)).toEqual(['ENGINE_COVERAGE']);
  });
});

describe('collectFaults, with nothing to judge', () => {
  const readme: SourceUnit = { kind: 'plain', path: 'readme.yaml', status: 'skipped', resources: 0 };
  const empty = manifestSet({ units: [readme, { ...readme, path: 'mkdocs.yaml' }] });

  it('reports how many files it read and what to check', () => {
    const [fault, ...more] = collectFaults([], empty, true);
    expect(more).toEqual([]);
    expect(fault?.code).toBe('NOTHING_TO_JUDGE');
    expect(fault?.message).toBe(
      'no Kubernetes manifests found in 2 files; expected at least one manifest, chart or kustomization under the ' +
        'given paths. Check `paths` and `exclude`. If an empty result is correct, set `expectManifests: false` in .k8s-gate.yaml, or pass `--allow-empty` ' +
        'to the command.',
    );
  });

  it('only reports the reason if something could not be read', () => {
    expect(collectFaults([], { ...empty, failures: [unreadable] }, true)).toEqual([unreadable]);
  });

  it('adds nothing where something deployed could not be evaluated', () => {
    const gap = {
      file: 'chart/Chart.yaml',
      line: 4,
      subject: 'dependency redis',
      reason: 'it is not in charts/',
      next: 'Commit it',
    };
    expect(collectFaults([], { ...empty, gaps: [gap] }, true)).toEqual([]);
  });

  it('is content where no manifest is expected, and not where something could not be read', () => {
    expect(collectFaults([], empty, false)).toEqual([]);
    expect(collectFaults([], { ...empty, failures: [unreadable] }, false)).toEqual([unreadable]);
  });
});
