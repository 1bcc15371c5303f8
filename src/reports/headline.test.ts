import { describe, expect, it } from 'vitest';
import { finding, waiver } from '../../test/support/model.ts';
import { blocked, clean, incomplete, warned } from '../../test/support/verdicts.ts';
import type { EventName } from '../model/change.ts';
import type { Finding } from '../model/finding.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { judge } from '../verdict/judge.ts';
import { headlineIcon, headlineOf } from './headline.ts';
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

describe('the headline', () => {
  const passed: Verdict = { ...clean, outcome: 'pass' };
  const judged = (part: Partial<JudgedFinding> = {}, found: Partial<Finding> = {}): JudgedFinding => ({
    finding: finding(found),
    action: 'allow',
    decidedBy: 'default',
    ...part,
  });
  const of = (verdict: Verdict, findings: readonly JudgedFinding[]): Verdict => ({
    ...verdict,
    findings,
    counts: {
      block: findings.filter(({ action }) => action === 'block').length,
      warn: findings.filter(({ action }) => action === 'warn').length,
      allow: 0,
    },
  });
  const inFile = (file: string, action: 'block' | 'warn') =>
    judged({ action }, { locations: [{ file, line: 1, precision: 'field' }] });
  const twoFiles = (action: 'block' | 'warn') => [inFile('a.yaml', action), inFile('b.yaml', action), inFile('b.yaml', action)];
  const waived = judged({ waiver: waiver({ rule: 'cel/x', target: '*' }), decidedBy: 'waiver' });
  const existing = judged({ decidedBy: 'only-new', state: 'unchanged' });
  const accepted = judged({ decidedBy: 'baseline' });
  const notEvaluated = {
    finding: gap({ resources: ['HelmRelease a', 'HelmRelease b'] }),
    action: 'allow',
    decidedBy: 'default',
  } as const;
  const uncovered = { kind: 'image', label: 'nginx', entries: [] } as const;
  const nothing: Verdict = { ...passed, coverage: [], totals: { files: 0, resources: 0, images: 0 } };

  it.each<[string, Verdict, EventName | 'local', string]>([
    ['a pass', passed, 'pull_request', '✅ Passed: no findings'],
    ['a pass with allowed findings', of(passed, [judged(), judged()]), 'pull_request', '✅ Passed: 2 findings allowed by policy'],
    ['a pass with a waiver', of(passed, [judged(), waived]), 'pull_request', '✅ Passed: 1 finding allowed by policy, 1 waived'],
    ['a pass with a waiver only', of(passed, [waived]), 'pull_request', '✅ Passed: 1 finding waived'],
    [
      'a pass over existing findings',
      of(passed, [existing, existing]),
      'pull_request',
      '✅ Passed: nothing new, 2 existing findings',
    ],
    ['a pass by the baseline file', of(passed, [accepted]), 'push', '✅ Passed: nothing new, 1 existing finding'],
    [
      'a pass of all kinds',
      of(passed, [judged(), waived, existing]),
      'push',
      '✅ Passed: 1 finding allowed by policy, 1 waived, 1 existing',
    ],
    ['a pass over gaps', of(passed, [notEvaluated]), 'pull_request', '⚠️ Passed, 2 items not evaluated'],
    [
      'a pass over what no engine evaluated',
      { ...passed, coverage: [uncovered] },
      'pull_request',
      '✅ Passed, 1 item not evaluated',
    ],
    ['nothing to evaluate', nothing, 'pull_request', '✅ Passed: no manifests to evaluate'],
    ['one warning', warned, 'pull_request', '⚠️ Passed with 1 warning'],
    ['warnings in files', of(warned, twoFiles('warn')), 'push', '⚠️ Passed with 3 warnings, in 2 files'],
    [
      'a warning over gaps',
      of(warned, [inFile('a.yaml', 'warn'), notEvaluated]),
      'push',
      '⚠️ Passed with 1 warning, 2 items not evaluated',
    ],
    ['one that blocks', of(blocked, [inFile('a.yaml', 'block')]), 'pull_request', '⛔ 1 finding blocks this pull request'],
    ['several that block', of(blocked, twoFiles('block')), 'pull_request', '⛔ 3 findings block this pull request, in 2 files'],
    [
      'several in one file',
      of(blocked, twoFiles('block').slice(1)),
      'merge_group',
      '⛔ 2 findings block this merge group, in 1 file',
    ],
    [
      'several in no file',
      of(
        blocked,
        [judged({ action: 'block' }), judged({ action: 'block' })].map((one) => ({
          ...one,
          finding: { ...one.finding, locations: [] },
        })),
      ),
      'schedule',
      '⛔ 2 findings block this change',
    ],
    ['some that block a push', of(blocked, twoFiles('block')), 'push', '⛔ 3 findings block this push, in 2 files'],
    ['some that block, locally', of(blocked, twoFiles('block')), 'local', '⛔ 3 findings block this change, in 2 files'],
    [
      'some that block, with errors',
      { ...of(blocked, twoFiles('block')), errors: incomplete.errors },
      'pull_request',
      '⛔ 3 findings block this pull request, in 2 files, 2 errors: there may be more',
    ],
    ['an error', incomplete, 'pull_request', '❌ Could not evaluate this pull request: 2 errors'],
    ['an error of a merge queue', incomplete, 'merge_group', '❌ Could not evaluate this merge group: 2 errors'],
  ])('of %s', (_what, verdict, event, text) => {
    const at = event === 'local' ? {} : { change: { event } };
    expect(`${headlineIcon(verdict)} ${headlineOf(verdict, at)}`).toBe(text);
  });

  it('never claims a pass where something was not evaluated without stating it', () => {
    for (const outcome of ['pass', 'warn', 'block'] as const)
      expect(headlineOf({ ...of(passed, [notEvaluated]), outcome }, {})).toMatch(/, 2 items not evaluated$/);
  });
});
