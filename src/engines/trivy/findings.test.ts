import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireManifestCanary } from './canary.ts';
import { endOfLifeFinding, imageSecretFinding, misconfigurationFinding, vulnerabilityFinding } from './findings.ts';
import { parseReport, type TrivyReport } from './output.ts';
import { withoutRepeats } from './part.ts';
import { withCanary } from './secret-rules.ts';

function recorded(name: string): TrivyReport {
  const file = path.join(import.meta.dirname, '../../../test/fixtures/trivy', `${name}.0.74.0.json`);
  return parseReport(readFileSync(file, 'utf8'), 'scan');
}
const vulnerability = { VulnerabilityID: 'CVE-1', PkgName: 'a', InstalledVersion: '1', Severity: 'HIGH' };

describe('findings', () => {
  it('of an image contain the update', () => {
    const found = (recorded('image-alpine').Results ?? []).flatMap((result) => result.Vulnerabilities ?? []);
    expect(found.map((entry) => vulnerabilityFinding(entry, 'shop/web:1'))).toMatchObject([
      {
        rule: 'CVE-2025-9230',
        severity: 'high',
        title: expect.stringContaining('libcrypto3 3.5.1-r0: '),
        subject: { kind: 'image', reference: 'shop/web:1', component: 'libcrypto3 3.5.1-r0' },
        fix: { text: 'Update libcrypto3 to 3.5.4-r0.', fixedVersion: '3.5.4-r0' },
        helpUrl: 'https://avd.aquasec.com/nvd/cve-2025-9230',
      },
      { rule: 'CVE-2021-44906', severity: 'critical', detail: expect.stringContaining('app/node_modules/minimist/package.json') },
    ]);
  });

  it.each([
    ['2024-03-29T17:15:21.15Z', '2024-03-29'],
    ['0001-01-01T00:00:00Z', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('have the day on which the vulnerability was published, if it is one: %s', (PublishedDate, published) => {
    const found = vulnerabilityFinding({ ...vulnerability, ...(PublishedDate !== undefined && { PublishedDate }) }, 'shop/web:1');
    expect(found.published).toBe(published);
  });

  it('of one package by two vendors have the higher severity, and the fix', () => {
    const [low, high] = ['LOW', 'HIGH'].map((Severity) => ({ ...vulnerability, Severity }));
    for (const pair of [
      [{ ...low, FixedVersion: '2' }, high],
      [low, { ...high, FixedVersion: '2' }],
      [high, { ...low, FixedVersion: '2' }],
    ]) {
      const merged = withoutRepeats(pair.map((one) => vulnerabilityFinding({ ...vulnerability, ...one }, 'shop/web:1')));
      expect(merged).toMatchObject([{ severity: 'high', fixable: 'yes', fix: { fixedVersion: '2' } }]);
    }
  });

  it('without a fixed version mention that', () => {
    const finding = vulnerabilityFinding({ ...vulnerability, Status: 'will_not_fix' }, 'shop/web:1');
    expect(finding.fix).toBeUndefined();
    expect(finding.detail).toContain('will_not_fix');
  });

  it.each<[string, object, string]>([
    ['a fixed version', { FixedVersion: '2', Status: 'fixed' }, 'yes'],
    ['no fixed version by the vendor', { Status: 'will_not_fix' }, 'no'],
    ['a status that is not known', { Status: 'unknown' }, 'unknown'],
    ['a fix without a version', { Status: 'fixed' }, 'unknown'],
    ['a status of a later version', { Status: 'patched_elsewhere' }, 'unknown'],
    ['no status', {}, 'unknown'],
  ])('with %s are fixable accordingly', (_what, part, fixable) => {
    expect(vulnerabilityFinding({ ...vulnerability, ...part }, 'i').fixable).toBe(fixable);
  });

  it('of one package at two places keep the one with a fix, in any order', () => {
    const open = vulnerabilityFinding({ ...vulnerability, Status: 'affected', Title: 'a' }, 'i');
    const fixed = vulnerabilityFinding({ ...vulnerability, FixedVersion: '2', Title: 'b' }, 'i');
    expect(withoutRepeats([open, fixed])).toEqual([fixed]);
    expect(withoutRepeats([fixed, open])).toEqual([fixed]);
  });

  it('of a severity we do not know are unknown, never low', () => {
    expect(vulnerabilityFinding({ ...vulnerability, Severity: 'SPICY' }, 'i').severity).toBe('unknown');
  });

  it('link to https only', () => {
    expect(vulnerabilityFinding({ ...vulnerability, PrimaryURL: 'javascript:alert(1)' }, 'i').helpUrl).toBeUndefined();
  });

  it('of a secret do not repeat it', () => {
    const [secret] = (recorded('image-alpine').Results ?? []).flatMap((result) => result.Secrets ?? []);
    const finding = secret && imageSecretFinding(secret, 'shop/web:1', '/app/settings.ini');
    expect(finding?.title).toBe('AWS Access Key ID in /app/settings.ini');
    expect(JSON.stringify(finding)).not.toMatch(/AKIA|\*\*\*/);
  });

  it('of a check that quotes what it found keep to its title', () => {
    const part = { Title: 'ConfigMap with secrets', Severity: 'HIGH', Status: 'FAIL' } as const;
    const finding = misconfigurationFinding(
      { ID: 'KSV-0109', Message: "stores secrets in key(s) 'hunter2'", ...part },
      'obj-1',
      [],
    );
    expect(JSON.stringify(finding)).not.toContain('hunter2');
  });

  it('report an operating system without support', () => {
    expect(endOfLifeFinding(recorded('image-eol'), 'i')).toMatchObject([{ rule: 'trivy/os-end-of-life', severity: 'high' }]);
    expect(endOfLifeFinding(recorded('image-alpine'), 'i')).toEqual([]);
  });
});

describe('the canary of the manifests', () => {
  const report = recorded('manifests');
  const missed = expect.objectContaining({ code: 'ENGINE_COVERAGE' });

  it('is found in a real report', () => {
    expect(() => requireManifestCanary(report, ['misconfig', 'secret'])).not.toThrow();
  });

  it('is missed where a scanner is without its rules', () => {
    const results = report.Results ?? [];
    const neutered = (drop: string): TrivyReport => ({ ...report, Results: results.filter((result) => result.Class !== drop) });
    expect(() => requireManifestCanary(neutered('config'), ['misconfig', 'secret'])).toThrow(missed);
    expect(() => requireManifestCanary(neutered('secret'), ['misconfig', 'secret'])).toThrow(missed);
    expect(() => requireManifestCanary(neutered('secret'), ['misconfig'])).not.toThrow();
  });

  it('joins the rules of the user', () => {
    const own = { id: 'own', regex: 'x' };
    expect(withCanary({ 'disable-rules': ['a'], rules: [own] })).toMatchObject({
      'disable-rules': ['a'],
      rules: [own, { id: 'k8s-gate-canary' }],
    });
  });
});
