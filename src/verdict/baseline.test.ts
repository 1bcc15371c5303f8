import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import { acceptedKeys } from '../findings/accepted.ts';
import type { BaselineEntry } from '../model/baseline.ts';
import type { Finding } from '../model/finding.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { type Accepted, applyBaseline } from './baseline.ts';

const today = new Date('2026-11-28T12:00:00Z');
const about = (image: string, environments: readonly string[] = []) => [
  { key: 'a'.repeat(32), environments, parts: { 'the image of container web': image } },
];

const found = (part: Partial<Finding> = {}): Finding =>
  finding({ rule: 'privileged', severity: 'critical', baselineKeys: ['a'.repeat(32)], about: about('one'), ...part });
const judged = (part: Partial<Finding> = {}): JudgedFinding => ({ finding: found(part), action: 'block', decidedBy: 'default' });

/** The entry that `k8s-gate baseline` writes for a finding. */
function entry(part: Partial<BaselineEntry> = {}, of: Finding = found()): BaselineEntry {
  return {
    rule: `${of.engine}/${of.rule}`,
    severity: of.severity,
    resources: of.resources,
    environments: of.environments,
    fingerprints: acceptedKeys(of),
    added: '2026-11-01',
    line: 4,
    ...part,
  };
}

function apply(findings: readonly JudgedFinding[], entries: readonly BaselineEntry[], part: Partial<Accepted> = {}) {
  const accepted = { file: 'b.yaml', entries, onlyUnchanged: false, completed: ['cel'], keysOf: acceptedKeys, ...part };
  const { findings: after, use } = applyBaseline(findings, accepted, today);
  return { actions: after.map(({ action }) => action), after, use };
}

