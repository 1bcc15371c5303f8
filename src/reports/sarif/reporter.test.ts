import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { finding } from '../../../test/support/model.ts';
import { blocked, clean, compared, hostile, huge, incomplete, renderContext, warned } from '../../../test/support/verdicts.ts';
import { severities } from '../../model/severity.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { byteLength } from '../text.ts';
import { sarifReporter } from './reporter.ts';

const Physical = z.object({
  artifactLocation: z.object({ uri: z.string(), uriBaseId: z.literal('%SRCROOT%') }),
  region: z.object({ startLine: z.int().min(1), startColumn: z.int().min(1).optional(), endLine: z.int().min(1).optional() }),
});
const Notification = z.object({
  descriptor: z.object({ id: z.string() }),
  level: z.string(),
  message: z.object({ text: z.string() }),
  locations: z.array(z.object({ physicalLocation: Physical })).optional(),
});
const Result = z.object({
  ruleId: z.string(),
  ruleIndex: z.int(),
  level: z.string(),
  message: z.object({ text: z.string() }),
  locations: z.tuple([
    z.object({ physicalLocation: Physical, logicalLocations: z.array(z.object({ fullyQualifiedName: z.string() })) }),
  ]),
  relatedLocations: z.array(z.object({ physicalLocation: Physical })).optional(),
  partialFingerprints: z.strictObject({ 'k8sGate/v1': z.string() }),
  baselineState: z.string().optional(),
  suppressions: z
    .array(z.object({ kind: z.literal('external'), status: z.literal('accepted'), justification: z.string() }))
    .optional(),
});
const Rule = z.object({ id: z.string(), helpUri: z.string().optional(), properties: z.record(z.string(), z.unknown()) });
const Run = z.object({
  tool: z.object({ driver: z.object({ rules: z.array(Rule) }) }),
  automationDetails: z.object({ id: z.string() }),
  invocations: z.tuple([
    z.object({ executionSuccessful: z.boolean(), toolExecutionNotifications: z.array(Notification).default([]) }),
  ]),
  results: z.array(Result),
});
const Log = z.object({ runs: z.array(Run).min(1).max(20) });
const runsOf = (verdict: Verdict, context = renderContext) => Log.parse(JSON.parse(sarifReporter.render(verdict, context))).runs;
const resultsOf = (verdict: Verdict, context = renderContext) => runsOf(verdict, context).flatMap((run) => run.results);
const rulesOf = (verdict: Verdict) => runsOf(verdict).flatMap((run) => run.tool.driver.rules);
const invocationOf = (verdict: Verdict) => {
  const [first] = runsOf(verdict).flatMap((run) => run.invocations);
  if (first === undefined) throw new Error('there is no run');
  return first;
};
/** Category -> rules of its results. */
const shapeOf = (verdict: Verdict, context = renderContext) =>
  Object.fromEntries(
    runsOf(verdict, context).map((run) => [run.automationDetails.id, run.results.map((result) => result.ruleId)]),
  );

function reaching(...environments: readonly string[]): JudgedFinding {
  return { action: 'warn', decidedBy: 'default', finding: finding({ environments }) };
}

