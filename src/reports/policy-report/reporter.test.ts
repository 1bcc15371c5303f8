import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import {
  blocked,
  canned,
  clean,
  compared,
  hostile,
  huge,
  incomplete,
  renderContext,
  warned,
} from '../../../test/support/verdicts.ts';
import type { Verdict } from '../../model/verdict.ts';
import { policyReportReporter } from './reporter.ts';
import { parseLabel } from './results.ts';

/** The parts of the CRD (wgpolicyk8s.io/v1alpha2) that we write; unknown keys are refused, as the API server's strict mode does. */
const Reference = z.strictObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() });
const PolicyReport = z.strictObject({
  apiVersion: z.literal('wgpolicyk8s.io/v1alpha2'),
  kind: z.enum(['PolicyReport', 'ClusterPolicyReport']),
  metadata: z.strictObject({
    name: z.literal('k8s-gate'),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
      .max(63)
      .optional(),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
  }),
  summary: z.strictObject({ pass: z.int(), fail: z.int(), warn: z.int(), error: z.int(), skip: z.int() }),
  results: z.array(
    z.strictObject({
      source: z.string(),
      policy: z.string(),
      rule: z.string().optional(),
      category: z.string().optional(),
      severity: z.enum(['critical', 'high', 'medium', 'low', 'info']).optional(),
      result: z.enum(['pass', 'fail', 'warn', 'error', 'skip']),
      scored: z.boolean(),
      message: z.string().optional(),
      resources: z.array(Reference).optional(),
      properties: z.record(z.string(), z.string()).optional(),
      timestamp: z.strictObject({ seconds: z.int(), nanos: z.int() }),
    }),
  ),
});
function reports(verdict: Verdict): readonly z.infer<typeof PolicyReport>[] {
  const documents = parseAllDocuments(policyReportReporter.render(verdict, renderContext), { strict: true });
  if (!Array.isArray(documents)) throw new Error('no YAML');
  return documents.map((document) => {
    expect(document.errors).toEqual([]);
    return PolicyReport.parse(document.toJS());
  });
}

describe('the policy report', () => {
  it.each(Object.entries({ ...canned, huge }))(
    'follows the resource definition, and its summary agrees with its results: %s',
    (_name, verdict) => {
      for (const report of reports(verdict)) {
        for (const status of ['pass', 'fail', 'warn', 'error', 'skip'] as const)
          expect(report.summary[status]).toBe(report.results.filter((result) => result.result === status).length);
        expect(report.kind === 'PolicyReport').toBe(report.metadata.namespace !== undefined);
        for (const result of report.results)
          if (report.metadata.namespace !== undefined)
            expect(result.resources?.every((resource) => resource.namespace === report.metadata.namespace)).toBe(true);
      }
    },
  );

  it('has one for each namespace and one for the cluster', () => {
    expect(reports(blocked).map((report) => [report.kind, report.metadata.namespace])).toEqual([
      ['ClusterPolicyReport', undefined],
      ['PolicyReport', 'pay'],
      ['PolicyReport', 'shop'],
    ]);
  });

  it('fails for what blocks, warns for what warns, and skips what is allowed', () => {
    const total = (status: 'fail' | 'warn' | 'skip'): number =>
      reports(blocked).reduce((sum, report) => sum + report.summary[status], 0);
    expect([total('fail'), total('warn'), total('skip')]).toEqual([
      blocked.counts.block,
      blocked.counts.warn,
      blocked.counts.allow,
    ]);
  });

  it('shows what is new, and waivers with owner and expiry', () => {
    const results = reports(compared).flatMap((report) => report.results.filter((result) => result.rule !== undefined));
    expect(
      results.map(({ rule, properties }) => [rule, properties?.state, properties?.waiverOwner, properties?.waiverExpires]),
    ).toEqual([
      ['require-limits', 'unchanged', undefined, undefined],
      ['privileged', 'new', undefined, undefined],
      ['latest-tag', 'unchanged', 'team-shop', '2027-01-31'],
    ]);
  });

  it('carries policy, rule, resource, source line and engines', () => {
    const shop = reports(blocked).find((report) => report.metadata.namespace === 'shop');
    expect(shop?.results.find((result) => result.rule === 'privileged')).toMatchObject({
      policy: 'cel',
      severity: 'critical',
      resources: [{ kind: 'Deployment', namespace: 'shop', name: 'api' }],
      properties: { location: 'charts/shop/values.yaml:12:15', engines: 'cel: privileged, trivy: KSV-0017' },
    });
  });

  it('passes a resource for each engine that evaluated it without a finding', () => {
    const passes = (verdict: Verdict): readonly string[] =>
      reports(verdict).flatMap((report) =>
        report.results
          .filter((result) => result.result === 'pass')
          .map((result) => `${result.policy} ${result.resources?.[0]?.name}`),
      );
    expect(passes(clean)).toHaveLength(6);
    expect(passes(warned).toSorted()).toEqual(['cel api', 'trivy api', 'trivy ledger', 'trivy web']);
  });

  it('has an error for each fault', () => {
    expect(
      reports(incomplete)[0]
        ?.results.filter((result) => result.result === 'error')
        .map((result) => result.rule),
    ).toEqual(['RENDER_FAILED', 'ENGINE_FAILED']);
  });

  it('omits invalid namespaces and resources', () => {
    expect(reports(hostile).map((report) => report.kind)).toEqual(['ClusterPolicyReport']);
    expect(parseLabel('ClusterRole system:admin')).toEqual({ kind: 'ClusterRole', name: 'system:admin' });
    expect(parseLabel('Pod a/b/c')).toBeUndefined();
    expect(parseLabel('Pod Ünsafe/name')).toBeUndefined();
    expect(parseLabel('Pod ends-with-dash-/name')).toBeUndefined();
  });
});
