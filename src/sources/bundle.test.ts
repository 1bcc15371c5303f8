import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../test/support/chart-archive.ts';
import { type MemoryRemotes, memoryRemotes } from '../../test/support/remotes-memory.ts';
import { type TarEntry, tar } from '../../test/support/tar.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import type { FetchedBundle, NotFetched } from '../model/sources.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { type BundleContext, fetchBundle } from './bundle.ts';

afterAll(removeTempFolders);

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const settings = { path: '.k8s-gate.yaml', content: 'version: 1\n' };
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** An artifact in a registry; gives its digest. */
function push({ images }: MemoryRemotes, entries: readonly TarEntry[], layerTypes: readonly string[] = [layerType]): string {
  const archive = gzipSync(tar(entries));
  const layer = `sha256:${sha256(archive)}`;
  const layers = layerTypes.map((mediaType) => ({ mediaType, digest: layer, size: archive.length }));
  const manifest = JSON.stringify({ schemaVersion: 2, layers });
  const digest = `sha256:${sha256(manifest)}`;
  images.set(layer, archive);
  images.set(`ghcr.io/org/gate:${digest}`, manifest);
  return digest;
}

const fetch = (address: string, remotes: MemoryRemotes, part: Partial<BundleContext> = {}) => {
  const folder = emptyFolder();
  let count = 0;
  return fetchBundle(address, {
    ...{ config: { allow: [], mirrors: {}, offline: false }, ports: { remotes, files: createNodeFiles(), log } },
    ...{ cacheDir: emptyFolder(), signal: new AbortController().signal, newFolder: () => path.join(folder, String(count++)) },
    namedHosts: async () => new Set(['ghcr.io']),
    ...part,
  });
};
const bundle = (found: FetchedBundle | NotFetched): FetchedBundle => {
  if (found.status === 'fetched') return found;
  throw new Error(found.reason);
};
const reason = (found: FetchedBundle | NotFetched) => (found.status === 'fetched' ? 'fetched' : `${found.reason}. ${found.next}`);

describe('settings in an artifact of a registry', () => {
  it.each([
    ['at its root', '', ''],
    ['in its only folder', 'settings/', '/settings'],
  ])('are found %s, and named by the registry and the digest', async (_where, prefix, shown) => {
    const remotes = memoryRemotes();
    const digest = push(remotes, [
      { path: `${prefix}.k8s-gate.yaml`, content: 'version: 1\n' },
      { path: `${prefix}policies/a.yaml`, content: 'a' },
    ]);
    const found = bundle(await fetch(`oci://ghcr.io/org/gate@${digest}`, remotes));
    expect(found).toMatchObject({ file: '.k8s-gate.yaml', shown: `ghcr.io/org/gate-${digest.slice(7, 19)}${shown}` });
    expect(readFileSync(path.join(found.root, found.file), 'utf8')).toBe('version: 1\n');
    expect(readdirSync(path.join(found.root, 'policies'))).toEqual(['a.yaml']);
  });

  it('come from the cache by their digests, without a request, also offline', async () => {
    const remotes = memoryRemotes();
    const digest = push(remotes, [settings]);
    const cacheDir = emptyFolder();
    const address = `oci://ghcr.io/org/gate@${digest}`;
    bundle(await fetch(address, remotes, { cacheDir }));
    expect(remotes.seen).toHaveLength(2);
    const offline = { config: { allow: [], mirrors: {}, offline: true } };
    bundle(await fetch(address, remotes, { cacheDir, ...offline }));
    expect(remotes.seen).toHaveLength(2);
    expect(reason(await fetch(address, remotes, offline))).toContain('it is not in the cache, and `sources.offline` is set');
  });

  it('are never what a mirror has under another digest, nor what the cache was made to hold', async () => {
    const remotes = memoryRemotes();
    const digest = push(remotes, [settings]);
    const cacheDir = emptyFolder();
    const address = `oci://ghcr.io/org/gate@${digest}`;
    bundle(await fetch(address, remotes, { cacheDir }));
    const { files } = { files: createNodeFiles() };
    const blobs = path.join(cacheDir, 'sources/blobs');
    for (const name of readdirSync(blobs)) await files.write(path.join(blobs, name), 'something else');
    bundle(await fetch(address, remotes, { cacheDir }));
    expect(remotes.seen).toHaveLength(4);
  });

  it.each<[string, readonly TarEntry[], readonly string[], string]>([
    ['no archive', [settings], ['application/vnd.oci.image.config.v1+json'], 'is not an artifact with one gzipped archive'],
    ['two archives', [settings], [layerType, layerType], 'is not an artifact with one gzipped archive'],
    [
      'a link out of it',
      [settings, { path: 'a', content: '', type: '2', target: '../../x' }],
      [layerType],
      'a link that points outside of it',
    ],
    ['a path out of it', [{ path: '../a', content: '' }], [layerType], 'is outside of it'],
  ])('are refused with %s', async (_what, entries, types, message) => {
    const remotes = memoryRemotes();
    const digest = push(remotes, entries, types);
    expect(reason(await fetch(`oci://ghcr.io/org/gate@${digest}`, remotes))).toContain(message);
  });

  it('are not requested from a host that only the change names', async () => {
    const remotes = memoryRemotes();
    const digest = push(remotes, [settings]);
    const found = await fetch(`oci://ghcr.io/org/gate@${digest}`, remotes, { namedHosts: async () => new Set() });
    expect(reason(found)).toContain('the base commit does not name the host ghcr.io');
    expect(remotes.seen).toEqual([]);
  });
});

describe('settings in a git repository', () => {
  const sha = 'a'.repeat(40);
  const withCommit = (files: Readonly<Record<string, string>>): MemoryRemotes => ({
    ...memoryRemotes(),
    async checkout(_url, ref, to) {
      for (const [name, text] of Object.entries(files)) await createNodeFiles().write(path.join(to, name), text);
      return { commit: ref };
    },
  });
  const remotes = withCommit({ 'gate/.k8s-gate.yaml': 'version: 1\n', 'gate/strict.yaml': 'version: 1\n' });
  const named = { namedHosts: async () => new Set(['github.com']) };

  it.each([
    ['a folder', `https://github.com/org/rules//gate?ref=${sha}`, '.k8s-gate.yaml'],
    ['a file', `https://github.com/org/rules.git//gate/strict.yaml?ref=${sha}`, 'strict.yaml'],
    ['an address of ssh', `git@github.com:org/rules.git//gate?ref=${sha}`, '.k8s-gate.yaml'],
  ])('are %s of a commit', async (_what, address, file) => {
    const found = bundle(await fetch(address, remotes, named));
    expect(found).toMatchObject({ file, shown: 'github.com/org/rules-aaaaaaaaaaaa/gate' });
    expect(existsSync(path.join(found.root, file))).toBe(true);
  });

  it.each([
    ['a branch', 'https://github.com/org/rules//gate?ref=main', 'at a full commit'],
    ['a short commit', 'https://github.com/org/rules//gate?ref=abc1234', 'at a full commit'],
    ['a folder that is not there', `https://github.com/org/rules//other?ref=${sha}`, 'has no other'],
  ])('are refused at %s', async (_what, address, message) => {
    expect(reason(await fetch(address, remotes, named))).toContain(message);
  });
});