describe('applyBaseline', () => {
  it('allows what an entry was written for', () => {
    const { after, use } = apply([judged()], [entry()]);
    expect(after).toEqual([{ ...judged(), action: 'allow', decidedBy: 'baseline' }]);
    expect(use).toEqual({ file: 'b.yaml', entries: 1, findings: 1, unused: [], expired: [] });
  });

  it('still allows it where lines, files, order of parts and titles have changed, and where it is less severe', () => {
    const moved = judged({ locations: [{ file: 'moved/b.yaml', line: 99, precision: 'field' }], title: 'other words' });
    expect(apply([moved, judged({ severity: 'high' })], [entry(), entry()]).actions).toEqual(['allow', 'allow']);
  });

  it.each<[string, Partial<Finding>]>([
    ['another container or field', { baselineKeys: ['b'.repeat(32)], about: [] }],
    ['another image in the same container', { about: about('other') }],
    ['the image of another environment', { about: about('one', ['staging']) }],
    ['one more resource', { baselineKeys: ['a'.repeat(32), 'b'.repeat(32)] }],
    ['one more environment', { environments: ['production'] }],
    ['another resource with the same fingerprint', { resources: ['Deployment shop/other'] }],
    ['another rule with the same fingerprint', { sources: [{ engine: 'cel', rule: 'other', severity: 'critical' }] }],
    ['a finding without an identity', { baselineKeys: [] }],
  ])('does not allow %s', (_what, part) => {
    expect(apply([judged(part)], [entry()])).toMatchObject({ actions: ['block'], use: { findings: 0, unused: [entry()] } });
  });

  it('does not allow what is more severe than it was', () => {
    expect(apply([judged()], [entry({ severity: 'high' })]).actions).toEqual(['block']);
  });

  it('allows one finding for each entry, not more', () => {
    expect(apply([judged(), judged()], [entry()]).actions).toEqual(['allow', 'block']);
    expect(apply([judged(), judged()], [entry(), entry({ line: 8 })]).actions).toEqual(['allow', 'allow']);
  });

  it.each<[string, readonly string[], Partial<Finding>]>([
    ['its rule', ['cel/privileged'], {}],
    ['a glob for its rule', ['*/priv*'], {}],
    [
      'a rule of another engine that agrees',
      ['trivy/KSV-0017'],
      {
        sources: [
          { engine: 'cel', rule: 'privileged', severity: 'critical' },
          { engine: 'trivy', rule: 'KSV-0017', severity: 'high' },
        ],
      },
    ],
  ])('does not allow what nobody may accept: %s', (_what, never, part) => {
    expect(apply([judged(part)], [entry()], { never })).toMatchObject({ actions: ['block'], use: { findings: 0, unused: [] } });
    expect(apply([judged(part)], [entry()], { never: ['cel/host-pid'] }).actions).toEqual(['allow']);
  });

  it('does not allow findings of the gate itself, whatever an entry contains', () => {
    const own = found({
      engine: 'gate',
      rule: 'config-loosened',
      sources: [{ engine: 'gate', rule: 'config-loosened', severity: 'critical' }],
    });
    const merged = judged({ sources: [...found().sources, { engine: 'gate', rule: 'not-evaluated', severity: 'unknown' }] });
    expect(apply([{ ...judged(), finding: own }, merged], [entry({}, own), entry()]).actions).toEqual(['block', 'block']);
  });

  it('ends after the last day of an entry, which is reported', () => {
    expect(apply([judged()], [entry({ expires: '2026-11-28' })]).actions).toEqual(['allow']);
    const late = entry({ expires: '2026-11-27' });
    expect(apply([judged()], [late])).toMatchObject({ actions: ['block'], use: { findings: 0, unused: [], expired: [late] } });
  });

  it('accepts only what the base has, where the change adds it', () => {
    const [old, fresh] = [
      { ...judged(), state: 'unchanged' as const },
      { ...judged(), state: 'new' as const },
    ];
    expect(apply([old], [entry()], { onlyUnchanged: true }).actions).toEqual(['allow']);
    expect(apply([fresh], [entry()], { onlyUnchanged: true }).actions).toEqual(['block']);
    expect(apply([judged()], [entry()], { onlyUnchanged: true }).actions).toEqual(['block']);
  });

  it('reports no entry as unused whose engine did not evaluate everything', () => {
    expect(apply([], [entry()], { completed: [] }).use.unused).toEqual([]);
    expect(apply([], [entry()]).use.unused).toEqual([entry()]);
  });

  it('keeps the reason of what is allowed anyway, and counts its entry as used', () => {
    const waived: JudgedFinding = { ...judged(), action: 'allow', decidedBy: 'waiver' };
    expect(apply([waived], [entry()])).toMatchObject({ after: [waived], use: { findings: 0, unused: [] } });
  });

  it('never makes anything stricter, and never touches a finding that no entry was written for', () => {
    const keys = fc.constantFrom('a', 'b', 'c');
    const one = fc.record({
      baselineKeys: fc.uniqueArray(keys, { minLength: 1 }),
      severity: fc.constantFrom('critical', 'high'),
    });
    fc.assert(
      fc.property(fc.array(one), fc.array(one), (now, then) => {
        const findings = now.map((part) => judged({ ...part, about: [] } as Partial<Finding>));
        const entries = then.map((part) => entry({}, found({ ...part, about: [] } as Partial<Finding>)));
        const known = new Set(entries.flatMap(({ fingerprints }) => fingerprints));
        for (const { finding: of, action } of apply(findings, entries).after)
          if (action === 'allow') expect((of.baselineKeys ?? []).every((key) => known.has(key))).toBe(true);
        expect(apply(findings, []).actions).toEqual(findings.map(() => 'block'));
      }),
    );
  });
});

describe('acceptedKeys', () => {
  it('do not depend on the order of parts and environments', () => {
    const parts = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'x']));
    const of = (part: Record<string, string>, environments: readonly string[]) =>
      acceptedKeys(found({ about: [{ key: 'a'.repeat(32), environments, parts: part }] }));
    expect(of(parts('a', 'b'), ['p', 's'])).toEqual(of(parts('b', 'a'), ['s', 'p']));
  });
});
