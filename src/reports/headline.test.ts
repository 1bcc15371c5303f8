import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import type { Finding } from '../model/finding.ts';
import type { Verdict } from '../model/verdict.ts';
import { judge } from '../verdict/judge.ts';
import { findingCase } from './junit/cases.ts';
import { reporters } from './registry.ts';
import { outcomeTone, outcomeWord } from './view.ts';

const gap = (part: Partial<Finding> = {}): Finding =>
  finding({
    engine: 'gate',
    rule: 'not-evaluated',
    severity: 'unknown',
    sources: [{ engine: 'gate', rule: 'not-evaluated', severity: 'unknown' }],
    ...part,
  });
const lenient = { critical: 'block', high: 'warn', medium: 'allow', low: 'allow', unknown: 'allow' } as const;

function verdictOf(findings: readonly Finding[]): Verdict {
  const set = { resources: [], images: [], units: [], policies: [], failures: [], gaps: [] };
  return judge(
    { set, runs: [], findings, titles: {} },
    { severity: lenient, environments: [], expectManifests: false, onlyNew: false },
  );
}

describe('the headline over a gap that the policy allows', () => {
  const verdict = verdictOf([
    gap({ fingerprint: '1', resources: ['HelmRelease a', 'HelmRelease b'] }),
    gap({ fingerprint: '2', resources: [] }),
  ]);

  it('counts what was not evaluated', () => {
    expect(verdict.outcome).toBe('pass');
    expect(verdict.reason).toBe('passed, but 3 items were not evaluated; nothing blocks or warns; 2 findings allowed by policy');
    expect([outcomeWord(verdict), outcomeTone(verdict)]).toEqual(['INCOMPLETE', 'warn']);
  });

  it.each(reporters.filter(({ id }) => !['json', 'sarif', 'policy-report'].includes(id)))(
    'is not a pass in the $id report',
    (reporter) => {
      const text = reporter.render(verdict, {
        gateVersion: '1',
        generatedAt: new Date(0),
        color: false,
        width: 100,
      });
      expect(text).not.toMatch(/^PASS|: PASS\b|>PASS<|✅/m);
    },
  );

  it('is a pass without one', () => {
    expect(outcomeWord(verdictOf([]))).toBe('PASS');
    expect(outcomeWord(verdictOf([finding({ severity: 'low' })]))).toBe('PASS');
  });

  it('is a skipped test in JUnit', () => {
    expect(verdict.findings.map((judged) => findingCase(judged).result)).toEqual(['skipped', 'skipped']);
  });
});
