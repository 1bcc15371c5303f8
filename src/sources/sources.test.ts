import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { chartArchive, indexFile, sha256 } from '../../test/support/chart-archive.ts';
import { type MemoryRemotes, memoryRemotes, push } from '../../test/support/remotes-memory.ts';
import { tar } from '../../test/support/tar.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import type { ChartRequest, FetchedChart, NotFetched } from '../model/sources.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { createSources, type SourcesContext } from './sources.ts';

const repository = 'https://charts.example.com/stable';
const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };
const none = { allow: [], mirrors: {}, offline: false };

/** Major versions by hand; Helm's own comparison is in the live tests. */
const satisfies: SourcesContext['satisfies'] = async (range, versions) =>
  versions.map((version) => (range === '*' ? !version.includes('-') : version.startsWith(range.replace(/^\^(\d+).*/, '$1.'))));

function open(remotes: MemoryRemotes, part: Partial<SourcesContext> = {}) {
  const own = { remotes, files: createNodeFiles(), log };
  return createSources({
    ...{
      config: none,
      ports: own,
      cacheDir: emptyFolder(),
      tempDir: emptyFolder(),
      signal: new AbortController().signal,
      satisfies,
    },
    namedHosts: async () => new Set(['charts.example.com', 'ghcr.io']),
    ...part,
  });
}

const chart = (version: string, part: Partial<ChartRequest> = {}): ChartRequest => ({
  url: repository,
  name: 'shop',
  version,
  ...part,
});

function published(archive: Uint8Array, version = '1.2.0', url = `shop-${version}.tgz`, digest = sha256(archive)): MemoryRemotes {
  const remotes = memoryRemotes();
  remotes.pages.set(`${repository}/index.yaml`, indexFile({ other: [], shop: [{ version, url, digest }], tail: [] }));
  remotes.pages.set(new URL(url, `${repository}/`).href, archive);
  return remotes;
}

function fetched(found: FetchedChart | NotFetched): FetchedChart {
  if (found.status === 'fetched') return found;
  throw new Error(found.reason);
}

const reasonOf = (found: FetchedChart | NotFetched): string => (found.status === 'fetched' ? 'fetched' : found.reason);

describe('a chart of an HTTP repository', () => {
  afterAll(removeTempFolders);

  it('is a folder outside of the workspace that is named by its repository', async () => {
    const archive = chartArchive('shop', '1.2.0', { 'templates/a.yaml': 'kind: A\n' });
    const found = fetched(await open(published(archive)).chart(chart('1.2.0')));
    expect(found).toMatchObject({
      path: 'charts.example.com/stable/shop-1.2.0',
      version: '1.2.0',
      digest: `sha256:${sha256(archive)}`,
    });
    expect(readFileSync(path.join(found.root, found.path, 'templates/a.yaml'), 'utf8')).toBe('kind: A\n');
  });

  it('is fetched once for both commits of a run, even if the repository then has another', async () => {
    const remotes = published(chartArchive('shop', '1.2.0'));
    const sources = open(remotes);
    const before = await sources.chart(chart('^1'));
    remotes.pages.set(`${repository}/index.yaml`, indexFile({ shop: [{ version: '1.9.0', url: 'shop-1.9.0.tgz' }] }));
    expect(await sources.chart(chart('^1'))).toBe(before);
    expect(remotes.seen).toHaveLength(2);
  });

  it('is the newest in a range, and pre-releases only by name', async () => {
    const remotes = memoryRemotes();
    const versions = ['1.9.0', '1.10.0', '2.0.0', '3.0.0-rc.1'];
    remotes.pages.set(
      `${repository}/index.yaml`,
      indexFile({ shop: versions.map((version) => ({ version, url: `shop-${version}.tgz` })) }),
    );
    for (const version of versions) remotes.pages.set(`${repository}/shop-${version}.tgz`, chartArchive('shop', version));
    const sources = open(remotes);
    const asked = ['^1.0.0', '', '3.0.0-rc.1'];
    const found = await Promise.all(asked.map(async (version) => fetched(await sources.chart(chart(version))).version));
    expect(found).toEqual(['1.10.0', '2.0.0', '3.0.0-rc.1']);
    expect(remotes.seen.filter((url) => url.endsWith('index.yaml'))).toHaveLength(1);
  });

  it('is not downloaded again if the cache has the archive of the index', async () => {
    const remotes = published(chartArchive('shop', '1.2.0'));
    const cacheDir = emptyFolder();
    await open(remotes, { cacheDir }).chart(chart('1.2.0'));
    await open(remotes, { cacheDir }).chart(chart('1.2.0'));
    expect(remotes.seen.map((url) => path.posix.basename(url))).toEqual(['index.yaml', 'shop-1.2.0.tgz', 'index.yaml']);
  });

  it.each([
    [
      'has another digest than its index lists',
      published(chartArchive('shop', '1.2.0'), '1.2.0', 'shop-1.2.0.tgz', 'a'.repeat(64)),
      /has the digest sha256:\w+, but its index lists sha256:a+/,
    ],
    ['does not exist', memoryRemotes(), /index\.yaml: HTTP 404/],
    ['has no such version', published(chartArchive('shop', '9.0.0'), '9.0.0'), /has no version 1\.2\.0 of chart shop/],
    [
      'is not a chart',
      published(gzipSync(tar([{ path: 'shop/README.md', content: 'x' }]))),
      /does not contain shop\/Chart\.yaml/,
    ],
    ['is not an archive', published(Buffer.from('<html>')), /not a gzipped tar/],
    ['leaves its folder', published(gzipSync(tar([{ path: 'shop/../../evil', content: 'x' }]))), /is outside of it/],
    [
      'holds a link',
      published(gzipSync(tar([{ path: 'shop/Chart.yaml', content: '', type: '2', target: '/etc/passwd' }]))),
      /link/,
    ],
    [
      'is a bomb',
      published(gzipSync(tar([{ path: 'shop/Chart.yaml', content: Buffer.alloc(60 * 1024 * 1024) }]))),
      /unpacks to more than/,
    ],
  ])('that %s is not fetched, with the reason', async (_title, remotes, reason) => {
    const tempDir = emptyFolder();
    expect(await open(remotes, { tempDir }).chart(chart('1.2.0'))).toMatchObject({
      status: 'not-fetched',
      reason: expect.stringMatching(reason),
    });
    const left = existsSync(tempDir) ? readdirSync(tempDir, { recursive: true, withFileTypes: true }) : [];
    expect(left.filter((entry) => entry.isFile() && entry.name.endsWith('archive'))).toEqual([]);
  });
});

