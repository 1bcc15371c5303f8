import type { ImageInventory, ImagePackage } from '../../model/image-inventory.ts';
import type { Verdict } from '../../model/verdict.ts';
import { factsOf, uniquePackages } from '../image-facts.ts';
import type { RenderContext, Reporter } from '../reporter.ts';
import { oneLine } from '../text.ts';

/** CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/ */
export const sbomReporter: Reporter = {
  id: 'sbom',
  title: 'Bill of materials',
  summary: 'For inventories: the packages of every image in CycloneDX 1.6, with the workloads and environments that run it.',
  defaultFile: 'k8s-gate.cdx.json',
  needsInventory: true,
  render: (verdict, context) => `${JSON.stringify(bomOf(verdict, context), null, 2)}\n`,
};

const root = 'deployed';

function bomOf({ inventory = [] }: Verdict, { gateVersion, generatedAt, change }: RenderContext): object {
  const refs = inventory.map((_image, index) => `image-${index + 1}`);
  const named = inventory.map((image, index) => ({ image, ref: refs[index] ?? '' }));
  const part = (aggregate: string, scanned: boolean): readonly object[] => {
    const assemblies = named.filter(({ image }) => (image.packages !== undefined) === scanned).map(({ ref }) => ref);
    return assemblies.length === 0 ? [] : [{ aggregate, assemblies }];
  };
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: generatedAt.toISOString(),
      tools: { components: [{ type: 'application', name: 'k8s-gate', version: gateVersion }] },
      component: {
        type: 'application',
        'bom-ref': root,
        name: change?.repository ?? 'manifests',
        ...(change !== undefined && { version: change.headSha }),
      },
    },
    components: named.map(({ image, ref }) => imageComponent(image, ref)),
    dependencies: [{ ref: root, dependsOn: refs }],
    // Trivy lists what package managers know, so even a scanned image may contain more.
    compositions: [...part('incomplete', false), ...part('unknown', true)],
  };
}

function imageComponent(image: ImageInventory, ref: string): object {
  const { reference, digest } = image;
  const unique = uniquePackages(image);
  return {
    type: 'container',
    'bom-ref': ref,
    name: oneLine(reference),
    ...(digest !== undefined && {
      version: digest,
      hashes: [{ alg: 'SHA-256', content: digest.replace('sha256:', '') }],
    }),
    properties: factsOf(image),
    ...(unique.length > 0 && { components: unique.map((one, index) => packageComponent(one, `${ref}-${index + 1}`)) }),
  };
}

/** A license is text: what a package states is often no SPDX id, and the format demands one of its list for an id. */
function packageComponent({ name, version, purl, licenses = [] }: ImagePackage, ref: string): object {
  return {
    type: 'library',
    'bom-ref': ref,
    name,
    ...(version !== undefined && { version }),
    ...(purl !== undefined && { purl }),
    ...(licenses.length > 0 && {
      licenses: [...new Set(licenses)].map((license) => ({ license: { name: license, acknowledgement: 'declared' } })),
    }),
  };
}
