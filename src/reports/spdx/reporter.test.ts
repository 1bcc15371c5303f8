import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../../test/support/property.ts';
import { root } from '../../../test/support/root.ts';
import { clean, renderContext } from '../../../test/support/verdicts.ts';
import { packagesOf, parseReport } from '../../engines/trivy/output.ts';
import type { ImageInventory } from '../../model/image-inventory.ts';
import { declaredLicense } from './licenses.ts';
import { spdxReporter } from './reporter.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const fixture = path.join(root, 'test/fixtures/trivy/image-alpine.0.74.0.json');
const packages = packagesOf(parseReport(readFileSync(fixture, 'utf8'), 'scan'));
const inventory: readonly ImageInventory[] = [
  {
    reference: 'ghcr.io/shop/web:1',
    digest,
    workloads: [{ resource: 'Deployment shop/web', environments: ['staging', 'production'] }],
    packages: [...packages, ...packages.slice(0, 1), { name: 'odd', licenses: ['My own', 'MIT OR Apache-2.0'] }],
  },
  { reference: 'shop/api:2', workloads: [] },
  { reference: 'scratch:1', workloads: [], packages: [] },
];
const render = (of: readonly ImageInventory[]) => spdxReporter.render({ ...clean, inventory: of }, renderContext);

describe('the bill of materials in SPDX', () => {
  it('contains every image with its packages, workloads and environments', () => {
    const document = JSON.parse(render(inventory));
    expect(document).toMatchObject({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', dataLicense: 'CC0-1.0' });
    expect(document.creationInfo.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const [, image, library] = document.packages;
    expect(image).toMatchObject({
      SPDXID: 'SPDXRef-image-1',
      name: 'ghcr.io/shop/web:1',
      versionInfo: digest,
      primaryPackagePurpose: 'CONTAINER',
      checksums: [{ algorithm: 'SHA256', checksumValue: 'ab'.repeat(32) }],
      externalRefs: [{ referenceLocator: `pkg:oci/web@sha256%3A${'ab'.repeat(32)}?repository_url=ghcr.io%2Fshop%2Fweb` }],
    });
    expect(image.annotations.map(({ comment }: { comment: string }) => comment)).toEqual([
      'k8s-gate:workload: Deployment shop/web',
      'k8s-gate:environment: production',
      'k8s-gate:environment: staging',
    ]);
    expect(library).toMatchObject({
      SPDXID: 'SPDXRef-image-1-package-1',
      name: 'libcrypto3',
      versionInfo: '3.5.1-r0',
      licenseDeclared: 'Apache-2.0',
      externalRefs: [{ referenceLocator: 'pkg:apk/alpine/libcrypto3@3.5.1-r0?arch=x86_64&distro=3.22.1' }],
    });
    const [own] = document.hasExtractedLicensingInfos;
    expect(own).toMatchObject({ extractedText: 'My own' });
    expect(document.packages.find(({ name }: { name: string }) => name === 'odd').licenseDeclared).toBe(
      `${own.licenseId} AND (MIT OR Apache-2.0)`,
    );
  });

  it('distinguishes an image that was not scanned from one without packages', () => {
    const { relationships } = JSON.parse(render(inventory));
    const inside = (id: string) => relationships.filter((one: { spdxElementId: string }) => one.spdxElementId === id);
    expect(inside('SPDXRef-image-2')).toEqual([
      { spdxElementId: 'SPDXRef-image-2', relationshipType: 'CONTAINS', relatedSpdxElement: 'NOASSERTION' },
    ]);
    expect(inside('SPDXRef-image-3')).toEqual([]);
  });

  it('has unique ids, and refers only to those, whatever the packages are called', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('a', 'MIT', '(MIT', 'LicenseRef-x', 'GPL-2.0+ or x', '\u0000\n'));
    const library = fc.record({ name: text, version: text, purl: text, licenses: fc.array(text) });
    const image = fc.record({
      reference: text,
      workloads: fc.array(fc.record({ resource: text, environments: fc.array(text) })),
      packages: fc.array(library),
    });
    holds(
      fc.property(fc.array(image), (images) => {
        const document = JSON.parse(render(images));
        const ids: readonly string[] = document.packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID);
        expect(new Set(ids).size).toBe(ids.length);
        const known = new Set([...ids, 'SPDXRef-DOCUMENT', 'NOASSERTION']);
        for (const { spdxElementId, relatedSpdxElement } of document.relationships)
          expect([spdxElementId, relatedSpdxElement].filter((id) => !known.has(id))).toEqual([]);
        const extracted = (document.hasExtractedLicensingInfos ?? []).map(({ licenseId }: { licenseId: string }) => licenseId);
        const used = new Set(
          document.packages.flatMap((one: { licenseDeclared: string }) => one.licenseDeclared.match(/LicenseRef-[\w.-]+/g) ?? []),
        );
        expect([...used].toSorted()).toEqual([...new Set(extracted)].toSorted());
      }),
    );
  });

  it('is the same document for the same content', () => {
    const namespace = (of: readonly ImageInventory[]) => JSON.parse(render(of)).documentNamespace;
    expect(namespace(inventory)).toBe(namespace(inventory));
    expect(namespace(inventory)).not.toBe(namespace(inventory.slice(1)));
  });
});

describe('a declared license', () => {
  it.each([
    [[], 'NOASSERTION'],
    [['MIT'], 'MIT'],
    [['mit'], 'MIT'],
    [['MIT', 'MIT'], 'MIT'],
    [['(MIT or GPL-2.0+)'], 'MIT OR GPL-2.0+'],
    [['MIT OR ISC', 'Zlib'], '(MIT OR ISC) AND Zlib'],
    [
      ['(MIT OR ISC) AND GPL-2.0-only WITH Classpath-exception-2.0'],
      '(MIT OR ISC) AND GPL-2.0-only WITH Classpath-exception-2.0',
    ],
  ])('%j is %s', (stated, expression) => {
    expect(declaredLicense(stated)).toEqual({ expression, extracted: [] });
  });

  it.each(['My own', 'MIT AND', 'LicenseRef-of-another-document', 'UNLICENSED', 'x'.repeat(5_000), '('.repeat(900)])(
    'that SPDX does not have is in the document: %.30s',
    (text) => {
      const { expression, extracted } = declaredLicense([text]);
      expect(expression).toMatch(/^LicenseRef-k8s-gate-[0-9a-f]{16}$/);
      expect(extracted).toMatchObject([{ licenseId: expression, extractedText: text }]);
    },
  );
});
