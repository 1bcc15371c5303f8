import { describe, expect, it } from 'vitest';
import { completed, evaluated, finding, image, manifestSet, resource } from '../../test/support/model.ts';
import type { Environment } from '../model/config.ts';
import type { EngineRun } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import { defaultSeverityPolicy, type Severity } from '../model/severity.ts';
import { type Evidence, judge } from './judge.ts';

const policy = { severity: defaultSeverityPolicy, environments: [], expectManifests: true, onlyNew: false };
const set = manifestSet({ resources: [resource({ uid: 'obj-1' })] });
const clean: Evidence = { set, runs: [completed({ coverage: evaluated('obj-1') })], findings: [], titles: {} };
const summaries = (part: Partial<Evidence>) => judge({ ...clean, ...part }, policy).engines;

describe('the summary of an engine', () => {
  it('has version, coverage, findings, duration and notes of a completed engine', () => {
    const cel = { severity: 'high', engine: 'cel', rule: 'privileged' } as const;
    const trivy = { severity: 'high', engine: 'trivy', rule: 'KSV-0017' } as const;
    const run = completed({
      engine: 'trivy',
      version: '0.74.0',
      durationMs: 2034,
      notes: ['database of 2026-11-20'],
      coverage: [
        ...evaluated('obj-1', 'obj-2'),
        { target: { kind: 'resource', resource: 'obj-3' }, status: 'not-applicable', reason: 'a Namespace' },
      ],
    });
    const findings = [finding({ sources: [cel] }), finding({ sources: [cel, trivy] })];
    expect(summaries({ runs: [run], findings, titles: { trivy: 'Trivy' } })).toEqual([
      {
        engine: 'trivy',
        title: 'Trivy',
        status: 'completed',
        version: '0.74.0',
        findings: 1,
        evaluated: 2,
        durationMs: 2034,
        notes: ['database of 2026-11-20'],
      },
    ]);
  });

  it('has the reason of a skipped engine', () => {
    const run: EngineRun = { status: 'skipped', engine: 'kyverno', reason: 'no policy is configured', why: 'not-applicable' };
    expect(summaries({ runs: [run], titles: { kyverno: 'Kyverno' } })).toStrictEqual([
      {
        engine: 'kyverno',
        title: 'Kyverno',
        status: 'skipped',
        findings: 0,
        evaluated: 0,
        notes: [],
        reason: 'no policy is configured',
      },
    ]);
  });

  it('has error and duration of a failed engine; without a title it uses the id', () => {
    const error = new GateError('ENGINE_FAILED', { message: 'opa was killed' });
    expect(summaries({ runs: [{ status: 'failed', engine: 'opa', error, durationMs: 7 }] })).toStrictEqual([
      {
        engine: 'opa',
        title: 'opa',
        status: 'failed',
        findings: 0,
        evaluated: 0,
        notes: [],
        reason: 'opa was killed',
        durationMs: 7,
      },
    ]);
  });

  it('keeps the order of the runs', () => {
    const runs = ['trivy', 'cel'].map((engine) => completed({ engine, coverage: evaluated('obj-1') }));
    expect(summaries({ runs }).map(({ engine }) => engine)).toEqual(['trivy', 'cel']);
  });
});

describe('the verdict', () => {
  it('counts findings by action and by severity', () => {
    const severities: readonly Severity[] = [
      ...['critical', 'high', 'high', 'medium', 'medium', 'medium'],
      ...['low', 'low', 'low', 'low', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown'],
    ] as const satisfies readonly Severity[];
    const { counts, severities: bySeverity } = judge(
      { ...clean, findings: severities.map((severity) => finding({ severity })) },
      policy,
    );
    expect(bySeverity).toEqual({ critical: 1, high: 2, medium: 3, low: 4, unknown: 5 });
    expect(counts).toEqual({ block: 1, warn: 7, allow: 7 });
  });

  it('shows the policies that were in force', () => {
    const strict = { ...defaultSeverityPolicy, high: 'block' } as const;
    const production: Environment = { name: 'production', match: { paths: [], namespaces: [], labels: {} }, severity: strict };
    expect(judge(clean, { ...policy, environments: [production] }).policies).toEqual({
      default: defaultSeverityPolicy,
      production: strict,
    });
  });

  it('counts files without those that are not manifests, resources and images', () => {
    const file: SourceUnit = { kind: 'plain', path: 'a.yaml', status: 'rendered', resources: 1 };
    const units: readonly SourceUnit[] = [
      file,
      { ...file, path: 'b.yaml', status: 'failed' },
      { ...file, path: 'mkdocs.yaml', status: 'skipped' },
    ];
    const { totals } = judge({ ...clean, set: { ...set, units, images: [image('nginx:1.25')] } }, policy);
    expect(totals).toEqual({ files: 2, resources: 1, images: 1 });
  });

  it('has no comparison and no waivers if there are none', () => {
    const verdict = judge({ ...clean, findings: [finding()] }, policy);
    expect(verdict.waivers).toEqual([]);
    expect(verdict).not.toHaveProperty('comparison');
    expect(verdict.findings[0]).not.toHaveProperty('state');
  });

  it('calls no finding new where the base is not known', () => {
    const baseline = { status: 'unknown', reason: 'it did not render' } as const;
    const verdict = judge({ ...clean, findings: [finding()], baseline }, policy);
    expect(verdict.findings[0]).not.toHaveProperty('state');
  });

  it('leaves it to the policy what the policy allows, old or not', () => {
    const low = finding({ severity: 'low' });
    const baseline = { status: 'known', sha: 'b'.repeat(40), findings: [low], engines: ['cel'] } as const;
    const verdict = judge({ ...clean, findings: [low], baseline }, { ...policy, onlyNew: true });
    expect(verdict.findings).toMatchObject([{ action: 'allow', decidedBy: 'default', state: 'unchanged' }]);
  });
});
