import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../licenses/policy.ts';
import type { LicensePolicy } from '../../model/license-policy.ts';
import { licenseFindings } from './licenses.ts';
import { parseReport } from './output.ts';

type Packages = readonly (object | string)[];
const policy: LicensePolicy = { deny: ['GPL-*'], allow: ['MIT', 'Apache-2.0'], unknown: 'low' };
function findings(
  ...results: readonly {
    readonly Type?: string;
    readonly Class?: string;
    readonly Target?: string;
    readonly Packages?: Packages;
  }[]
) {
  const report = parseReport(
    JSON.stringify({
      SchemaVersion: 2,
      ArtifactName: 'shop/web:1',
      ArtifactType: 'container_image',
      Results: results.map((result) => ({ Target: 'Node.js', Class: 'lang-pkgs', Type: 'node-pkg', ...result })),
    }),
    'scan',
  );
  return licenseFindings(report, 'shop/web:1', { evaluate: compilePolicy(policy), unknown: policy.unknown });
}
const one = (name: string, ...Licenses: readonly string[]) => ({ Name: name, Version: '1', Licenses });
const brief = (list: ReturnType<typeof findings>) => list.map(({ rule, severity, title }) => `${severity} ${rule} ${title}`);

describe('findings about licenses', () => {
  it('name the package, the license and the list', () => {
    const found = findings({
      Packages: [one('bash', 'GPL-3.0-or-later'), one('zlib', 'Zlib'), one('odd', 'My own'), one('good', 'MIT')],
    });
    expect(brief(found)).toEqual([
      'critical license/denied bash 1: GPL-3.0-or-later is denied by `licenses.deny`',
      'critical license/not-allowed zlib 1: Zlib is not in `licenses.allow`',
      'low license/unknown odd 1: no SPDX license, and not in `licenses`: My own',
    ]);
    expect(found[0]).toMatchObject({
      category: 'policy',
      check: 'GPL-3.0-or-later',
      subject: { kind: 'image', reference: 'shop/web:1', component: 'bash 1' },
    });
  });

  it('are one for all packages of a program that state none, and another if one is added', () => {
    const go = (...names: readonly string[]) =>
      findings({ Target: 'usr/bin/app', Type: 'gobinary', Packages: names.map((Name) => ({ Name })) });
    const many = Array.from({ length: 9 }, (_, index) => `example.com/${index}`);
    expect(brief(go(...many))).toEqual([
      `low license/unknown usr/bin/app: the license of ${many.slice(0, 5).join(', ')} and 4 more is unknown`,
    ]);
    expect(go(...many.toReversed())).toEqual(go(...many));
    expect(go(...many, 'evil.example/x')[0]?.check).not.toBe(go(...many)[0]?.check);
  });

  it('do not contain the target of the operating system, which differs from run to run', () => {
    const [found] = findings({ Target: '/tmp/x (debian 12)', Class: 'os-pkgs', Type: 'debian', Packages: [{ Name: 'base' }] });
    expect(found).toMatchObject({ subject: { component: 'debian' } });
  });

  it('are about a package in two folders once, with all of its licenses', () => {
    expect(brief(findings({ Packages: [one('a', 'MIT'), one('a', 'GPL-2.0-only')] }))).toEqual([
      'critical license/denied a 1: GPL-2.0-only is denied by `licenses.deny`',
    ]);
  });

  it('exist for an image in which no package was found', () => {
    const title = 'low license/unknown Trivy found no packages in the image, so its licenses are unknown';
    expect(brief(findings())).toEqual([title]);
    expect(brief(findings({ Packages: [] }))).toEqual([title]);
  });

  it.each([[{}], ['text'], [{ Name: 'a', Licenses: 'GPL-3.0-only' }]])(
    'are not left out for a package of another shape: %j',
    (entry) => {
      expect(() => findings({ Packages: [one('good', 'MIT'), entry] })).toThrow(
        'in an unknown shape, so its license was not evaluated',
      );
    },
  );

  it('have short texts, whatever a package states', () => {
    const [found] = findings({
      Packages: [one('a', ...Array.from({ length: 50 }, (_, index) => `${index} ${'x'.repeat(5_000)}`))],
    });
    expect(found?.title.length).toBeLessThanOrEqual(300);
    expect(found?.detail?.length).toBeLessThan(1_100);
    expect(found?.check?.length).toBeLessThanOrEqual(1_000);
  });
});
