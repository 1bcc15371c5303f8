import { describe, expect, it } from 'vitest';
import { publishContext } from '../../test/support/changes.ts';
import { finding } from '../../test/support/model.ts';
import { blocked, renderContext } from '../../test/support/verdicts.ts';
import type { Finding } from '../model/finding.ts';
import type { Verdict } from '../model/verdict.ts';
import { renderBody } from './pull-request-comment/body.ts';
import { reporters } from './registry.ts';

const context = ['reachable through Ingress shop/web', 'runs privileged'];
const vulnerable = (rule: string): Finding =>
  finding({
    engine: 'trivy',
    rule,
    category: 'vulnerability',
    severity: 'critical',
    fingerprint: rule.slice(-1).repeat(32),
    subject: { kind: 'image', reference: 'shop/web:1', component: 'xz 5.6.0' },
    context,
  });
const verdict = (...findings: readonly Finding[]): Verdict => ({
  ...blocked,
  findings: findings.map((found) => ({ finding: found, action: 'block', decidedBy: 'default' })),
});
const render = (id: string, of: Verdict): string =>
  reporters.find((reporter) => reporter.id === id)?.render(of, { ...renderContext, width: 120 }) ?? '';

describe('exposure of a vulnerability', () => {
  it.each([
    ['terminal', '      exposed: reachable through Ingress shop/web; runs privileged\n'],
    ['job-summary', '**Exposed:** reachable through Ingress shop/web; runs privileged'],
    ['html', '<dt>Exposed</dt><dd>reachable through Ingress shop/web&#10;runs privileged</dd>'],
  ])('in the report %s', (id, line) => {
    expect(render(id, verdict(vulnerable('CVE-1')))).toContain(line);
    expect(render(id, verdict(finding())).toLowerCase()).not.toContain(line.slice(0, 14).toLowerCase().trim());
  });

  it('in the comment, once for all of one image', () => {
    const said = '**Exposed:** reachable through Ingress shop/web; runs privileged';
    expect(renderBody(verdict(vulnerable('CVE-1')), publishContext)).toContain(said);
    const text = renderBody(verdict(vulnerable('CVE-1'), vulnerable('CVE-2')), publishContext);
    expect(text.split(said)).toHaveLength(2);
  });

  it('in the JSON, as it is', () => {
    expect(JSON.parse(render('json', verdict(vulnerable('CVE-1'))))).toMatchObject({ findings: [{ context }] });
  });

  it('by its first ways, where there are many', () => {
    const many = { ...vulnerable('CVE-1'), context: Array.from({ length: 9 }, (_, index) => `way ${index}`) };
    expect(render('terminal', verdict(many))).toContain('way 4; way 5; 3 more');
  });
});

it('each source of a merged finding keeps its words in the page and the JSON', () => {
  const merged = finding({
    cause: 'privileged',
    sources: [
      { engine: 'cel', rule: 'privileged', severity: 'critical' },
      { engine: 'trivy', rule: 'KSV-0017', severity: 'high', title: 'Container web is <privileged>' },
    ],
  });
  expect(render('html', verdict(merged))).toContain('trivy/KSV-0017 (high): Container web is &lt;privileged&gt;');
  expect(JSON.parse(render('json', verdict(merged)))).toMatchObject({
    findings: [{ cause: 'privileged', sources: merged.sources }],
  });
});