describe('the host of a chart', () => {
  afterAll(removeTempFolders);
  const evil = 'https://evil.example.net';

  it('is not requested if only the change names it', async () => {
    const remotes = memoryRemotes();
    const found = await open(remotes).chart(chart('1.2.0', { url: evil }));
    expect(found).toMatchObject({
      reason: 'the base commit does not name the host evil.example.net, so it is not requested',
      next: expect.stringContaining('Add evil.example.net to `sources.allow` of .k8s-gate.yaml on the base branch'),
    });
    expect(remotes.seen).toEqual([]);
  });

  it('is requested if the configuration allows it, with the port that it is allowed with', async () => {
    const remotes = memoryRemotes();
    const sources = open(remotes, { config: { ...none, allow: ['evil.example.net'] } });
    await sources.chart(chart('1.2.0', { url: evil }));
    await sources.chart(chart('1.2.0', { url: `${evil}:8443` }));
    expect(remotes.seen).toEqual([`${evil}/index.yaml`]);
  });

  it('may be another one for an archive that the index has a digest for', async () => {
    const archive = chartArchive('shop', '1.2.0');
    expect(reasonOf(await open(published(archive, '1.2.0', 'https://cdn.example.org/shop.tgz')).chart(chart('1.2.0')))).toBe(
      'fetched',
    );
    const remotes = published(archive, '1.2.0', 'https://cdn.example.org/shop.tgz', '');
    expect(reasonOf(await open(remotes).chart(chart('1.2.0')))).toBe(
      'its index points to another host, cdn.example.org, and has no digest for the archive',
    );
    expect(remotes.seen).toEqual([`${repository}/index.yaml`]);
  });

  it('is replaced by its mirror, which alone may use http', async () => {
    const remotes = memoryRemotes();
    const mirrors = { 'charts.example.com': 'http://10.0.0.7:8080/helm', 'ghcr.io': 'https://mirror.internal/ghcr' };
    const sources = open(remotes, { config: { ...none, mirrors } });
    await sources.chart(chart('1.2.0'));
    await sources.chart(chart('1.2.0', { url: 'oci://ghcr.io/org' }));
    expect(remotes.seen).toEqual([
      'http://10.0.0.7:8080/helm/stable/index.yaml (insecure)',
      'mirror.internal/ghcr/org/shop:1.2.0',
    ]);
    const plain = open(remotes, { config: { ...none, allow: ['plain.example.org'] } });
    expect(reasonOf(await plain.chart(chart('1.2.0', { url: 'http://plain.example.org' })))).toBe(
      'http://plain.example.org is not an https address',
    );
  });

  it.each(['@bitnami', 'alias:bitnami', '', 'file:///etc', '../charts', 'stable', 'git+https://a.example/b', 'https://'])(
    'is not a host in %j',
    async (url) => {
      const remotes = memoryRemotes();
      expect(reasonOf(await open(remotes).chart(chart('1.2.0', { url })))).toMatch(/does not name a chart of a repository/);
      expect(remotes.seen).toEqual([]);
    },
  );

  it('gets no other path than that of a chart', async () => {
    const remotes = memoryRemotes();
    for (const name of ['../../x', 'a/../b', '', '/etc', 'a b'])
      await open(remotes).chart(chart('1.2.0', { url: 'oci://ghcr.io/org', name }));
    expect(remotes.seen).toEqual([]);
  });
});

