import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResults } from '../../src/engines/results.ts';
import { runGate } from '../../src/gate.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { checkOut } from '../support/pull-request.ts';
import { type RegistryServer, startRegistryServer } from '../support/registry-server.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { fakeTrivy } from '../support/trivy-fake.ts';

const root = path.join(import.meta.dirname, '../..');
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let registry: RegistryServer;
beforeAll(async () => {
  registry = await startRegistryServer();
  for (const name of ['shop/web:1', 'shop/web:2', 'other/api:1']) registry.put(name, { of: name });
});
afterAll(async () => {
  await registry.stop();
  removeTempFolders();
});

const config = (images = '') => `version: 1\n${images}engines: { trivy: { scanners: [secret] } }\n`;
const pod = (image: string, name = 'web') =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop }\nspec: { containers: [{ name: app, image: "${image}" }] }\n`;
const named = () => `images: { privateRegistries: ["${registry.host}"] }\n`;

/** The gate on a change, without a base where it is a push. */
async function judge(
  base: Readonly<Record<string, string>>,
  head: Readonly<Record<string, string>>,
  push = false,
): Promise<Verdict> {
  const { folder, baseSha } = await checkOut({ base, head });
  const ports = createNodePorts({ log, env: { PATH: process.env.PATH } });
  const [cacheDir, { signal }] = [emptyFolder(), new AbortController()];
  const { tool } = fakeTrivy();
  const tools = {
    engineTools: () => Promise.resolve(tool),
    rendererTools: () => Promise.reject(new Error('there is nothing to render here')),
  };
  registry.seen.length = 0;
  const { verdict } = await runGate(
    { workspace: folder, paths: [], exclude: [], engines: 'trivy', cores: 2, outputs: [], publish: [] },
    {
      ...{ ports, ...tools, gateRoot: root, cacheDir, results: createResults(), tempDir: emptyFolder(), signal },
      ...{ stdout: () => {}, terminal: { color: false, width: 120 }, gateVersion: '0.0.0' },
      ...(!push && { baseSha }),
    },
  );
  return verdict;
}
/** But for what no engine evaluated: only Trivy's scan of images runs here. */
const rules = (verdict: Verdict) =>
  verdict.findings
    .map(({ finding }) => `${finding.engine}/${finding.rule}`)
    .filter((rule) => rule !== 'gate/not-evaluated')
    .toSorted();
const refused = 'trivy/image-host-private';

describe('a registry on this machine', () => {
  it('that only the change names is a finding that blocks, and gets no request', async () => {
    const verdict = await judge(
      { '.k8s-gate.yaml': config(), 'web.yaml': pod('registry.invalid/web:1') },
      { 'web.yaml': pod(`${registry.host}/shop/web:1`) },
    );
    expect(verdict.findings.filter(({ finding }) => finding.rule === 'image-host-private')).toMatchObject([
      { action: 'block', finding: { severity: 'critical', locations: [{ file: 'web.yaml', line: 4 }] } },
    ]);
    expect(registry.seen).toEqual([]);
  });

  it('that an image of the base commit names is asked, also for another image', async () => {
    const verdict = await judge(
      { '.k8s-gate.yaml': config(), 'web.yaml': pod(`${registry.host}/shop/web:1`) },
      { 'web.yaml': pod(`${registry.host}/shop/web:2`), 'api.yaml': pod(`${registry.host}/other/api:1`, 'api') },
    );
    expect(verdict.errors).toEqual([]);
    expect(rules(verdict)).toEqual([]);
    expect(registry.seen.join('\n')).toMatch(/^(?:GET|HEAD) \/v2\/other\/api\/manifests\/1$/m);
  });

  it('is not named by a base commit that only mentions it, nor by its port alone', async () => {
    const text = `${pod('registry.invalid/web:1')}# ${registry.host}/shop/web:1\n`;
    const other = pod('127.0.0.1:1/shop/web:1', 'other');
    const verdict = await judge(
      { '.k8s-gate.yaml': config(), 'web.yaml': text, 'other.yaml': other, 'README.md': registry.host },
      { 'web.yaml': pod(`${registry.host}/shop/web:1`) },
    );
    expect(rules(verdict)).toContain(refused);
    expect(registry.seen).toEqual([]);
  });

  it('that the change adds to the configuration is not in force for it', async () => {
    const verdict = await judge(
      { '.k8s-gate.yaml': config(), 'web.yaml': pod('registry.invalid/web:1') },
      { '.k8s-gate.yaml': config(named()), 'web.yaml': pod(`${registry.host}/shop/web:1`) },
    );
    expect(rules(verdict)).toEqual(['gate/config-loosened', refused]);
    expect(registry.seen).toEqual([]);
  });

  it('that the configuration of the base names is asked, and so is one of the checkout where there is no base', async () => {
    const web = { 'web.yaml': pod(`${registry.host}/shop/web:1`) };
    const files = { '.k8s-gate.yaml': config(named()) };
    expect(rules(await judge({ ...files, 'web.yaml': pod('registry.invalid/web:1') }, web))).not.toContain(refused);
    expect(rules(await judge(files, web, true))).toEqual([]);
    expect(rules(await judge({ '.k8s-gate.yaml': config() }, web, true))).toEqual([refused]);
  });

  it('is not named by a base commit that can not be rendered', async () => {
    const verdict = await judge(
      { '.k8s-gate.yaml': config(), 'web.yaml': pod(`${registry.host}/shop/web:1`).replace('] }', '') },
      { 'web.yaml': pod(`${registry.host}/shop/web:1`) },
    );
    expect(rules(verdict)).toContain(refused);
    expect(registry.seen).toEqual([]);
  });
});
