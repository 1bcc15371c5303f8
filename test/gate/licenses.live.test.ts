import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/commands/check.ts';
import { runCommand } from '../support/in-process.ts';
import { writeOciLayout } from '../support/oci-image.ts';
import { licensedDebian } from '../support/sample-images.ts';
import { emptyFolder } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { goVersion } from '../support/trivy-db.ts';
import { useTrivyRegistry } from '../support/trivy-registry.ts';

const [tool, registryTool] = await Promise.all([installedTool('trivy'), installedTool('registry')]);
const missing = [tool ? '' : 'trivy', registryTool ? '' : 'registry', goVersion() === undefined ? 'go' : ''].filter(Boolean);

const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

describe.skipIf(missing.length > 0)(`licenses${missing.length > 0 ? ` (skipped: no ${missing.join(', ')})` : ''}`, () => {
  const registry = useTrivyRegistry(registryTool?.path);

  async function check(licenses: string, waivers?: string) {
    const folder = emptyFolder();
    writeOciLayout(licensedDebian, path.join(folder, 'image'));
    writeFileSync(
      path.join(folder, 'pod.yaml'),
      'apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop }\nspec:\n  containers:\n    - name: web\n      image: shop/web:1\n',
    );
    const config = `version: 1\nimages: { sources: { "shop/web:1": { ociLayout: image } } }\nengines:\n  trivy: { scanners: [vuln, misconfig], db: { repository: "${registry.database}" } }\n${licenses}`;
    writeFileSync(path.join(folder, '.k8s-gate.yaml'), config);
    if (waivers !== undefined) {
      mkdirSync(path.join(folder, '.k8s-gate'));
      writeFileSync(path.join(folder, '.k8s-gate/waivers.yaml'), waivers);
    }
    const [json, spdx] = ['a.json', 'a.spdx.json'].map((name) => path.join(emptyFolder(), name)) as [string, string];
    const args = ['--engines', 'trivy', '--no-cache', '--output', `json=${json}`, '--output', `spdx=${spdx}`];
    const { code } = await runCommand(checkCommand, args, folder);
    const { findings, errors } = JSON.parse(readFileSync(json, 'utf8'));
    expect(errors).toEqual([]);
    const packages: readonly { name: string; licenseDeclared: string }[] = JSON.parse(readFileSync(spdx, 'utf8')).packages;
    const denied: readonly { action: string }[] = findings.filter(({ rule }: { rule: string }) =>
      rule.startsWith('license/denied'),
    );
    return { code, denied, packages };
  }

  it('that are denied block at the line of the workload, and are in the bill of materials', async () => {
    const { code, denied, packages } = await check('licenses: { deny: [GPL-*], unknown: low }\n');
    expect(code).toBe(1);
    expect(denied).toMatchObject([
      { action: 'block', severity: 'critical', locations: [{ file: 'pod.yaml', line: 7 }], resources: ['Pod shop/web'] },
      { action: 'block', severity: 'critical', locations: [{ file: 'pod.yaml', line: 7 }] },
    ]);
    expect(packages.find(({ name }) => name === 'both')?.licenseDeclared).toBe('MIT AND GPL-2.0-only');
  });

  it('can be waived for an image, and have other severities', async () => {
    const waiver = (target: string) =>
      `version: 1\nwaivers:\n  - rule: trivy/license/denied\n    target: ${target}\n    reason: used internally, never distributed\n    owner: legal\n    expires: ${soon}\n`;
    const denyGpl = 'licenses: { deny: [GPL-*], unknown: low }\n';
    const actions = async (config: string, waivers?: string) => (await check(config, waivers)).denied.map(({ action }) => action);
    expect(await actions(denyGpl, waiver('shop/web:1'))).toEqual(['allow', 'allow']);
    expect(await actions(denyGpl, waiver('shop/web:2'))).toEqual(['block', 'block']);
    expect(await actions(`${denyGpl}rules: { "trivy/license/*": medium }\n`)).toEqual(['allow', 'allow']);
  });

  it('are not evaluated without a list', async () => {
    expect((await check('')).denied).toEqual([]);
  });
});
