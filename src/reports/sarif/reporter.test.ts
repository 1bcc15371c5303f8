import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { finding } from '../../../test/support/model.ts';
import { noSarifValidator, validateSarif } from '../../../test/support/sarif-validator.ts';
import { blocked, canned, clean, hostile, huge, incomplete, renderContext, warned } from '../../../test/support/verdicts.ts';
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
const Log = z.object({
  runs: z.tuple([
    z.object({
      tool: z.object({
        driver: z.object({
          rules: z.array(
            z.object({ id: z.string(), helpUri: z.string().optional(), properties: z.record(z.string(), z.unknown()) }),
          ),
        }),
      }),
      automationDetails: z.object({ id: z.literal('k8s-gate/') }),
      invocations: z.tuple([z.object({ executionSuccessful: z.boolean(), toolExecutionNotifications: z.array(Notification) })]),
      results: z.array(
        z.object({
          ruleId: z.string(),
          ruleIndex: z.int(),
          level: z.string(),
          message: z.object({ text: z.string() }),
          locations: z.tuple([
            z.object({ physicalLocation: Physical, logicalLocations: z.array(z.object({ fullyQualifiedName: z.string() })) }),
          ]),
          relatedLocations: z.array(z.object({ physicalLocation: Physical })).optional(),
          partialFingerprints: z.object({ 'k8sGate/v1': z.string() }),
        }),
      ),
    }),
  ]),
});
const runOf = (verdict: Verdict) => Log.parse(JSON.parse(sarifReporter.render(verdict, renderContext))).runs[0];

describe.skipIf(noSarifValidator !== undefined)(
  `the SARIF validator${noSarifValidator === undefined ? '' : ` (skipped: ${noSarifValidator})`}`,
  () => {
    it.each(Object.keys(canned))('finds no error: %s', (name) => {
      const complaints = validateSarif(sarifReporter.render(canned[name] ?? clean, renderContext));
      expect(complaints.filter((complaint) => complaint.level === 'error')).toEqual([]);
    });

    it('would find one', () => {
      const log = sarifReporter.render(blocked, renderContext).replaceAll('"startLine":12', '"startLine":0');
      expect(validateSarif(log).some((complaint) => complaint.level === 'error')).toBe(true);
    });
  },
);

