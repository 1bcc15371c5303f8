import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completed, engineFinding, evaluated, finding, image, manifestSet, resource } from '../../test/support/model.ts';
import { collectFindings } from '../findings/collect.ts';
import type { Environment } from '../model/config.ts';
import type { EngineRun } from '../model/engine-run.ts';
import type { Finding } from '../model/finding.ts';
import { GateError } from '../model/gate-error.ts';
import { compareAction, defaultSeverityPolicy, severities } from '../model/severity.ts';
import { type Outcome, outcomes } from '../model/verdict.ts';
import { type Evidence, judge } from './judge.ts';

const policy = { severity: defaultSeverityPolicy, environments: [], expectManifests: true, onlyNew: false };
const one = manifestSet({
  resources: [resource({ uid: 'obj-1' })],
  units: [{ kind: 'plain', path: 'deploy/app.yaml', status: 'rendered', resources: 1 }],
});
const clean: Evidence = { set: one, runs: [completed({ coverage: evaluated('obj-1') })], findings: [], titles: {} };
const production: Environment = {
  name: 'production',
  match: { paths: [], namespaces: [], labels: {} },
  severity: { ...defaultSeverityPolicy, high: 'block' },
};

describe('judge', () => {
  it.each([
    ['critical', 'block'],
    ['high', 'warn'],
    ['medium', 'pass'],
    ['low', 'pass'],
    ['unknown', 'warn'],
  ] as const)('answers %s by default with %s', (severity, outcome) => {
    expect(judge({ ...clean, findings: [finding({ severity })] }, policy).outcome).toBe(outcome);
  });

  it('passes when everything was looked at and nothing found', () => {
    const verdict = judge(clean, policy);
    expect(verdict).toMatchObject({
      outcome: 'pass',
      reason: 'no findings',
      errors: [],
      totals: { files: 1, resources: 1, images: 0 },
    });
  });

  it('lets an environment tighten, for the findings that reach it', () => {
    const here = judge(
      { ...clean, findings: [finding({ environments: ['production'] })] },
      { ...policy, environments: [production] },
    );
    expect(here.outcome).toBe('block');
    expect(here.findings[0]?.decidedBy).toBe('production');
    const elsewhere = judge(
      { ...clean, findings: [finding({ environments: ['staging'] })] },
      { ...policy, environments: [production] },
    );
    expect(elsewhere.outcome).toBe('warn');
  });

  it('never lets an environment loosen', () => {
    const lax: Environment = { ...production, severity: { ...defaultSeverityPolicy, critical: 'allow' } };
    expect(
      judge(
        { ...clean, findings: [finding({ severity: 'critical', environments: ['production'] })] },
        { ...policy, environments: [lax] },
      ).outcome,
    ).toBe('block');
  });

  const fault = new GateError('ENGINE_FAILED', { message: 'trivy was killed' });
  it.each<[string, Partial<Evidence>]>([
    ['an engine failed', { runs: [...clean.runs, { status: 'failed', engine: 'trivy', error: fault, durationMs: 1 }] }],
    ['a file could not be read', { set: { ...one, failures: [fault] } }],
    [
      'an engine could not look at one thing',
      {
        runs: [
          completed({
            coverage: [...evaluated('obj-1'), { target: { kind: 'image', reference: 'a' }, status: 'failed', error: fault }],
          }),
        ],
      },
    ],
    ['no engine looked at a resource', { runs: [completed({ coverage: evaluated('obj-2') })] }],
    ['every engine was skipped', { runs: [{ status: 'skipped', engine: 'cel', reason: 'off', why: 'disabled' }] }],
    ['nothing was found to judge', { set: manifestSet(), runs: [] }],
  ])('is error where %s', (_what, part) => {
    const verdict = judge({ ...clean, ...part }, policy);
    expect(verdict.outcome).toBe('error');
    expect(verdict.errors.length).toBeGreaterThan(0);
  });

  it('prefers block, and still reports the errors', () => {
    const verdict = judge(
      { ...clean, findings: [finding({ severity: 'critical' })], set: { ...one, failures: [fault] } },
      policy,
    );
    expect(verdict.outcome).toBe('block');
    expect(verdict.reason).toBe(
      '1 finding must be fixed before this change can be merged; because of 1 error, there may be more',
    );
  });

  it('passes an empty change if that is expected', () => {
    expect(judge({ ...clean, set: manifestSet(), runs: [] }, { ...policy, expectManifests: false }).outcome).toBe('pass');
  });

  it('lists every file, resource, image and imported result in the coverage, also uncovered ones', () => {
    const set = { ...one, images: [image('nginx:1.25')] };
    const runs: readonly EngineRun[] = [
      completed({ coverage: evaluated('obj-1') }),
      completed({ engine: 'kube-bench', coverage: [{ target: { kind: 'cluster', node: 'node-1' }, status: 'evaluated' }] }),
    ];
    const verdict = judge({ ...clean, set, runs }, policy);
    expect(verdict.coverage.map((row) => [row.kind, row.label, row.entries.map((entry) => entry.engine)])).toEqual([
      ['file', 'deploy/app.yaml', ['read']],
      ['resource', 'Deployment shop/app', ['cel']],
      ['image', 'nginx:1.25', []],
      ['cluster', 'node-1', ['kube-bench']],
    ]);
  });
});

