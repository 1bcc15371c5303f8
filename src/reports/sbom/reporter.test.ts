import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { root } from '../../../test/support/root.ts';
import { canned, clean, renderContext } from '../../../test/support/verdicts.ts';
import { packagesOf, parseReport } from '../../engines/trivy/output.ts';
import type { ImageInventory } from '../../model/image-inventory.ts';
import { sbomReporter } from './reporter.ts';

/** The official schemas, as the CycloneDX library has them. */
const schemas = path.join(root, 'node_modules/@cyclonedx/cyclonedx-library/res/schema');
const schema = (name: string): object => JSON.parse(readFileSync(path.join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8'));

function complaints(text: string): unknown {
  const ajv = new Ajv({ strict: false, validateFormats: true });
  addFormats.default(ajv);
  ajv.addFormat('iri-reference', true).addFormat('idn-email', true);
  for (const name of ['spdx', 'jsf-0.82'])
    ajv.addSchema({ ...schema(name), $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json` });
  const validate = ajv.compile(schema('bom-1.6'));
  return validate(JSON.parse(text)) ? [] : validate.errors;
}

const digest = `sha256:${'ab'.repeat(32)}`;
const fixture = path.join(root, 'test/fixtures/trivy/image-alpine.0.74.0.json');
const packages = packagesOf(parseReport(readFileSync(fixture, 'utf8'), 'scan'));
const inventory: readonly ImageInventory[] = [
  {
    reference: 'shop/web:1',
    digest,
    workloads: [
      { resource: 'Deployment shop/web', environments: ['staging', 'production'] },
      { resource: 'Deployment shop/web', environments: ['production'] },
    ],
    packages: [...packages, ...packages.slice(0, 1)],
  },
  { reference: 'shop/api:2', workloads: [] },
  { reference: 'scratch:1', workloads: [], packages: [] },
];
const bom = (of: readonly ImageInventory[]) => sbomReporter.render({ ...clean, inventory: of }, renderContext);

describe('the bill of materials', () => {
  it('contains every image with its packages, workloads and environments', () => {
    const { components, dependencies, compositions } = JSON.parse(bom(inventory));
    expect(components[0]).toMatchObject({
      type: 'container',
      name: 'shop/web:1',
      version: digest,
      properties: [
        { name: 'k8s-gate:workload', value: 'Deployment shop/web' },
        { name: 'k8s-gate:environment', value: 'production' },
        { name: 'k8s-gate:environment', value: 'staging' },
      ],
      components: [
        {
          name: 'libcrypto3',
          version: '3.5.1-r0',
          purl: 'pkg:apk/alpine/libcrypto3@3.5.1-r0?arch=x86_64&distro=3.22.1',
          licenses: [{ license: { name: 'Apache-2.0', acknowledgement: 'declared' } }],
        },
        {},
        { name: 'minimist', purl: 'pkg:npm/minimist@1.2.0' },
      ],
    });
    expect(components[0].components).toHaveLength(3);
    expect(dependencies).toEqual([{ ref: 'deployed', dependsOn: ['image-1', 'image-2', 'image-3'] }]);
    expect(components[1].properties).toEqual([{ name: 'k8s-gate:not-scanned', value: 'true' }]);
    expect(compositions).toEqual([
      { aggregate: 'incomplete', assemblies: ['image-2'] },
      { aggregate: 'unknown', assemblies: ['image-1', 'image-3'] },
    ]);
  });

  it('is CycloneDX 1.6, by its schema, which notices faults', () => {
    expect(complaints(bom(inventory))).toEqual([]);
    expect(complaints(bom([]))).toEqual([]);
    for (const verdict of Object.values(canned)) expect(complaints(sbomReporter.render(verdict, renderContext))).toEqual([]);
    expect(complaints(bom(inventory).replace('"container"', '"box"'))).not.toEqual([]);
  });

  it('takes names from outside as they are, without line breaks', () => {
    const odd = { reference: 'a\nb', workloads: [], packages: [{ name: 'x', licenses: ['MIT OR\u0000 GPL', 'GPL, see file'] }] };
    expect(complaints(bom([odd]))).toEqual([]);
    expect(JSON.parse(bom([odd])).components[0].name).not.toContain('\n');
  });
});
