import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createResults, type Results } from '../../src/engines/results.ts';
import type { Image } from '../../src/model/image.ts';
import { type RegistryServer, startRegistryServer } from '../support/registry-server.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { type Bench, errors, imageFindings, imageOf, objectOf, runTrivyEngine, statuses } from '../support/trivy-bench.ts';
import { type FakeTrivy, fakeTrivy } from '../support/trivy-fake.ts';

const weak = { weakness: 'CVE-2025-9230' };
const dates = { UpdatedAt: new Date().toISOString(), NextUpdate: new Date(Date.now() + 86_400_000).toISOString() };
const pods = ['one', 'two'].map((name) => objectOf(name, 'Pod', { spec: { hostPID: name === 'one' } }));

let registry: RegistryServer;
let trivy: FakeTrivy;
let results: Results;
let cacheDir: string;
beforeAll(async () => {
  registry = await startRegistryServer();
  registry.put('db:2', { database: 'CVE-2021-44228 CVE-2025-9230', dates });
});
beforeEach(() => {
  trivy = fakeTrivy();
  results = createResults();
  cacheDir = emptyFolder();
});
afterAll(async () => {
  await registry.stop();
  removeTempFolders();
});

const judge = (images: readonly Image[], bench: Partial<Bench> = {}) =>
  runTrivyEngine({
    ...{ tool: trivy.tool, images, results, cacheDir },
    ...bench,
    options: { scanners: ['vuln'], db: { repository: `${registry.host}/db:2` }, ...bench.options },
  });
const started = () =>
  trivy
    .newCalls()
    .map(({ what }) => what)
    .toSorted();
const named = (name: string) => imageOf(`${registry.host}/${name}`);

describe('trivy, a second run', () => {
  it('starts no process if nothing changed, and reports the same', async () => {
    registry.put('shop/a:1', weak);
    registry.put('shop/b:1', { bare: true });
    const bench = { resources: pods, options: { scanners: ['vuln', 'misconfig'] as ('vuln' | 'misconfig')[] } };
    const first = await judge([named('shop/a:1'), named('shop/b:1')], bench);
    expect(started()).toEqual(['download', 'filesystem', 'image', 'image', 'sbom']);
    const second = await judge([named('shop/a:1'), named('shop/b:1')], bench);
    expect(started()).toEqual([]);
    expect(second.findings).toEqual(first.findings);
    expect(second.coverage).toEqual(first.coverage);
    expect(second.digests).toEqual(first.digests);
    expect(second.notes).toEqual(expect.arrayContaining([...first.notes]));
    expect(first.notes).toContainEqual(
      expect.stringContaining(`${registry.host}/shop/b:1: Trivy found no operating system packages`),
    );
  });

  it('scans only the manifest and the image that changed', async () => {
    registry.put('shop/a:1', weak);
    registry.put('shop/b:1', {});
    const options = { scanners: ['vuln', 'misconfig'] as ('vuln' | 'misconfig')[] };
    await judge([named('shop/a:1'), named('shop/b:1')], { resources: pods, options });
    started();
    registry.put('shop/b:1', { ...weak, other: true });
    const changed = [...pods.slice(0, 1), objectOf('two', 'Pod', { spec: { hostIPC: true } })];
    const run = await judge([named('shop/a:1'), named('shop/b:1')], { resources: changed, options });
    expect(started()).toEqual(['filesystem', 'image', 'sbom']);
    expect(imageFindings(run, `${registry.host}/shop/b:1`)).toEqual(['CVE-2025-9230 a 1']);
    expect(statuses(run)).toMatchObject({ one: 'evaluated', two: 'evaluated' });
  });

  it('scans images again with another database, and with other options', async () => {
    registry.put('shop/a:1', weak);
    const before = await judge([named('shop/a:1')]);
    expect(before.findings).toHaveLength(1);
    registry.put('other-db:2', { database: 'CVE-2021-44228', dates });
    started();
    const db = { repository: `${registry.host}/other-db:2` };
    const after = await judge([named('shop/a:1')], { cacheDir: emptyFolder(), options: { db } });
    expect(after.findings).toEqual([]);
    await judge([named('shop/a:1')], { options: { ignoreUnfixed: true } });
    expect(started()).toEqual(['download', 'image', 'image', 'sbom', 'sbom']);
  });

  it('notices a database that is another under the same metadata', async () => {
    registry.put('shop/a:1', weak);
    await judge([named('shop/a:1')]);
    started();
    writeFileSync(path.join(cacheDir, 'trivy/db/trivy.db'), 'CVE-2021-44228');
    expect((await judge([named('shop/a:1')])).findings).toEqual([]);
    expect(started()).toEqual(['image', 'sbom']);
  });

  it('hashes the whole of a file, not only the index of an OCI directory', async () => {
    const workspace = emptyFolder();
    mkdirSync(path.join(workspace, 'layout/blobs/sha256'), { recursive: true });
    const blob = path.join(workspace, 'layout/blobs/sha256/layer');
    writeFileSync(path.join(workspace, 'layout/index.json'), '{}');
    const image = imageOf('shop/layout:1', { kind: 'oci-layout', path: 'layout' });
    writeFileSync(blob, '{}');
    expect((await judge([image], { workspace })).findings).toEqual([]);
    await judge([image], { workspace });
    expect(started()).toEqual(['download', 'image', 'sbom']);
    writeFileSync(blob, JSON.stringify(weak));
    expect((await judge([image], { workspace })).findings).toHaveLength(1);
  });
});