const anyFinding = fc
  .record({
    severity: fc.constantFrom(...severities),
    rule: fc.constantFrom('a', 'b', 'c'),
    environments: fc.constantFrom([], ['production'], ['staging']),
  })
  .map(finding);
const rank = (outcome: Outcome): number => outcomes.indexOf(outcome);

describe('judge, for any findings', () => {
  it('never answers better when a finding is added', () => {
    fc.assert(
      fc.property(fc.array(anyFinding), anyFinding, (known, added) => {
        const before = judge({ ...clean, findings: known }, { ...policy, environments: [production] });
        const after = judge({ ...clean, findings: [...known, added] }, { ...policy, environments: [production] });
        expect(rank(after.outcome)).toBeGreaterThanOrEqual(rank(before.outcome));
      }),
    );
  });

  it('answers the same in whatever order engines ended', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...severities), { minLength: 2, maxLength: 6 }), fc.integer(), (chosen, seed) => {
        const findings = chosen.map((severity, index) => engineFinding({ severity, rule: `rule-${index}` }));
        const shuffled = findings.toSorted(
          (a, b) => ((a.rule.charCodeAt(5) * 7 + seed) % 5) - ((b.rule.charCodeAt(5) * 7 + seed) % 5),
        );
        const verdicts = [findings, shuffled].map((list) =>
          judge(
            { ...clean, findings: collectFindings([completed({ findings: list, coverage: evaluated('obj-1') })], one) },
            policy,
          ),
        );
        expect(verdicts[1]).toEqual(verdicts[0]);
      }),
    );
  });

  it('puts what blocks first', () => {
    fc.assert(
      fc.property(fc.array(anyFinding), (list) => {
        const judged = judge({ ...clean, findings: list }, policy).findings.map((item) => item.action);
        expect(judged).toEqual(judged.toSorted(compareAction));
      }),
    );
  });
});

describe('against the base', () => {
  const old = finding({ severity: 'critical', baselineKeys: ['a'] });
  const baseline = { status: 'known', sha: 'b'.repeat(40), findings: [old], engines: ['cel'] } as const;
  const judged = (part: Partial<Evidence>, onlyNew: boolean) =>
    judge({ ...clean, findings: [old], baseline, ...part }, { ...policy, onlyNew });

  it('blocks old findings as it does new ones', () => {
    expect(judged({}, false)).toMatchObject({ outcome: 'block', findings: [{ state: 'unchanged', action: 'block' }] });
  });

  it('lists the environments in which it is new', () => {
    const staging = { ...production, name: 'staging' };
    const environments = [production, staging];
    const was = { ...old, environments: ['staging'] };
    const now = { ...old, environments: ['production', 'staging'] };
    const stateOf = (base: readonly Finding[]) =>
      judge({ ...clean, findings: [now], baseline: { ...baseline, findings: base } }, { ...policy, environments }).findings[0];
    expect(stateOf([was])).toMatchObject({ state: 'new', newIn: ['production'] });
    expect(stateOf([])).not.toHaveProperty('newIn');
    expect(stateOf([now])).toMatchObject({ state: 'unchanged' });
  });

  it('allows old ones with only-new, with the reason', () => {
    expect(judged({}, true)).toMatchObject({ outcome: 'pass', findings: [{ action: 'allow', decidedBy: 'only-new' }] });
  });

  it('blocks new ones with only-new', () => {
    expect(judged({ baseline: { ...baseline, findings: [] } }, true).outcome).toBe('block');
  });

  it('blocks everything with only-new where the base is not known', () => {
    const verdict = judged({ baseline: { status: 'unknown', reason: 'it did not render' } }, true);
    expect(verdict).toMatchObject({ outcome: 'block', comparison: { status: 'unavailable' } });
  });
});