describe('a chart of a registry', () => {
  afterAll(removeTempFolders);
  const oci = (version: string) => chart(version, { url: 'oci://ghcr.io/Org/charts' });

  it('is found by its version, a range, a tag or its digest', async () => {
    const remotes = memoryRemotes();
    for (const tag of ['1.2.0', '1.3.0_build.1', 'latest'])
      push(remotes, `ghcr.io/org/charts/shop:${tag}`, chartArchive('shop', tag));
    const text = remotes.images.get('ghcr.io/org/charts/shop:1.2.0') ?? '';
    const digest = `sha256:${sha256(text)}`;
    remotes.images.set(`ghcr.io/org/charts/shop:${digest}`, text);
    const sources = open(remotes);
    const asked = ['1.2.0', '^1.0.0', 'latest', digest, '1.3.0+build.1'];
    const found = await Promise.all(asked.map(async (version) => fetched(await sources.chart(oci(version)))));
    expect(found.map(({ version }) => version)).toEqual(['1.2.0', '1.3.0+build.1', 'latest', digest, '1.3.0+build.1']);
    expect(found[0]?.path).toBe('ghcr.io/org/charts/shop-1.2.0');
    expect(found[3]?.digest).toBe(found[0]?.digest);
  });

  it('stays the same in a run if its tag is moved', async () => {
    const remotes = memoryRemotes();
    push(remotes, 'ghcr.io/org/charts/shop:1.2.0', chartArchive('shop', '1.2.0'));
    const sources = open(remotes);
    const before = await sources.chart(oci('1.2.0'));
    push(remotes, 'ghcr.io/org/charts/shop:1.2.0', chartArchive('shop', '1.2.0', { 'templates/evil.yaml': '' }));
    expect(await sources.chart(oci('1.2.0'))).toBe(before);
  });

  it('is not a chart without the layer of one', async () => {
    const remotes = memoryRemotes();
    remotes.images.set('ghcr.io/org/charts/shop:1.2.0', '{"schemaVersion":2,"layers":[]}');
    remotes.images.set('ghcr.io/org/charts/shop:1.3.0', 'no JSON');
    const sources = open(remotes);
    for (const version of ['1.2.0', '1.3.0'])
      expect(reasonOf(await sources.chart(oci(version)))).toBe('ghcr.io/org/charts/shop is not a Helm chart');
  });
});

describe('offline', () => {
  afterAll(removeTempFolders);
  const config = { ...none, offline: true };

  it('a chart comes from the cache, a range as it was resolved', async () => {
    const remotes = published(chartArchive('shop', '1.2.0'));
    const cacheDir = emptyFolder();
    await open(remotes, { cacheDir }).chart(chart('^1'));
    const quiet = memoryRemotes();
    const sources = open(quiet, { cacheDir, config });
    expect(fetched(await sources.chart(chart('^1'))).version).toBe('1.2.0');
    expect(reasonOf(await sources.chart(chart('1.2.0')))).toBe('it is not in the cache, and `sources.offline` is set');
    expect(quiet.seen).toEqual([]);
  });

  it('a damaged cache is not a chart', async () => {
    const cacheDir = emptyFolder();
    const remotes = published(chartArchive('shop', '1.2.0'));
    await open(remotes, { cacheDir }).chart(chart('1.2.0'));
    const files = createNodeFiles();
    for (const name of readdirSync(path.join(cacheDir, 'sources/blobs')))
      await files.write(path.join(cacheDir, 'sources/blobs', name), 'x');
    expect(reasonOf(await open(remotes, { cacheDir, config }).chart(chart('1.2.0')))).toMatch(/not in the cache/);
    expect(reasonOf(await open(remotes, { cacheDir }).chart(chart('1.2.0')))).toBe('fetched');
  });

  it('a mirror is still requested, and no other host that its index names', async () => {
    const remotes = memoryRemotes();
    const archive = chartArchive('shop', '1.2.0');
    const index = indexFile({ shop: [{ version: '1.2.0', url: 'https://cdn.example.org/shop.tgz', digest: sha256(archive) }] });
    remotes.pages.set('http://127.0.0.1:1/stable/index.yaml', index);
    const sources = open(remotes, { config: { ...config, mirrors: { 'charts.example.com': 'http://127.0.0.1:1' } } });
    expect(reasonOf(await sources.chart(chart('1.2.0')))).toBe(
      'cdn.example.org is not requested, because `sources.offline` is set',
    );
  });
});