describe('trivy, images by digest', () => {
  it('are scanned once under however many names', async () => {
    const digest = registry.put('shop/a:1', weak);
    registry.put('shop/a:stable', weak);
    registry.put('mirror/a:1', weak);
    const names = ['shop/a:1', 'shop/a:stable', 'mirror/a:1', `shop/a@${digest}`];
    const run = await judge(names.map(named));
    expect(started()).toEqual(['download', 'image', 'sbom']);
    for (const name of names) {
      expect(imageFindings(run, `${registry.host}/${name}`)).toEqual(['CVE-2025-9230 a 1']);
      expect(run.digests?.[`${registry.host}/${name}`]).toBe(digest);
    }
  });

  it.each([
    ['to one that is clean', weak, {}, ['CVE-2025-9230 a 1']],
    ['to one that is not', {}, weak, []],
  ])('whose tag moves meanwhile %s are scanned by the digest that was looked up', async (_where, before, after, expected) => {
    const digest = registry.put('shop/moving:1', before);
    registry.intercept((request) => {
      if (request.method === 'HEAD' && request.url?.includes('shop/moving'))
        queueMicrotask(() => registry.put('shop/moving:1', after));
      return false;
    });
    for (const bench of [{}, { packages: true }]) {
      registry.put('shop/moving:1', before);
      const run = await judge([named('shop/moving:1')], bench);
      expect(imageFindings(run, `${registry.host}/shop/moving:1`)).toEqual(expected);
      expect(run.digests).toEqual({ [`${registry.host}/shop/moving:1`]: digest });
    }
    registry.intercept(undefined);
    expect(registry.seen.filter((line) => /^GET .*moving.manifests.1$/.test(line))).toEqual([]);
  });

  it('that can not be looked up go to Trivy each time, and its error is the one', async () => {
    registry.put('shop/a:1', {});
    registry.intercept((request, response) => request.method === 'HEAD' && Boolean(response.writeHead(405).end()));
    const images = [named('shop/a:1'), named('shop/none:1')];
    await judge(images);
    const run = await judge(images);
    registry.intercept(undefined);
    expect(errors(run).map((error) => error.message)).toEqual([expect.stringContaining('its registry has no such image')]);
    expect(started().filter((what) => what === 'image')).toHaveLength(4);
  });

  it('are a thousand references to twenty of them, in twenty scans', async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `many/app-${index % 50}:${index}`);
    for (const [index, name] of names.entries()) registry.put(name, { number: index % 20, ...(index % 20 < 3 && weak) });
    const run = await judge(names.map(named));
    expect(started().filter((what) => what === 'image')).toHaveLength(20);
    expect(run.findings).toHaveLength(150);
    expect(run.coverage.filter(({ status }) => status === 'evaluated')).toHaveLength(1_000);
  });
});
