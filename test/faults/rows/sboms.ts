import { startOciRegistry } from '../../support/oci-registry.ts';
import { OwnKey, pushPlain } from '../../support/own-signatures.ts';
import { judgeBoth } from '../in-process.ts';
import { type Damage, launcher } from '../launcher.ts';
import type { Row } from '../row.ts';
import { deploymentOf } from './trivy.ts';

interface Case {
  readonly fault: string;
  /** What is attested of an image, by its name; default: a list of its packages. */
  readonly components?: (name: string) => readonly string[];
  readonly by?: OwnKey;
  readonly damage?: Damage;
}
const scan = '^sbom .*/sboms/';

/** In each case the image itself is scanned, so that the answer is the same. */
const cases: readonly Case[] = [
  { fault: 'nothing (so that the table is not all noise)' },
  { fault: 'the SBOM of the bad image is empty', components: (name) => (name === 'vulnerable' ? [] : ['harmless']) },
  { fault: 'the SBOM of the bad image is by another key', components: () => ['harmless'], by: new OwnKey() },
  { fault: 'the scan of the SBOM is killed', damage: { how: 'kill' } },
  { fault: 'the report on the SBOM is cut off', damage: { how: 'truncate', at: 0.7 } },
  { fault: 'the report on the SBOM lists no packages', damage: { how: 'edit', edit: 'bare' } },
];

export const sbomRows: readonly Row[] = cases.map(({ fault, components = (name) => [name], by, damage }) => ({
  id: `sboms: ${fault}`,
  area: 'SBOMs of images',
  fault: `an attested SBOM: ${fault}`,
  expects: 'true',
  async run() {
    const [registry, key] = [await startOciRegistry(), new OwnKey()];
    try {
      for (const repository of ['web', 'vulnerable']) {
        const digest = pushPlain(registry, repository);
        key.sign(registry, repository, digest);
        (by ?? key).attest(registry, repository, digest, [
          { predicateType: 'https://cyclonedx.org/bom', predicate: bill(components(repository)) },
        ]);
      }
      const executable = await launcher({ id: 'trivy', ...(damage !== undefined && { damage, when: scan }) });
      const rules = [{ images: `${registry.host}/**`, keys: [{ pem: key.pem }], transparencyLog: false, sbom: 'use' }];
      const config = {
        version: 1,
        images: { privateRegistries: [registry.host] },
        engines: { signatures: { rules }, trivy: { scanners: ['vuln'] } },
      };
      return await judgeBoth((truth) => ({
        engines: 'cel,signatures,trivy',
        tools: [`trivy=${executable}`],
        files: {
          ...deploymentOf(`${registry.host}/${truth === 'clean' ? 'web' : 'vulnerable'}:1`),
          '.k8s-gate.yaml': JSON.stringify(config),
        },
      }));
    } finally {
      await registry.stop();
    }
  },
}));

function bill(names: readonly string[]): object {
  const components = names.map((name) => ({ type: 'library', name, version: '1.0.0', purl: `pkg:npm/${name}@1.0.0` }));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { type: 'container', name: 'image' } },
    components,
  };
}
