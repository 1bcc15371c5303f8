import { describe, expect, it } from 'vitest';
import { completed, evaluated, image, manifestSet, resource } from '../../test/support/model.ts';
import type { EngineRun } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import { buildCoverage, listImages } from './coverage.ts';

const unit = (part: Partial<SourceUnit>): SourceUnit => ({
  kind: 'plain',
  path: 'deploy/app.yaml',
  status: 'rendered',
  resources: 1,
  ...part,
});
const entryOf = (part: Partial<SourceUnit>) => buildCoverage([], manifestSet({ units: [unit(part)] }))[0]?.entries;

describe('buildCoverage, of files', () => {
  it('counts what was read of a file', () => {
    expect(buildCoverage([], manifestSet({ units: [unit({})] }))).toEqual([
      { kind: 'file', label: 'deploy/app.yaml', entries: [{ engine: 'read', status: 'evaluated', reason: '1 resource' }] },
    ]);
    expect(entryOf({ resources: 0 })).toEqual([{ engine: 'read', status: 'evaluated', reason: '0 resources' }]);
    expect(entryOf({ resources: 2 })).toEqual([{ engine: 'read', status: 'evaluated', reason: '2 resources' }]);
  });

  it.each(['helm', 'kustomize', 'policy'] as const)('names %s', (kind) => {
    expect(entryOf({ kind })).toEqual([{ engine: kind, status: 'evaluated', reason: '1 resource' }]);
  });

  it('gives the reason for a skipped file', () => {
    const reason = 'part of chart charts/shop';
    expect(entryOf({ status: 'skipped', resources: 0, reason })).toEqual([{ engine: 'read', status: 'skipped', reason }]);
  });

  it('claims no count for one that failed, nor a reason that nobody gave', () => {
    expect(entryOf({ kind: 'helm', status: 'failed', resources: 0 })).toStrictEqual([{ engine: 'helm', status: 'failed' }]);
  });
});

describe('buildCoverage', () => {
  const web = resource({ uid: 'obj-1', name: 'web' });
  const engineOff: EngineRun = { status: 'skipped', engine: 'trivy', reason: 'switched off', why: 'disabled' };

  it('has a row for each resource, with its location and the status by engine', () => {
    const error = new GateError('ENGINE_COVERAGE', { message: 'kube-linter lost it' });
    const target = { kind: 'resource', resource: 'obj-1' } as const;
    const runs: readonly EngineRun[] = [
      engineOff,
      completed({ coverage: evaluated('obj-1') }),
      completed({ engine: 'opa', coverage: [{ target, status: 'not-applicable', reason: 'no policy is about it' }] }),
      completed({ engine: 'kube-linter', coverage: [{ target, status: 'failed', error }] }),
    ];
    expect(buildCoverage(runs, manifestSet({ resources: [web] }))).toStrictEqual([
      {
        kind: 'resource',
        label: 'Deployment shop/web',
        source: 'deploy/app.yaml:1',
        entries: [
          { engine: 'cel', status: 'evaluated' },
          { engine: 'opa', status: 'not-applicable', reason: 'no policy is about it' },
          { engine: 'kube-linter', status: 'failed', reason: 'kube-linter lost it' },
        ],
      },
    ]);
  });

  it('shows an uncovered item as a row without entries', () => {
    const set = manifestSet({ resources: [web], images: [image('nginx:1.25')] });
    expect(buildCoverage([engineOff], set).map((row) => [row.label, row.entries])).toEqual([
      ['Deployment shop/web', []],
      ['nginx:1.25', []],
    ]);
  });

  it('has a row for each image', () => {
    const runs = [
      completed({ engine: 'trivy', coverage: [{ target: { kind: 'image', reference: 'nginx:1.25' }, status: 'evaluated' }] }),
    ];
    expect(buildCoverage(runs, manifestSet({ images: [image('nginx:1.25')] }))).toEqual([
      { kind: 'image', label: 'nginx:1.25', entries: [{ engine: 'trivy', status: 'evaluated' }] },
    ]);
  });

  it('has one row for each result that was taken in, whoever read it, and for each node', () => {
    const sarif = { target: { kind: 'file', file: 'semgrep.sarif' }, status: 'evaluated' } as const;
    const node = { target: { kind: 'cluster', node: 'node-1' }, status: 'evaluated' } as const;
    const runs: readonly EngineRun[] = [
      completed({ engine: 'sarif', coverage: [sarif] }),
      engineOff,
      completed({ engine: 'kube-bench', coverage: [node, sarif] }),
    ];
    expect(buildCoverage(runs, manifestSet())).toEqual([
      {
        kind: 'result',
        label: 'semgrep.sarif',
        entries: [
          { engine: 'sarif', status: 'evaluated' },
          { engine: 'kube-bench', status: 'evaluated' },
        ],
      },
      { kind: 'cluster', label: 'node-1', entries: [{ engine: 'kube-bench', status: 'evaluated' }] },
    ]);
  });

  it('lists files, resources, images and results, in this order', () => {
    const set = manifestSet({ units: [unit({})], resources: [web], images: [image('nginx:1.25')] });
    const runs = [
      completed({ coverage: [{ target: { kind: 'file', file: 'semgrep.sarif' }, status: 'evaluated' }, ...evaluated('obj-1')] }),
    ];
    expect(buildCoverage(runs, set).map((row) => row.kind)).toEqual(['file', 'resource', 'image', 'result']);
  });
});

describe('listImages', () => {
  it('names each field that names an image', () => {
    const uses = [{ resource: 'obj-1', containerKind: 'volume', path: ['spec', 'volumes', 0, 'image', 'reference'] }] as const;
    const set = manifestSet({ resources: [resource({ uid: 'obj-1' })], images: [image('models:1', uses), image('nginx:1.25')] });
    expect(listImages(set)).toEqual([
      {
        reference: 'models:1',
        uses: [
          {
            resource: 'Deployment shop/app',
            field: 'spec.volumes[0].image.reference',
            kind: 'volume',
            file: 'deploy/app.yaml',
            line: 6,
          },
        ],
      },
      { reference: 'nginx:1.25', uses: [] },
    ]);
  });
});