describe('the SARIF report', () => {
  it('has a result a finding, worst first, with the level of its action', () => {
    expect(runOf(blocked).results.map((result) => [result.ruleId, result.level])).toEqual([
      ['kube-bench/1.2.1', 'error'],
      ['cel/privileged', 'error'],
      ['trivy/CVE-2026-1234', 'error'],
      ['cel/require-limits', 'error'],
      ['cel/require-probes', 'warning'],
      ['cel/latest-tag', 'note'],
    ]);
  });

  it('points each result at its rule', () => {
    const { tool, results } = runOf(blocked);
    for (const result of results) expect(tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
  });

  it('scores severities as code scanning reads them, and `unknown` not at all', () => {
    const judged = severities.map(
      (severity): JudgedFinding => ({ action: 'warn', decidedBy: 'default', finding: finding({ severity, rule: severity }) }),
    );
    const { rules } = runOf({ ...warned, findings: judged }).tool.driver;
    expect(rules.map((rule) => rule.properties['security-severity'])).toEqual(['9.5', '8.0', '5.5', '2.0', undefined]);
  });

  it('keeps the first place as the location and the others as related', () => {
    const vulnerable = runOf(blocked).results[2];
    expect(vulnerable?.locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'deploy/web.yaml' },
      region: { startLine: 18, startColumn: 18 },
    });
    expect(vulnerable?.relatedLocations?.map((location) => location.physicalLocation.artifactLocation.uri)).toEqual([
      'charts/shop/values.yaml',
    ]);
  });

  it('shows what stands in no file at the configuration, and names what it is about', () => {
    const [node] = runOf(blocked).results;
    expect(node?.locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: '.k8s-gate.yaml' },
      region: { startLine: 1 },
    });
    expect(node?.locations[0].logicalLocations[0]?.fullyQualifiedName).toBe('cluster control-plane-1');
  });

  it('carries the fingerprint', () => {
    expect(runOf(blocked).results.map((result) => result.partialFingerprints['k8sGate/v1'])).toEqual(
      blocked.findings.map((judged) => judged.finding.fingerprint),
    );
  });

  it('says that the run failed and why', () => {
    const [invocation] = runOf(incomplete).invocations;
    expect(invocation.executionSuccessful).toBe(false);
    expect(invocation.toolExecutionNotifications.map((notification) => notification.descriptor.id)).toEqual([
      'RENDER_FAILED',
      'ENGINE_FAILED',
      'COVERAGE',
    ]);
    expect(invocation.toolExecutionNotifications[0]?.locations?.[0]?.physicalLocation.region.startLine).toBe(14);
    expect(runOf(clean).invocations[0].executionSuccessful).toBe(true);
  });

  it('keeps to the limits of code scanning, worst first, and says what it left out', () => {
    const more: Verdict = {
      ...huge,
      findings: [
        ...huge.findings,
        ...huge.findings.slice(0, 100).map((judged): JudgedFinding => ({ ...judged, action: 'allow' })),
      ],
    };
    const run = runOf(more);
    expect(run.results).toHaveLength(5_000);
    expect(run.results.slice(0, 20).every((result) => result.level === 'error')).toBe(true);
    expect(run.invocations[0].toolExecutionNotifications.at(-1)).toMatchObject({
      descriptor: { id: 'REPORT_CUT' },
      message: { text: expect.stringContaining('100 findings left out') },
    });
  });

  it('stays below the size of an upload, however long the texts', () => {
    const text = '<%@[\u202e'.repeat(400);
    const findings = huge.findings.map(({ finding, ...judged }, index) => ({
      ...judged,
      finding: { ...finding, rule: `${index}`, title: text, detail: text, fix: { text } },
    }));
    const rendered = sarifReporter.render({ ...huge, findings }, renderContext);
    expect(byteLength(rendered)).toBeLessThan(10_000_000);
    expect(byteLength(rendered)).toBeGreaterThan(9_000_000);
    expect(rendered).toContain('REPORT_CUT');
  });

  it('names files from the root of the repository where the workspace is a folder of it', () => {
    const log: unknown = JSON.parse(sarifReporter.render(blocked, { ...renderContext, pathPrefix: 'apps/my shop' }));
    const uris = Log.parse(log).runs[0].results.map((result) => result.locations[0].physicalLocation.artifactLocation.uri);
    expect(uris.slice(0, 2)).toEqual(['apps/my%20shop/.k8s-gate.yaml', 'apps/my%20shop/charts/shop/values.yaml']);
  });

  it('stays below the size of an upload with any number of faults, and counts the ones it leaves out', () => {
    const [fault] = incomplete.errors;
    const errors = Array.from({ length: 20_000 }, () => fault).filter((error) => error !== undefined);
    const { toolExecutionNotifications } = runOf({ ...incomplete, errors }).invocations[0];
    expect(toolExecutionNotifications[500]?.message.text).toBe('19500 more faults left out of this file.');
    expect(byteLength(JSON.stringify(toolExecutionNotifications))).toBeLessThan(5_000_000);
  });

  it('points below the repository only, and links to nothing but https', () => {
    const { results, tool } = runOf(hostile);
    for (const { locations, relatedLocations = [] } of results)
      for (const { physicalLocation } of [...locations, ...relatedLocations]) {
        const base = 'https://base.example/root/';
        expect(new URL(physicalLocation.artifactLocation.uri, base).href.startsWith(base)).toBe(true);
      }
    for (const rule of tool.driver.rules) expect(rule.helpUri ?? 'https://').toMatch(/^https:\/\//);
    for (const result of results) expect(result.message.text).not.toMatch(/(?<!\\)\]\(/);
  });
});
