import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../test/support/root.ts';
import { blocked, clean, renderContext } from '../../test/support/verdicts.ts';
import { frameworks, mappedRules, mappedRulesOf, offByDefault } from '../model/frameworks.ts';
import { complianceOf } from './compliance.ts';
import { htmlReporter } from './html/reporter.ts';
import { jsonReporter } from './json/reporter.ts';

const shipped = readdirSync(path.join(root, 'policies'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.includes('/') && file.endsWith('.yaml'))
  .map((file) => path.basename(file, '.yaml'));

describe('the map of rules to frameworks', () => {
  it('has a row for every rule of the pack, and for no other', () => {
    expect(Object.keys(mappedRules).toSorted()).toEqual(shipped.toSorted());
  });

  it('names controls as their frameworks do', () => {
    const patterns = {
      pss: /^(?:Baseline|Restricted): \S/,
      nsa: /^[A-Z][\w -]+$/,
      cis: /^5\.[1-7]\.\d{1,2}$/,
      mitre: /^T1\d{3}(?:\.\d{3})? [A-Z]/,
    };
    for (const controls of Object.values(mappedRules)) {
      if (controls === 'none') continue;
      expect(Object.keys(controls).length).toBeGreaterThan(0);
      for (const id of ['pss', 'nsa', 'cis', 'mitre'] as const)
        for (const control of controls[id] ?? []) expect(control).toMatch(patterns[id]);
    }
    for (const { source } of Object.values(frameworks)) expect(source).toMatch(/^https:/);
  });

  it('has the policies of the Pod Security Standards in their profile', () => {
    for (const [folder, profile] of [
      ['baseline', 'Baseline'],
      ['restricted', 'Restricted'],
    ] as const)
      for (const file of readdirSync(path.join(root, `policies/pod-security-${folder}`))) {
        const controls = mappedRules[path.basename(file, '.yaml')];
        expect([file, controls === 'none' ? [] : controls?.pss]).toEqual([file, [expect.stringMatching(`^${profile}: `)]]);
      }
  });

  it('has the rules that are off by default', () => {
    const documented = /Off by default[^:]*: ([^.]+)\./.exec(readFileSync(path.join(root, 'docs/policies.md'), 'utf8'))?.[1];
    expect(documented?.replaceAll('`', '').split(', ').toSorted()).toEqual(offByDefault.toSorted());
  });

  it('takes every cause whose problem a rule of the pack reports', () => {
    const {
      causes,
    }: { readonly causes: readonly { readonly id: string; readonly rules: readonly (string | { readonly rule: string })[] }[] } =
      parse(readFileSync(path.join(root, 'policies/correlation.yaml'), 'utf8'));
    const missing = causes
      .filter(({ rules }) => rules.some((one) => (typeof one === 'string' ? one : one.rule).startsWith('cel/')))
      .filter(({ id }) => mappedRulesOf({ sources: [], cause: id }).length === 0)
      .map(({ id }) => id);
    expect(missing).toEqual(['host-writes', 'external-ips']);
  });
});

describe('the table of frameworks', () => {
  const row = (verdict: typeof blocked, control: string) => complianceOf(verdict).find((one) => one.control === control);

  it('counts findings of every engine, each control once', () => {
    const privileged = blocked.findings.filter(({ finding }) => finding.rule === 'privileged');
    expect(row(blocked, '5.2.2')).toMatchObject({ status: 'findings', block: privileged.length });
    const [first] = privileged;
    if (first === undefined) throw new Error('the sample has no such finding');
    const other = {
      ...first.finding,
      engine: 'trivy',
      rule: 'KSV-0017',
      cause: 'privileged',
      sources: [{ engine: 'trivy', rule: 'KSV-0017', severity: 'high' as const }],
    };
    expect(row({ ...clean, findings: [{ ...first, finding: other }] }, '5.2.2')).toMatchObject({ status: 'findings', block: 1 });
  });

  it('never takes what did not run for what has no findings', () => {
    expect(row(clean, '5.2.2')?.status).toBe('none reported');
    expect(row(clean, '5.5.1')?.status).toBe('not evaluated');
    const skipped = clean.engines.map((engine) => (engine.engine === 'cel' ? { ...engine, status: 'failed' as const } : engine));
    expect(new Set(complianceOf({ ...clean, engines: skipped }).map(({ status }) => status))).toEqual(new Set(['not evaluated']));
  });

  it('is in the JSON and the HTML report', () => {
    expect(JSON.parse(jsonReporter.render(blocked, renderContext)).compliance).toContainEqual(
      expect.objectContaining({ framework: 'CIS Kubernetes Benchmark 1.10', control: '5.2.2', status: 'findings' }),
    );
    expect(htmlReporter.render(blocked, renderContext)).toContain('<th scope="row">Baseline: Privileged Containers</th>');
  });
});
