import { describe, expect, it } from 'vitest';
import { completed, engineFinding, image, manifestSet, resource } from '../../test/support/model.ts';
import type { EngineFinding } from '../model/finding.ts';
import { GateError } from '../model/gate-error.ts';
import { wantedFields, wantedOfBase } from './wanted.ts';

const about = (uid: string, path: readonly string[], part: Partial<EngineFinding> = {}): EngineFinding =>
  engineFinding({ ...part, subject: { kind: 'resource', resource: uid, path } });
const resources = [resource({ uid: 'a', name: 'web' }), resource({ uid: 'b', name: 'api' })];

describe('fields to locate', () => {
  it('are those with findings, each once, and none if there are no findings', () => {
    const set = manifestSet({ resources });
    const findings = [about('a', ['spec']), about('a', ['spec'], { rule: 'other' }), about('b', ['kind'])];
    expect([...wantedFields({ set, runs: [completed({ findings })] })]).toEqual([
      ['a', [['spec']]],
      ['b', [['kind']]],
    ]);
    expect(wantedFields({ set, runs: [completed()] }).size).toBe(0);
  });

  it('are all uses of an image with a finding', () => {
    const uses = ['a', 'b'].map((uid) => ({ resource: uid, containerKind: 'container' as const, path: ['spec', 'image'] }));
    const set = manifestSet({ resources, images: [image('web:1', uses), image('api:1', uses.slice(1))] });
    const findings = [engineFinding({ subject: { kind: 'image', reference: 'web:1' } })];
    expect([...wantedFields({ set, runs: [completed({ findings })] }).keys()]).toEqual(['a', 'b']);
  });

  it('are those of errors', () => {
    const error = (uid: string) => new GateError('MANIFEST_INVALID', { message: 'x', field: { resource: uid, path: ['spec'] } });
    const coverage = [{ target: { kind: 'resource' as const, resource: 'b' }, status: 'failed' as const, error: error('b') }];
    const set = manifestSet({ resources, failures: [error('a')] });
    expect([...wantedFields({ set, runs: [completed({ coverage })] }).keys()]).toEqual(['a', 'b']);
  });
});

describe('fields of the base to locate', () => {
  const set = manifestSet({ resources });
  const judged = (...findings: readonly EngineFinding[]) => ({ set, runs: [completed({ findings })] });
  const old = about('a', ['spec'], { title: 'web is off' });

  it('are not those of a finding that the head has as well', () => {
    expect(wantedOfBase(judged(old), judged(old)).size).toBe(0);
  });

  it('are those of a finding that is fixed', () => {
    expect([...wantedOfBase(judged(old), judged())]).toEqual([['a', [['spec']]]]);
  });

  it('are those of findings that are one if they have one place', () => {
    const twins = judged(about('a', ['spec']), about('b', ['spec']));
    expect([...wantedOfBase(twins, twins).keys()]).toEqual(['a', 'b']);
  });
});
