import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import { holds } from '../../test/support/property.ts';
import type { About, Finding } from '../model/finding.ts';
import { compare } from './compare.ts';

const known = (findings: readonly Finding[], engines: readonly string[] = ['cel']) =>
  ({ status: 'known', sha: 'b'.repeat(40), findings, engines }) as const;

const privileged = finding({ rule: 'privileged', baselineKeys: ['p'], severity: 'high' });

describe('compare', () => {
  it('calls findings of the base unchanged, wherever they are now', () => {
    const moved = { ...privileged, locations: [{ file: 'new/place.yaml', line: 99, precision: 'field' as const }] };
    const { comparison, stateOf } = compare([moved], known([privileged]));
    expect(stateOf(moved)).toBe('unchanged');
    expect(comparison).toMatchObject({ new: 0, unchanged: 1, fixed: [] });
  });

  it('calls what only the base had fixed', () => {
    expect(compare([], known([privileged])).comparison).toMatchObject({ new: 0, unchanged: 0, fixed: [privileged] });
  });

  it.each([
    ['became more severe', { severity: 'critical' as const }],
    ['reaches another environment', { environments: ['production'] }],
    ['concerns one more resource', { baselineKeys: ['p', 'q'] }],
  ])('calls what %s new, and nothing fixed', (_what, part) => {
    const now = { ...privileged, ...part };
    const { comparison, stateOf } = compare([now], known([privileged]));
    expect(stateOf(now)).toBe('new');
    expect(comparison).toMatchObject({ new: 1, fixed: [] });
  });

  it('tells the environments in which it is new', () => {
    const was = { ...privileged, environments: ['staging'] };
    const now = { ...privileged, environments: ['production', 'staging'] };
    const newIn = (base: readonly Finding[]) => compare([now], known(base)).newIn(now);
    expect(newIn([was])).toEqual(['production']);
    expect(newIn([])).toEqual(['production', 'staging']);
    expect(newIn([{ ...was, severity: 'low' }])).toEqual(['production', 'staging']);
    expect(compare([now], { status: 'unknown', reason: '' }).newIn(now)).toEqual(['production', 'staging']);
  });

  it('counts: a second complaint like the first is new', () => {
    const second = { ...privileged };
    const { comparison } = compare([privileged, second], known([privileged]));
    expect(comparison).toMatchObject({ new: 1, unchanged: 1 });
  });

  it('matches two complaints of one field by their words', () => {
    const [cpu, memory] = [
      { ...privileged, title: 'no cpu limit' },
      { ...privileged, title: 'no memory limit' },
    ];
    expect(compare([memory], known([cpu, memory])).comparison).toMatchObject({ unchanged: 1, fixed: [cpu] });
  });

  it('calls everything of an engine that could not judge the base new', () => {
    expect(compare([privileged], known([privileged], ['trivy'])).stateOf(privileged)).toBe('new');
  });

  it('calls a finding of two engines new if one of them failed on the base', () => {
    const sources = ['cel', 'trivy'].map((engine) => ({ engine, rule: 'privileged', severity: 'high' as const }));
    const both = { ...privileged, sources };
    expect(compare([both], known([both])).stateOf(both)).toBe('new');
    expect(compare([both], known([both], ['cel', 'trivy'])).stateOf(both)).toBe('unchanged');
  });

  it('calls unchanged what reaches fewer environments, and new what trades one for another', () => {
    const base = { ...privileged, environments: ['production', 'staging'] };
    const states = [['production'], ['production', 'canary']].map((environments) => {
      const now = { ...privileged, environments };
      return compare([now], known([base])).stateOf(now);
    });
    expect(states).toEqual(['unchanged', 'new']);
  });

  it('knows a finding without keys by its fingerprint', () => {
    const [seen, other] = [finding({ fingerprint: 'a'.repeat(32) }), finding({ fingerprint: 'b'.repeat(32) })];
    const { stateOf } = compare([seen, other], known([seen]));
    expect([stateOf(seen), stateOf(other)]).toEqual(['unchanged', 'new']);
  });

  it('calls new what it can’t tell: no identity, or a finding it never saw', () => {
    const nameless = { ...privileged, baselineKeys: [] };
    const { stateOf } = compare([nameless], known([nameless, privileged]));
    expect([stateOf(nameless), stateOf(privileged)]).toEqual(['new', 'new']);
  });

  it('uses nothing of the base up for a finding that is new', () => {
    const wider = { ...privileged, baselineKeys: ['p', 'q'] };
    const { stateOf } = compare([wider, privileged], known([privileged]));
    expect([stateOf(wider), stateOf(privileged)]).toEqual(['new', 'unchanged']);
  });

  it('does not call a finding fixed that one of its resources still has', () => {
    const merged = { ...privileged, baselineKeys: ['p', 'q'] };
    expect(compare([privileged], known([merged])).comparison).toMatchObject({ new: 0, unchanged: 1, fixed: [] });
  });

  it('calls everything new where the base is unknown', () => {
    const { comparison, stateOf } = compare([privileged], { status: 'unknown', reason: 'the chart did not render' });
    expect(stateOf(privileged)).toBe('new');
    expect(comparison).toEqual({ status: 'unavailable', reason: 'the chart did not render' });
  });

  describe('a critical finding', () => {
    const about = (image: string, environments: readonly string[] = [], key = 'p'): About => ({
      key,
      environments,
      parts: { 'the image of container web': image, 'the command of container web': 'c' },
    });
    const critical = finding({ rule: 'privileged', baselineKeys: ['p'], severity: 'critical', about: [about('a')] });
    const stateOf = (now: Finding, old: Finding) => {
      const compared = compare([now], known([old]));
      return [compared.stateOf(now), compared.newBecause(now)];
    };

    it('is old where what it is about is the same', () => {
      expect(stateOf({ ...critical }, critical)).toEqual(['unchanged', undefined]);
    });

    it.each<[string, readonly About[], string]>([
      ['runs another image', [about('b')], 'the image of container web'],
      ['runs in one more resource of the same name', [about('a'), about('a')], 'one more resource of this name'],
      [
        'has a part that the base does not have',
        [{ ...about('a'), parts: { ...about('a').parts, 'the image of container x': 'x' } }],
        'the image of container x',
      ],
    ])('is new where it %s, with the reason, and is not called fixed', (_what, now, part) => {
      const changed = { ...critical, about: now };
      expect(stateOf(changed, critical)).toEqual(['new', `the change touches ${part}`]);
      expect(compare([changed], known([critical])).comparison).toMatchObject({ new: 1, unchanged: 0, fixed: [] });
    });

    it('is old where a container is gone', () => {
      const two = { ...about('a').parts, 'the image of container x': 'x' };
      expect(stateOf(critical, { ...critical, about: [{ ...about('a'), parts: two }] })).toEqual(['unchanged', undefined]);
    });

    it('does not take one environment’s image for another’s', () => {
      const environments = ['production', 'staging'];
      const old = { ...critical, environments, about: [about('a', ['production']), about('b', ['staging'])] };
      const swapped = { ...old, about: [about('b', ['production']), about('b', ['staging'])] };
      expect(stateOf(old, old)).toEqual(['unchanged', undefined]);
      expect(stateOf(swapped, old)).toEqual(['new', 'the change touches the image of container web']);
    });

    it('names all that is touched', () => {
      const parts = { 'the image of container web': 'b', 'the command of container web': 'd', 'the volumes of the pod': 'v' };
      expect(stateOf({ ...critical, about: [{ ...about('a'), parts }] }, critical)).toEqual([
        'new',
        'the change touches the image of container web, the command of container web and the volumes of the pod',
      ]);
    });
  });

  describe('a base that did not render', () => {
    const unit = { unit: 'app', what: 'chart app', reason: 'no dependency', untouched: new Set(['app/templates/web.yaml']) };
    const at = (file: string, units: readonly string[] = ['app']) =>
      finding({ baselineKeys: [file], units, locations: [{ file, line: 3, precision: 'field' }] });
    const compared = (now: Finding, untouched: ReadonlySet<string> = unit.untouched, engines = ['cel']) => {
      const { comparison, stateOf } = compare([now], { ...known([], engines), unrendered: [{ ...unit, untouched }] });
      return [stateOf(now), comparison.status === 'compared' ? comparison.unrendered : undefined];
    };
    const counted = (counts: { readonly new: number; readonly unchanged: number }) => [
      { what: 'chart app', reason: 'no dependency', ...counts },
    ];

    it('makes no finding in an unchanged file new', () => {
      expect(compared(at('app/templates/web.yaml'))).toEqual(['unchanged', counted({ new: 0, unchanged: 1 })]);
    });

    it.each<[string, Finding, ReadonlySet<string>?, string[]?]>([
      ['the chart was touched', at('app/templates/web.yaml'), new Set()],
      ['it is in a file that no commit has', at('app/charts/lib/templates/x.yaml')],
      [
        'one of its places does',
        {
          ...at('app/templates/web.yaml'),
          locations: [...at('app/templates/web.yaml').locations, ...at('app/charts/x.yaml').locations],
        },
      ],
      ['it has no place', { ...at('app/templates/web.yaml'), locations: [] }],
      ['it is of another unit, too', at('app/templates/web.yaml', ['app', 'other'])],
      ['its engine could not judge the base', at('app/templates/web.yaml'), unit.untouched, []],
    ])('makes new, and counts it, what can’t be known to be old: %s', (_what, now, untouched, engines) => {
      expect(compared(now, untouched, engines)).toEqual(['new', counted({ new: 1, unchanged: 0 })]);
    });

    it('is reported even if no finding is of it, and makes nothing old elsewhere', () => {
      expect(compared(at('app/templates/web.yaml', ['b']))).toEqual(['new', counted({ new: 0, unchanged: 0 })]);
    });
  });

  it('never calls more findings unchanged than the base had, and loses none', () => {
    const anyFinding = fc.record({ key: fc.constantFrom('a', 'b', 'c'), severity: fc.constantFrom('critical', 'high', 'low') });
    const make = (list: readonly { key: string; severity: 'critical' | 'high' | 'low' }[]) =>
      list.map(({ key, severity }) => finding({ rule: key, baselineKeys: [key], severity }));
    holds(
      fc.property(fc.array(anyFinding), fc.array(anyFinding), (now, before) => {
        const [head, base] = [make(now), make(before)];
        const { comparison } = compare(head, known(base));
        if (comparison.status !== 'compared') throw new Error('not compared');
        expect(comparison.new + comparison.unchanged).toBe(head.length);
        expect(comparison.unchanged + comparison.fixed.length).toBeLessThanOrEqual(base.length);
      }),
    );
  });
});
