import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packagesOf, parseReport } from '../../src/engines/trivy/output.ts';
import type { ImageInventory } from '../../src/model/image-inventory.ts';
import { spdxReporter } from '../../src/reports/spdx/reporter.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { clean, renderContext } from '../support/verdicts.ts';

/** The validator of the SPDX project: `python3 -m venv ~/.cache/k8s-gate/test/spdx-tools-0.8.3`, then its `bin/pip install spdx-tools==0.8.3`. */
const validator = path.join(homedir(), '.cache/k8s-gate/test/spdx-tools-0.8.3/bin/pyspdxtools');
const skipped = !existsSync(validator);

afterAll(removeTempFolders);

const fixture = path.join(root, 'test/fixtures/trivy/image-alpine.0.74.0.json');
const packages = packagesOf(parseReport(readFileSync(fixture, 'utf8'), 'scan'));
const odd = [
  [],
  ['My own, free to use'],
  ['MIT OR ISC', 'GPL-2.0+ WITH Classpath-exception-2.0'],
  ['LicenseRef-x'],
  ['UNLICENSED', 'text\nof lines'],
];
const inventory: readonly ImageInventory[] = [
  {
    reference: 'ghcr.io/shop/web:1',
    digest: `sha256:${'ab'.repeat(32)}`,
    workloads: [{ resource: 'Deployment shop/web', environments: ['production'] }],
    packages: [
      ...packages,
      ...odd.map((licenses, index) => ({
        name: `odd ${index}`,
        version: '1\u0000',
        purl: index === 0 ? 'pkg:x' : `pkg:generic/odd@${index}`,
        licenses,
      })),
    ],
  },
  { reference: 'not scanned', workloads: [] },
  { reference: 'scratch:1', workloads: [], packages: [] },
];

function validate(text: string): { readonly status: number | null; readonly output: string } {
  const file = path.join(emptyFolder(), 'a.spdx.json');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(validator, ['--infile', file, '--version', 'SPDX-2.3'], { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}
const render = (of: readonly ImageInventory[]) => spdxReporter.render({ ...clean, inventory: of }, renderContext);

describe.skipIf(skipped)(`the bill of materials${skipped ? ' (skipped: no spdx-tools)' : ''}`, () => {
  it('is SPDX 2.3, by the validator of the SPDX project, which notices faults', { timeout: 120_000 }, () => {
    expect(validate(render(inventory))).toEqual({ status: 0, output: expect.any(String) });
    expect(validate(render([]))).toMatchObject({ status: 0 });
    expect(validate(render(inventory).replaceAll('LicenseRef-k8s-gate', 'Reference')).status).not.toBe(0);
  });
});
