import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isDenied } from './deny-list.ts';
import { parseLock, platforms } from './lock-file.ts';

const root = path.join(import.meta.dirname, '..', '..');
const text = readFileSync(path.join(root, 'tools.lock.json'), 'utf8');
const lock = parseLock(text, 'tools.lock.json');
const assets = Object.entries(lock.tools).flatMap(([id, tool]) =>
  platforms.flatMap((platform) =>
    tool.assets[platform] === undefined ? [] : [{ id, platform, tool, asset: tool.assets[platform] }],
  ),
);
const modules = Object.entries(lock.tools).flatMap(([id, tool]) =>
  tool.goModule === undefined ? [] : [{ id, tool, module: tool.goModule }],
);

describe('tools.lock.json', () => {
  it('pins every tool that the gate and its tests use', () => {
    expect(Object.keys(lock.tools).toSorted()).toEqual([
      'act',
      'actionlint',
      'gatekeeper',
      'helm',
      'kube-bench',
      'kube-linter',
      'kustomize',
      'kyverno',
      'opa',
      'registry',
      'trivy',
    ]);
  });

  it.each(assets)('takes $id for $platform from its publisher, by its version', ({ id, tool, asset }) => {
    const { protocol, host, pathname } = new URL(asset.url);
    expect(protocol).toBe('https:');
    expect(['github.com', 'get.helm.sh']).toContain(host);
    expect(decodeURIComponent(pathname)).toContain(`v${tool.version}`);
    expect(decodeURIComponent(pathname)).toContain(id);
  });

  it('has no two assets with one hash', () => {
    const hashes = assets.map(({ asset }) => asset.sha256);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('has two independent sources for every hash', () => {
    for (const { asset } of assets) expect(new Set(asset.sources).size).toBeGreaterThan(1);
  });

  it('pins no release that was younger than two weeks', () => {
    expect(lock.minimumAgeDays).toBeGreaterThanOrEqual(14);
    const young = new Date(Date.now() - lock.minimumAgeDays * 86_400_000).toISOString().slice(0, 10);
    for (const tool of Object.values(lock.tools)) expect(tool.releasedAt <= young).toBe(true);
  });

  it('pins no version that is on the deny-list', () => {
    expect(Object.entries(lock.tools).filter(([id, tool]) => isDenied(id, tool.version))).toEqual([]);
  });

  // What two independent places agree on; a platform that is missing here has one source or none.
  it.each([
    ['trivy', ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']],
    ['kube-linter', ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']],
    ['kyverno', ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']],
    ['opa', ['linux-x64', 'linux-arm64']],
    ['kube-bench', ['linux-x64', 'linux-arm64']],
    ['helm', ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']],
    ['kustomize', ['linux-x64', 'linux-arm64', 'darwin-x64']],
  ])('has %s for %j', (id, expected) => {
    expect(Object.keys(lock.tools[id]?.assets ?? {})).toEqual(expected);
  });

  it.each(assets)('knows the checksums and the signature of $id for $platform by its version', ({ tool, asset }) => {
    for (const url of [asset.checksums, asset.signature].filter((known) => known !== undefined)) {
      expect(new URL(url).protocol).toBe('https:');
      expect(['github.com', 'get.helm.sh']).toContain(new URL(url).host);
      expect(decodeURIComponent(url)).toContain(`v${tool.version}`);
    }
    if (tool.publisher === undefined) expect(asset.signature).toBeUndefined();
    else if (asset.signature === undefined) expect(asset.url).toMatch(/kube-linter-darwin.*\.tar\.gz$/);
    else expect(path.posix.basename(asset.signature)).toMatch(/\.(sigstore\.json|asc)$/);
  });

  it('knows a release workflow by its tag, and key files that are there', async () => {
    const kinds = Object.fromEntries(
      Object.entries(lock.tools).flatMap(([id, { publisher }]) => (publisher === undefined ? [] : [[id, publisher.kind]])),
    );
    expect(kinds).toEqual({ trivy: 'sigstore', kyverno: 'sigstore', 'kube-linter': 'sigstore-key', helm: 'openpgp' });
    for (const { publisher } of Object.values(lock.tools)) {
      if (publisher?.kind === 'sigstore') expect(publisher.identity).toMatch(/\.ya?ml@refs\/tags\/v\{version\}$/);
      if (publisher?.kind === 'sigstore-key') createPublicKey(readFileSync(path.join(root, publisher.key)));
      if (publisher?.kind === 'openpgp') {
        const { allowedKeys } = await import('./openpgp.ts');
        const keys = await allowedKeys(readFileSync(path.join(root, publisher.keys), 'latin1'), publisher.fingerprints);
        expect(keys).toHaveLength(publisher.fingerprints.length);
        // Each could sign a release of that day: neither expired nor unable to sign.
        for (const key of keys) await key.getSigningKey(undefined, new Date('2026-08-13'));
      }
    }
  });

  it('has a source for each engine and renderer on linux-x64', () => {
    const without = Object.entries(lock.tools).filter(
      ([, tool]) => tool.purpose !== 'test' && tool.assets['linux-x64'] === undefined,
    );
    // The hash of gator's release asset is in no two public sources, so it is only built from its module.
    expect(without.map(([id, tool]) => `${id} ${tool.goModule?.module}`)).toEqual([
      'gatekeeper github.com/open-policy-agent/gatekeeper/v3',
    ]);
  });

  it.each(modules)('builds $id at the version its go.mod pins', ({ id, tool, module }) => {
    expect(module.folder).toBe(`engines/${id}`);
    expect(module.version).toBe(`v${tool.version}`);
    const goMod = readFileSync(path.join(root, module.folder, 'go.mod'), 'utf8')
      .split('\n')
      .map((line) =>
        line
          .trim()
          .replace(/^require /, '')
          .replace(/ \/\/ indirect$/, ''),
      );
    expect(goMod).toContain(`${module.module} ${module.version}`);
    expect(goMod).toContain(`tool ${module.package}`);
    const goSum = readFileSync(path.join(root, module.folder, 'go.sum'), 'utf8');
    expect(goSum).toMatch(
      new RegExp(`^${module.module.replaceAll('.', '\\.')} ${module.version.replaceAll('.', '\\.')} h1:[\\w+/]{43}=$`, 'm'),
    );
  });

  it('stamps the version that it builds', () => {
    for (const { tool, module } of modules)
      if (module.stamp !== undefined) expect(module.stamp.endsWith(`${tool.version}`)).toBe(true);
  });
});

describe('parseLock', () => {
  const broken = (change: (value: { tools: Record<string, Record<string, unknown>> }) => void): string => {
    const value = JSON.parse(text);
    change(value);
    return JSON.stringify(value);
  };
  const helmAsset = (value: { tools: Record<string, Record<string, unknown>> }): Record<string, unknown> =>
    JSON.parse(JSON.stringify(value.tools.helm?.assets))['linux-x64'];

  it.each([
    ['an unknown key', broken((value) => Object.assign(value.tools.helm ?? {}, { sha265: 'x' })), 'sha265'],
    [
      'a short hash',
      broken((value) =>
        Object.assign(value.tools.helm ?? {}, { assets: { 'linux-x64': { ...helmAsset(value), sha256: 'abc' } } }),
      ),
      'sha256',
    ],
    [
      'one source',
      broken((value) =>
        Object.assign(value.tools.helm ?? {}, { assets: { 'linux-x64': { ...helmAsset(value), sources: ['one'] } } }),
      ),
      'sources',
    ],
    [
      'a path that points outside',
      broken((value) =>
        Object.assign(value.tools.helm ?? {}, {
          assets: { 'linux-x64': { ...helmAsset(value), archive: { executable: '../helm' } } },
        }),
      ),
      'executable',
    ],
    ['a version range', broken((value) => Object.assign(value.tools.helm ?? {}, { version: '^4.2.4' })), 'version'],
    ['text that is not JSON', '{', 'is not JSON'],
  ])('refuses %s', (_what, lockText, named) => {
    const parse = (): unknown => parseLock(lockText, '/gate/tools.lock.json');
    expect(parse).toThrow(named);
    expect(parse).toThrow(expect.objectContaining({ code: 'TOOL_UNTRUSTED' }));
  });
});
