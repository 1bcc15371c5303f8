import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { commit, git, repository } from './support/git-repository.ts';
import { type ReleasesServer, releasesServer } from './support/releases-server.ts';
import { repositoryCopy } from './support/repository-copy.ts';
import { root } from './support/root.ts';
import { emptyFolder, removeTempFolders } from './support/temp-folders.ts';

afterAll(removeTempFolders);

const script = (name: string): string => path.join(root, 'scripts', name);
function release(cwd: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script('release.mjs'), ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const files = {
  'package.json': '{ "name": "k8s-gate", "version": "1.2.3" }\n',
  'package-lock.json': '{ "version": "1.2.3", "lockfileVersion": 3, "packages": { "": { "version": "1.2.3" } } }\n',
  'CHANGELOG.md':
    '# Changelog\n\n## [Unreleased]\n\n* later\n\n## [1.2.3] - 2026-11-25\n\n* something new\n\n## [1.2.2] - 2026-11-01\n\n* old\n',
};

/** A repository with these files, and the tag at its head. */
function tagged(part: Readonly<Record<string, string>> = {}, tag = 'v1.2.3'): string {
  const folder = repository();
  commit(folder, { ...files, ...part });
  git(folder, 'tag', tag);
  return folder;
}

describe('check-version', () => {
  it('takes a tag that names the version, at HEAD', () => {
    const folder = tagged();
    const run = release(folder, 'check-version', 'v1.2.3');
    expect(run).toEqual({ status: 0, stderr: '', stdout: `v1.2.3 is 1.2.3 at ${git(folder, 'rev-parse', 'HEAD')}\n` });
  });

  it.each<[string, string, Record<string, string>, RegExp]>([
    ['no version', 'v1.2', {}, /"v1\.2" is not a release tag; expected vX\.Y\.Z/],
    ['an option', '--help', {}, /is not a release tag/],
    ['a version of development', 'v1.2.3-dev', {}, /is not a release tag/],
    ['another version than package.json', 'v1.2.4', {}, /package\.json has 1\.2\.3/],
    ['a lock of another version', 'v1.2.3', { 'package-lock.json': '{ "version": "1.2.2" }' }, /package-lock\.json has 1\.2\.2/],
    [
      'nothing in the changelog',
      'v1.2.3',
      { 'CHANGELOG.md': '## [1.2.2] - 2026-11-01\n\n* old\n' },
      /has no section for 1\.2\.3/,
    ],
    [
      'an empty section',
      'v1.2.3',
      { 'CHANGELOG.md': '## [1.2.3] - 2026-11-25\n\n## [1.2.2] - 2026-11-01\n' },
      /has no text about 1\.2\.3/,
    ],
    ['a section without a day', 'v1.2.3', { 'CHANGELOG.md': '## [1.2.3]\n\n* new\n' }, /YYYY-MM-DD/],
  ])('refuses %s', (_what, tag, part, message) => {
    const run = release(tagged(part), 'check-version', tag);
    expect(run.stderr).toMatch(message);
    expect(run.status).toBe(1);
  });

  it('refuses a tag of another commit, and one that is not there', () => {
    const folder = tagged();
    commit(folder, { 'new.txt': 'after the tag' });
    expect(release(folder, 'check-version', 'v1.2.3').stderr).toContain('expected one commit');
    git(folder, 'tag', '--delete', 'v1.2.3');
    expect(release(folder, 'check-version', 'v1.2.3').status).toBe(1);
  });
});

it('notes are the section of this version, no more', () => {
  expect(release(tagged(), 'notes')).toEqual({ status: 0, stderr: '', stdout: '* something new\n' });
});

describe('pack', () => {
  const folder = repositoryCopy();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'add', '--all', '--', ':!node_modules');
  git(folder, 'commit', '--quiet', '--message=x');
  const { version, dependencies, devDependencies } = z
    .object({
      version: z.string(),
      dependencies: z.record(z.string(), z.string()),
      devDependencies: z.record(z.string(), z.string()),
    })
    .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));
  const name = `k8s-gate-${version}`;
  const [once, again] = [emptyFolder(), emptyFolder()];
  const runs = [once, again].map((out) => release(folder, 'pack', out));

  it('makes an archive that works alone, and checksums that hold, the same bytes each time', () => {
    expect(runs).toMatchObject([
      { status: 0, stderr: '' },
      { status: 0, stderr: '' },
    ]);
    expect(readdirSync(once).toSorted()).toEqual([
      ...['SHA256SUMS', `${name}.cdx.json`, `${name}.tgz`, `k8s-gate-npm-${version}.tgz`, 'k8s-gate.rb'],
    ]);
    expect(readFileSync(path.join(again, 'SHA256SUMS'), 'utf8')).toBe(readFileSync(path.join(once, 'SHA256SUMS'), 'utf8'));
    for (const line of readFileSync(path.join(once, 'SHA256SUMS'), 'utf8').trimEnd().split('\n')) {
      const [sum, file = ''] = line.split('  ');
      expect(
        createHash('sha256')
          .update(readFileSync(path.join(once, file)))
          .digest('hex'),
      ).toBe(sum);
    }
    spawnSync('tar', ['-xzf', `${name}.tgz`], { cwd: once });
    const cli = path.join(once, name, 'dist', 'cli', 'index.js');
    const init = spawnSync(process.execPath, [cli, 'init'], { cwd: emptyFolder(), encoding: 'utf8' });
    expect(init.stdout).toContain('wrote .github/workflows/k8s-gate.yml');
    const explain = spawnSync(process.execPath, [cli, 'explain', 'no-latest-tag'], { cwd: once, encoding: 'utf8' });
    expect(explain.stdout).toMatch(/Fix: \S/);
  });

  it('makes a package that npm installs alone, so that npx runs it', () => {
    const own = emptyFolder();
    const env = { ...process.env, npm_config_cache: emptyFolder(), npm_config_offline: 'true' };
    const npm = (program: string, ...args: readonly string[]) => spawnSync(program, args, { cwd: own, encoding: 'utf8', env });
    writeFileSync(path.join(own, 'package.json'), '{ "private": true }');
    expect(npm('npm', 'install', '--no-audit', '--no-fund', path.join(once, `k8s-gate-npm-${version}.tgz`))).toMatchObject({
      status: 0,
    });
    expect(readdirSync(path.join(own, 'node_modules')).filter((entry) => !entry.startsWith('.'))).toEqual(['k8s-gate']);
    expect(npm('npx', 'k8s-gate', '--version').stdout.trim()).toBe(version);
    expect(npm('npx', 'k8s-gate', 'explain', 'no-latest-tag').stdout).toMatch(/Fix: \S/);
  });

  it('fills the formula of Homebrew with the archive and its hash', () => {
    const formula = readFileSync(path.join(once, 'k8s-gate.rb'), 'utf8');
    const [, sha256] = /sha256 "([0-9a-f]{64})"/.exec(formula) ?? [];
    expect(readFileSync(path.join(once, 'SHA256SUMS'), 'utf8')).toContain(`${sha256}  ${name}.tgz\n`);
    expect(formula).toContain(`/v${version}/${name}.tgz"`);
    expect(formula).not.toMatch(/@[A-Z0-9]+@/);
  });

  it('lists in the SBOM every package in the bundles, and none of development', () => {
    const component = z.object({ name: z.string(), version: z.string() });
    const bom = z.object({ metadata: z.object({ component }), components: z.array(component) });
    const { metadata, components } = bom.parse(JSON.parse(readFileSync(path.join(once, `${name}.cdx.json`), 'utf8')));
    expect(metadata.component).toEqual({ name: 'k8s-gate', version });
    const names = new Set(components.map((entry) => entry.name));
    expect(Object.keys(dependencies).filter((wanted) => !names.has(wanted))).toEqual([]);
    expect(Object.keys(devDependencies).filter((other) => names.has(other))).toEqual([]);
    // What ncc put into the bundles, by the licenses it wrote next to them: each name is alone on a line.
    const bundled = ['cli', 'main'].flatMap(
      (entry) => readFileSync(path.join(root, 'dist', entry, 'licenses.txt'), 'utf8').match(/^(@[\w-]+\/)?[a-z][\w.-]+$/gm) ?? [],
    );
    expect(bundled).toContain('@sigstore/core');
    // ncc's own stub for an optional package that is not installed (`supports-color` of debug).
    expect(bundled.filter((wanted) => !names.has(wanted) && wanted !== '@vercel/ncc')).toEqual([]);
  });

  it('refuses what is not committed, and a folder that holds something', () => {
    const full = emptyFolder();
    writeFileSync(path.join(full, 'old.tgz'), '');
    expect(release(folder, 'pack', full).stderr).toContain('expected an empty folder');
    writeFileSync(path.join(folder, 'dist', 'cli', 'left-over.js'), '');
    expect(release(folder, 'pack', emptyFolder()).stderr).toContain('expected a clean checkout');
    git(folder, 'clean', '--quiet', '--force', 'dist');
  });
});

