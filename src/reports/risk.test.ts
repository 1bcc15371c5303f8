import { describe, expect, it } from 'vitest';
import { publishContext } from '../../test/support/changes.ts';
import { finding } from '../../test/support/model.ts';
import { blocked, renderContext } from '../../test/support/verdicts.ts';
import type { Finding } from '../model/finding.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { compareJudged } from '../verdict/order.ts';
import { readReport } from './json/read.ts';
import { renderBody } from './pull-request-comment/body.ts';
import { reporters } from './registry.ts';

const risk = {
  exploited: 'yes',
  exploitedSince: '2026-03-01',
  ransomware: true,
  epss: 0.943,
  fixable: 'yes',
  exposed: 'yes',
} as const;
const because = 'known to be exploited (KEV since 2026-03-01)';
const vulnerable = (rule: string, part: Partial<Finding> = {}): JudgedFinding => ({
  finding: finding({
    engine: 'trivy',
    rule,
    category: 'vulnerability',
    severity: 'critical',
    fingerprint: rule.slice(-1).repeat(32),
    subject: { kind: 'image', reference: 'shop/web:1', component: 'xz 5.6.0' },
    risk,
    ...part,
  }),
  action: 'block',
  decidedBy: 'default',
  because,
});
const policy = {
  critical: { block: [{ kev: true }], otherwise: 'warn' },
  high: 'warn',
  medium: 'allow',
  low: 'allow',
  unknown: 'warn',
} as const;
const verdict = (...findings: readonly JudgedFinding[]): Verdict => ({
  ...blocked,
  policies: { default: policy, production: policy },
  riskData: [{ name: 'kev', released: '2026-11-27T17:00:53.424Z', digest: `sha256:${'a'.repeat(64)}` }],
  counts: { block: findings.length, warn: 0, allow: 0 },
  severities: { critical: findings.length, high: 0, medium: 0, low: 0, unknown: 0 },
  findings,
  waivers: [],
});
const render = (id: string, of: Verdict): string =>
  reporters.find((reporter) => reporter.id === id)?.render(of, { ...renderContext, width: 160 }) ?? '';

describe('the risk of a vulnerability', () => {
  it.each([
    ['terminal', 'risk: exploited (KEV since 2026-03-01, by ransomware), EPSS 0.943', `block: ${because}`],
    ['job-summary', '**Risk:** exploited (KEV since 2026-03-01, by ransomware), EPSS 0.943', `Block: ${because}.`],
    [
      'html',
      '<dt>Risk</dt><dd>exploited (KEV since 2026-03-01, by ransomware), EPSS 0.943</dd>',
      `<dt>Because</dt><dd>block: ${because}</dd>`,
    ],
    ['sarif', '"exploitedSince":"2026-03-01"', `Block: ${because}`],
  ])('is in the report %s, with what decided', (id, line, why) => {
    const text = render(id, verdict(vulnerable('CVE-1')));
    expect(text).toContain(line);
    expect(text).toContain(why);
    expect(render(id, verdict({ finding: finding(), action: 'block', decidedBy: 'default' }))).not.toContain('EPSS');
  });

  it('is in the comment, for one and for each of several vulnerabilities of an image', () => {
    const one = renderBody(verdict(vulnerable('CVE-1')), publishContext);
    expect(one).toContain('**Risk:** exploited (KEV since 2026-03-01, by ransomware), EPSS 0.943');
    expect(one).toContain(`Block: ${because}.`);
    const two = renderBody(verdict(vulnerable('CVE-1'), vulnerable('CVE-2', { risk: { ...risk, epss: 0.5 } })), publishContext);
    for (const score of ['0.943', '0.5'])
      expect(two).toContain(`**exploited (KEV since 2026-03-01, by ransomware), EPSS ${score}; block: ${because}**`);
  });

  it('is in the JSON, from which the same verdict is read', () => {
    const text = render('json', verdict(vulnerable('CVE-1')));
    expect(JSON.parse(text)).toMatchObject({
      findings: [{ risk, because }],
      policies: { default: policy },
      riskData: [{ name: 'kev' }],
    });
    const read = readReport(text, 'report.json').verdict;
    expect(read.findings[0]).toMatchObject({ because, finding: { risk } });
    expect(read).toMatchObject({ policies: { default: policy }, riskData: [{ name: 'kev' }] });
  });

  it('of the policy is text where environments are listed', () => {
    expect(render('job-summary', verdict(vulnerable('CVE-1')))).toContain('block if kev; otherwise warn');
    expect(render('html', verdict(vulnerable('CVE-1')))).toContain('block if kev; otherwise warn');
  });

  it('decides the order: what is exploited first, then severity, then the score', () => {
    const calm = { ...risk, exploited: 'no' } as const;
    const judged = [
      vulnerable('CVE-1', { risk: { ...calm, epss: 0.1 } }),
      vulnerable('CVE-2', { risk: { ...calm, epss: 0.7 } }),
      vulnerable('CVE-3', { severity: 'medium' }),
      vulnerable('CVE-4', { severity: 'high', risk: { ...calm, epss: 0.9 } }),
    ];
    expect(judged.toSorted(compareJudged).map((one) => one.finding.rule)).toEqual(['CVE-3', 'CVE-2', 'CVE-1', 'CVE-4']);
  });
});
