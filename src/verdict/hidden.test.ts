import { describe, expect, it } from 'vitest';
import type { Gap } from '../model/gap.ts';
import type { ManifestSet, SourceUnit } from '../model/manifest-set.ts';
import { evaluatedOn, refuseHidden } from './hidden.ts';

const unit = (part: Partial<SourceUnit> = {}): SourceUnit => ({
  kind: 'helm',
  path: 'app',
  status: 'rendered',
  resources: 1,
  ...part,
});
const failed = unit({ status: 'failed', resources: 0 });
const gap: Gap = { file: 'app/Chart.yaml', line: 3, subject: 'chart app', reason: 'r', next: 'n', unit: 'app' };

describe('whether the base evaluated what a gap is about', () => {
  const was = (units: readonly SourceUnit[], now: SourceUnit = failed, gaps: readonly Gap[] = [], own = gap) =>
    evaluatedOn({ units, gaps }, { units: [now] })(own);

  it.each<[string, boolean, boolean]>([
    ['the base rendered the unit', was([unit()]), true],
    ['it rendered to nothing', was([unit({ resources: 0 })]), true],
    ['it rendered in part', was([unit({ status: 'failed' })]), true],
    ['it failed', was([failed]), false],
    ['it is not there', was([unit({ path: 'other' })]), false],
    ['a file has its name', was([unit({ kind: 'plain' })]), false],
    ['a policy has its name', was([unit({ kind: 'policy' })]), false],
    ['it was left out', was([unit({ status: 'skipped', resources: 0 })]), false],
    ['the base has the same gap', was([unit({ status: 'failed' })], failed, [gap]), false],
    ['the base has another gap of it', was([unit({ status: 'failed' })], failed, [{ ...gap, subject: 'x' }]), true],
    ['the base has a gap of the same name elsewhere', was([unit()], failed, [{ ...gap, unit: 'x' }]), true],
    ['the change renders the rest of it', was([unit()], unit({ status: 'failed' })), false],
    ['the change renders that, and the base did', was([unit({ evaluated: ['chart app'] })], unit({ status: 'failed' })), true],
    ['the base evaluated others of it', was([unit({ evaluated: ['chart app with a'] })], unit()), false],
    ['it is of no unit', was([unit()], failed, [], { file: 'a', subject: 'chart app', reason: 'r', next: 'n' }), false],
    ['a file of the change has its name', was([unit()], unit({ kind: 'plain' })), true],
  ])('%s', (_what, found, expected) => expect(found).toBe(expected));

  it('follows what it was rendered as part of', () => {
    const part = (path: string, within: string) => unit({ kind: 'kustomize', path, status: 'skipped', resources: 0, within });
    expect(was([part('app', 'o'), unit({ path: 'o' })])).toBe(true);
    expect(was([part('app', 'o'), { ...failed, path: 'o' }])).toBe(false);
    expect(was([part('app', 'o'), part('o', 'app')])).toBe(false);
    expect(was([part('app', 'app')])).toBe(false);
  });
});

describe('a gap that hides something', () => {
  const refuse = (gaps: readonly Gap[], isHidden: (one: Gap) => boolean) =>
    refuseHidden<Pick<ManifestSet, 'gaps' | 'failures'>>({ gaps, failures: [] }, isHidden);

  it('is a fault at its place', () => {
    const other = { ...gap, subject: 'chart other', next: '' };
    const { gaps, failures } = refuse([gap, other], ({ subject }) => subject === 'chart app');
    expect(gaps).toEqual([other]);
    expect(failures.map(({ message }) => message)).toEqual([
      'app/Chart.yaml:3: this change prevents chart app from being rendered: r. n',
    ]);
    expect(failures[0]?.code).toBe('RENDER_FAILED');
  });

  it('has no line or next step where the gap has none', () => {
    const { line: _line, ...rest } = { ...gap, next: '' };
    const { failures } = refuse([rest], () => true);
    expect(failures[0]?.message).toBe('app/Chart.yaml: this change prevents chart app from being rendered: r');
  });

  it('is the only one that makes another set', () => {
    const set = { gaps: [gap], failures: [] };
    expect(refuseHidden(set, () => false)).toBe(set);
  });
});
