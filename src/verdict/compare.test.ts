import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import { holds } from '../../test/support/property.ts';
import type { Finding } from '../model/finding.ts';
import { compare } from './compare.ts';

const known = (findings: readonly Finding[], engines: readonly string[] = ['cel']) =>
  ({ status: 'known', sha: 'b'.repeat(40), findings, engines }) as const;

const privileged = finding({ rule: 'privileged', baselineKeys: ['p'], severity: 'high' });

describe('compare', () => {
  it('calls what the base had unchanged, wherever it stands now', () => {
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

  it('calls new what two engines say, where one of them could not judge the base', () => {
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

  it('does not call fixed what still stands in one of its resources', () => {
    const merged = { ...privileged, baselineKeys: ['p', 'q'] };
    expect(compare([privileged], known([merged])).comparison).toMatchObject({ new: 0, unchanged: 1, fixed: [] });
  });

  it('calls everything new where the base is unknown', () => {
    const { comparison, stateOf } = compare([privileged], { status: 'unknown', reason: 'the chart did not render' });
    expect(stateOf(privileged)).toBe('new');
    expect(comparison).toEqual({ status: 'unavailable', reason: 'the chart did not render' });
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
