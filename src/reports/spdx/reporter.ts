import { createHash } from 'node:crypto';
import type { ImageInventory, ImagePackage } from '../../model/image-inventory.ts';
import { parseImageName } from '../../model/image-name.ts';
import type { Verdict } from '../../model/verdict.ts';
import { factsOf, uniquePackages } from '../image-facts.ts';
import type { RenderContext, Reporter } from '../reporter.ts';
import { oneLine } from '../text.ts';
import { declaredLicense } from './licenses.ts';

/** SPDX 2.3 in JSON: https://spdx.github.io/spdx-spec/v2.3/ */
export const spdxReporter: Reporter = {
  id: 'spdx',
  title: 'Bill of materials in SPDX',
  summary: 'For inventories: the packages of every image in SPDX 2.3, with the workloads and environments that run it.',
  defaultFile: 'k8s-gate.spdx.json',
  needsInventory: true,
  render: (verdict, context) => `${JSON.stringify(documentOf(verdict, context), null, 2)}\n`,
};

const rootId = 'SPDXRef-deployed';
const unknown = 'NOASSERTION';

function documentOf({ inventory = [] }: Verdict, { gateVersion, generatedAt, change }: RenderContext): object {
  const tool = `Tool: k8s-gate-${gateVersion}`;
  // The format has no fractions of a second.
  const created = generatedAt.toISOString().replace(/\.\d+Z$/, 'Z');
  const name = change?.repository ?? 'manifests';
  const images = inventory.map((image, index) => ({ image, id: `SPDXRef-image-${index + 1}`, packages: uniquePackages(image) }));
  const content = {
    packages: [
      packageOf(rootId, name, change?.headSha, { primaryPackagePurpose: 'APPLICATION' }),
      ...images.flatMap(({ image, id, packages }) => [
        imagePackage(image, id, { annotator: tool, annotationDate: created }),
        ...packages.map((one, index) => libraryPackage(one, `${id}-package-${index + 1}`)),
      ]),
    ],
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', rootId),
      ...images.flatMap(({ image, id, packages }) => [
        relationship(rootId, 'DEPENDS_ON', id),
        ...packages.map((_one, index) => relationship(id, 'CONTAINS', `${id}-package-${index + 1}`)),
        // Not the same as an image without packages.
        ...(image.packages === undefined ? [relationship(id, 'CONTAINS', unknown)] : []),
      ]),
    ],
    ...extractedLicenses(inventory),
  };
  // By its content, so that two runs on the same images write the same document.
  const digest = createHash('sha256').update(JSON.stringify({ name, created, content })).digest('hex');
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://k8s-gate.invalid/spdx/${digest}`,
    creationInfo: { created, creators: [tool] },
    ...content,
  };
}

function relationship(spdxElementId: string, relationshipType: string, relatedSpdxElement: string): object {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}

function packageOf(id: string, name: string, version: string | undefined, more: object): object {
  return {
    SPDXID: id,
    name,
    ...(version !== undefined && { versionInfo: version }),
    downloadLocation: unknown,
    filesAnalyzed: false,
    licenseConcluded: unknown,
    licenseDeclared: unknown,
    copyrightText: unknown,
    ...more,
  };
}

function imagePackage(
  image: ImageInventory,
  id: string,
  by: { readonly annotator: string; readonly annotationDate: string },
): object {
  const { reference, digest } = image;
  const facts = factsOf(image).map(({ name, value }) => `${name}: ${value}`);
  return packageOf(id, oneLine(reference), digest, {
    primaryPackagePurpose: 'CONTAINER',
    ...(digest !== undefined && {
      checksums: [{ algorithm: 'SHA256', checksumValue: digest.replace('sha256:', '') }],
      ...locator(ociPurl(reference, digest)),
    }),
    ...(facts.length > 0 && { annotations: facts.map((comment) => ({ ...by, annotationType: 'OTHER', comment })) }),
  });
}

function libraryPackage({ name, version, purl, licenses = [] }: ImagePackage, id: string): object {
  return packageOf(id, oneLine(name), version, { licenseDeclared: declaredLicense(licenses).expression, ...locator(purl) });
}

function locator(purl: string | undefined): object {
  if (purl === undefined || !/^pkg:[^\s/]+\/\S+$/.test(purl)) return {};
  return { externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }] };
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md */
function ociPurl(reference: string, digest: string): string | undefined {
  const repository = parseImageName(reference)?.repository;
  if (repository === undefined) return undefined;
  const name = repository.slice(repository.lastIndexOf('/') + 1).toLowerCase();
  return `pkg:oci/${name}@${encodeURIComponent(digest)}?repository_url=${encodeURIComponent(repository)}`;
}

function extractedLicenses(inventory: readonly ImageInventory[]): object {
  const all = inventory.flatMap(({ packages = [] }) =>
    packages.flatMap(({ licenses = [] }) => declaredLicense(licenses).extracted),
  );
  const byId = new Map(all.map((license) => [license.licenseId, license]));
  return byId.size === 0 ? {} : { hasExtractedLicensingInfos: [...byId.values()] };
}