describe('the SARIF report', () => {
  it('has a run for each engine that completed and each environment, and results where they reach', () => {
    expect(shapeOf(blocked)).toEqual({
      'k8s-gate/k8s-gate/': [],
      'k8s-gate/k8s-gate/cel/': ['cel/latest-tag'],
      'k8s-gate/k8s-gate/cel/production/': ['cel/privileged', 'cel/require-limits', 'cel/require-probes'],
      'k8s-gate/k8s-gate/kube-bench/': ['kube-bench/1.2.1'],
      'k8s-gate/k8s-gate/kube-bench/production/': [],
      'k8s-gate/k8s-gate/trivy/': ['trivy/CVE-2026-1234'],
      'k8s-gate/k8s-gate/trivy/production/': [],
    });
  });

  it('keeps the runs of an engine without findings, so that its last alert closes', () => {
    expect(Object.keys(shapeOf({ ...blocked, findings: [] }))).toEqual(Object.keys(shapeOf(blocked)));
  });

  it('has no run of an engine that failed, so that its alerts stay', () => {
    expect(Object.keys(shapeOf(incomplete))).toEqual(['k8s-gate/k8s-gate/', 'k8s-gate/k8s-gate/cel/']);
  });

  it('shows a finding in each environment it reaches', () => {
    const findings = [reaching('production', 'staging'), reaching()];
    expect(shapeOf({ ...warned, findings })).toMatchObject({
      'k8s-gate/k8s-gate/cel/': ['cel/some-rule'],
      'k8s-gate/k8s-gate/cel/production/': ['cel/some-rule'],
      'k8s-gate/k8s-gate/cel/staging/': ['cel/some-rule'],
    });
  });

  it('joins environments where there would be too many runs, and loses no finding', () => {
    const findings = Array.from({ length: 30 }, (_, index) => reaching(`env-${index}`, 'production'));
    const shape = shapeOf({ ...warned, findings });
    expect(Object.keys(shape)).toEqual(['k8s-gate/k8s-gate/', 'k8s-gate/k8s-gate/cel/', 'k8s-gate/k8s-gate/trivy/']);
    expect(shape['k8s-gate/k8s-gate/cel/']).toHaveLength(30);
  });

  it('joins engines where there would be too many even so', () => {
    const findings = Array.from({ length: 30 }, (_, index) => ({
      ...reaching(),
      finding: finding({ engine: `engine-${index}` }),
    }));
    expect(Object.keys(shapeOf({ ...warned, findings }))).toEqual(['k8s-gate/k8s-gate/']);
    expect(resultsOf({ ...warned, findings })).toHaveLength(30);
  });

  it('tells gates apart, and never gives two names one category', () => {
    const names = ['a/b', 'a b', 'a-b', '../x', '', 'é', 'x'.repeat(300)];
    const gates = names.map((gateName) => Object.keys(shapeOf(clean, { ...renderContext, gateName }))[0]);
    expect(new Set(gates).size).toBe(names.length);
    for (const category of gates) expect(category).toMatch(/^k8s-gate\/[\w.+-]{1,70}\/$/);
  });

  it('marks every result as new and waived, or not', () => {
    expect(resultsOf(compared).map((result) => [result.ruleId, result.baselineState, result.suppressions?.length])).toEqual([
      ['cel/latest-tag', 'unchanged', 1],
      ['cel/privileged', 'new', 0],
      ['cel/require-limits', 'unchanged', 0],
    ]);
    expect(resultsOf(compared)[0]?.suppressions?.[0]?.justification).toContain('(PLAT-312). Owner team-shop. Until 2027-01-31.');
    for (const result of resultsOf(blocked)) expect([result.baselineState, result.suppressions]).toEqual([undefined, undefined]);
  });

  it('gives each result the level of its action', () => {
    expect(Object.fromEntries(resultsOf(blocked).map((result) => [result.ruleId, result.level]))).toEqual({
      'kube-bench/1.2.1': 'error',
      'cel/privileged': 'error',
      'trivy/CVE-2026-1234': 'error',
      'cel/require-limits': 'error',
      'cel/require-probes': 'warning',
      'cel/latest-tag': 'note',
    });
  });

  it('points each result at its rule', () => {
    for (const { tool, results } of runsOf(blocked))
      for (const result of results) expect(tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
  });

  it('scores severities as code scanning reads them, and `unknown` not at all', () => {
    const judged = severities.map(
      (severity): JudgedFinding => ({ action: 'warn', decidedBy: 'default', finding: finding({ severity, rule: severity }) }),
    );
    expect(rulesOf({ ...warned, findings: judged }).map((rule) => rule.properties['security-severity'])).toEqual([
      '9.5',
      '8.0',
      '5.5',
      '2.0',
      undefined,
    ]);
  });

  it('keeps the first place as the location and the others as related', () => {
    const vulnerable = resultsOf(blocked).find((result) => result.ruleId === 'trivy/CVE-2026-1234');
    expect(vulnerable?.locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'deploy/web.yaml' },
      region: { startLine: 18, startColumn: 18 },
    });
    expect(vulnerable?.relatedLocations?.map((location) => location.physicalLocation.artifactLocation.uri)).toEqual([
      'charts/shop/values.yaml',
    ]);
  });

  it('places findings without a file in the configuration, and names their subject', () => {
    const node = resultsOf(blocked).find((result) => result.ruleId.startsWith('kube-bench/'));
    expect(node?.locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: '.k8s-gate.yaml' },
      region: { startLine: 1 },
    });
    expect(node?.locations[0].logicalLocations[0]?.fullyQualifiedName).toBe('cluster control-plane-1');
  });

  it('carries the fingerprint', () => {
    expect(
      resultsOf(blocked)
        .map((result) => result.partialFingerprints['k8sGate/v1'])
        .toSorted(),
    ).toEqual(blocked.findings.map((judged) => judged.finding.fingerprint).toSorted());
  });

  it('shows that the run failed and why', () => {
    const invocation = invocationOf(incomplete);
    expect(invocation.executionSuccessful).toBe(false);
    expect(invocation.toolExecutionNotifications.map((notification) => notification.descriptor.id)).toEqual([
      'RENDER_FAILED',
      'ENGINE_FAILED',
      'COVERAGE',
    ]);
    expect(invocation.toolExecutionNotifications[0]?.locations?.[0]?.physicalLocation.region.startLine).toBe(14);
    expect(invocationOf(clean).executionSuccessful).toBe(true);
  });

  it('stays within the limits of code scanning, worst first, and reports what it left out', () => {
    const findings = Array.from(
      { length: 5_100 },
      (_, index): JudgedFinding => ({
        ...reaching(),
        action: index < 20 ? 'block' : 'allow',
      }),
    );
    const results = resultsOf({ ...huge, findings });
    expect(results).toHaveLength(5_000);
    expect(results.filter((result) => result.level === 'error')).toHaveLength(20);
    expect(invocationOf({ ...huge, findings }).toolExecutionNotifications.at(-1)).toMatchObject({
      descriptor: { id: 'REPORT_CUT' },
      message: { text: expect.stringContaining('100 findings left out') },
    });
  });

  it('gives the room of results that a run does not keep to other runs', () => {
    const many = Array.from({ length: 10_000 }, (_, index): JudgedFinding => {
      const judged = reaching();
      return { ...judged, finding: { ...judged.finding, detail: `${index} ${'x'.repeat(500)}` } };
    });
    const other: JudgedFinding = { ...reaching(), action: 'allow', finding: finding({ engine: 'trivy', rule: 'KSV-0017' }) };
    const results = resultsOf({ ...huge, findings: [...many, other] });
    expect(results).toHaveLength(5_001);
    expect(results.at(-1)?.ruleId).toBe('trivy/KSV-0017');
  });

  it('stays below the size of an upload, however long the texts', () => {
    const text = '<%@[\u202e'.repeat(400);
    const findings = huge.findings.slice(0, 2_000).map(({ finding, ...judged }, index) => ({
      ...judged,
      finding: { ...finding, rule: `${index}`, title: text, detail: text, fix: { text } },
    }));
    const rendered = sarifReporter.render({ ...huge, findings }, renderContext);
    expect(byteLength(rendered)).toBeLessThan(10_000_000);
    expect(byteLength(rendered)).toBeGreaterThan(9_000_000);
    expect(rendered).toContain('REPORT_CUT');
  });

  it('names files from the root of the repository where the workspace is a folder of it', () => {
    const results = resultsOf(blocked, { ...renderContext, pathPrefix: 'apps/my shop' });
    const uris = results.map((result) => result.locations[0].physicalLocation.artifactLocation.uri);
    expect(uris.slice(0, 2)).toEqual(['apps/my%20shop/deploy/web.yaml', 'apps/my%20shop/charts/shop/values.yaml']);
  });

  it('stays below the size of an upload with any number of faults, and counts the ones it leaves out', () => {
    const [fault] = incomplete.errors;
    const errors = Array.from({ length: 20_000 }, () => fault).filter((error) => error !== undefined);
    const { toolExecutionNotifications } = invocationOf({ ...incomplete, errors });
    expect(toolExecutionNotifications[500]?.message.text).toBe('19500 more errors left out of this file.');
    expect(byteLength(JSON.stringify(toolExecutionNotifications))).toBeLessThan(5_000_000);
  });

  it('points below the repository only, and links to nothing but https', () => {
    const results = resultsOf(hostile);
    for (const { locations, relatedLocations = [] } of results)
      for (const { physicalLocation } of [...locations, ...relatedLocations]) {
        const base = 'https://base.example/root/';
        expect(new URL(physicalLocation.artifactLocation.uri, base).href.startsWith(base)).toBe(true);
      }
    for (const rule of rulesOf(hostile)) expect(rule.helpUri ?? 'https://').toMatch(/^https:\/\//);
    for (const result of results) expect(result.message.text).not.toMatch(/(?<!\\)\]\(/);
  });
});