describe('on GitHub', () => {
  const sha = 'a'.repeat(40);
  let github: ReleasesServer;
  let made: string;
  beforeEach(async () => {
    github = await releasesServer();
    github.tags.set('v1.2.3', sha);
    made = path.join(emptyFolder(), 'release');
    mkdirSync(made);
    writeFileSync(path.join(made, 'gate.tgz'), 'bytes');
    writeFileSync(path.join(path.dirname(made), 'notes.md'), '* new\n');
  });
  afterEach(() => github.close());

  /** In a process of its own that does not block the server here. */
  const step = (...args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> => {
    const env = {
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: 'octo/gate',
      GITHUB_SHA: sha,
      GH_TOKEN: 'token',
      RELEASE_TAG: 'v1.2.3',
    };
    const child = spawn(process.execPath, [script('release-github.mjs'), ...args], { env });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, said: said.trim() })));
  };
  const drafted = () => step('draft', made, path.join(path.dirname(made), 'notes.md'));

  it('drafts with every file, publishes, and moves v1 last', async () => {
    github.tags.set('v1', 'b'.repeat(40));
    expect(await step('on-main')).toEqual({ code: 0, said: 'v1.2.3 is on main' });
    expect(await drafted()).toEqual({ code: 0, said: 'drafted v1.2.3' });
    expect(github.releases).toMatchObject([{ draft: true, assets: [{ name: 'gate.tgz' }] }]);
    expect((await step('move-major')).code).toBe(1);
    expect(github.tags.get('v1')).toBe('b'.repeat(40));
    expect(await step('publish', made)).toEqual({ code: 0, said: 'published v1.2.3' });
    github.compare = 'ahead';
    expect(await step('move-major')).toEqual({ code: 0, said: `v1 is ${sha}` });
    expect(github.tags.get('v1')).toBe(sha);
    expect(github.seen.at(-1)).toBe('PATCH /repos/octo/gate/git/refs/tags/v1');
  });

  it('makes v1 where there was none', async () => {
    await drafted();
    await step('publish', made);
    await step('move-major');
    expect(github.tags.get('v1')).toBe(sha);
  });

  it('recreates the draft that an earlier run left, and touches no published release', async () => {
    await drafted();
    await drafted();
    expect(github.releases).toHaveLength(1);
    await step('publish', made);
    expect(await drafted()).toMatchObject({ code: 1, said: expect.stringContaining('published already') });
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    [
      'other bytes than were attested',
      (folder) => writeFileSync(path.join(folder, 'gate.tgz'), 'others'),
      /gate\.tgz of the draft is sha256:/,
    ],
    ['a file too few', (folder) => writeFileSync(path.join(folder, 'SHA256SUMS'), ''), /SHA256SUMS of the draft is missing/],
  ])('publishes no draft that holds %s', async (_what, change, message) => {
    await drafted();
    change(made);
    expect(await step('publish', made)).toMatchObject({ code: 1, said: expect.stringMatching(message) });
    expect(github.releases).toMatchObject([{ draft: true }]);
  });

  it('publishes no draft that holds a file too many', async () => {
    await drafted();
    github.releases[0]?.assets.push({ name: 'extra.tgz', digest: 'sha256:0' });
    expect(await step('publish', made)).toMatchObject({ code: 1, said: expect.stringContaining('expected only gate.tgz') });
  });

  it('never moves v1 to a release that can still change', async () => {
    github.immutable = false;
    await drafted();
    expect(await step('publish', made)).toMatchObject({ code: 1, said: expect.stringContaining('Enable release immutability') });
    expect(await step('move-major')).toMatchObject({ code: 1, said: expect.stringContaining('Enable release immutability') });
    expect(github.tags.has('v1')).toBe(false);
  });

  it('never moves v1 back, nor to another commit than was released', async () => {
    github.tags.set('v1', 'c'.repeat(40));
    await drafted();
    await step('publish', made);
    expect(await step('move-major')).toMatchObject({ code: 1, said: expect.stringContaining('expected to move it forward') });
    github.tags.set('v1.2.3', 'd'.repeat(40));
    expect(await step('move-major')).toMatchObject({ code: 1, said: expect.stringContaining('which was released') });
    expect(github.tags.get('v1')).toBe('c'.repeat(40));
  });

  it('refuses a commit that was not merged', async () => {
    github.compare = 'diverged';
    expect(await step('on-main')).toMatchObject({ code: 1, said: expect.stringContaining('expected a commit that was merged') });
  });
});
