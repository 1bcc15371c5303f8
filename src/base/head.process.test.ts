import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gateConfig, ports } from '../../test/render/bench.ts';
import { commit, git, gitPort, repository } from '../../test/support/git-repository.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import type { GateConfig } from '../model/config.ts';
import type { Git } from '../ports/ports.ts';
import { type Head, openHead, submoduleGaps } from './head.ts';

afterAll(removeTempFolders);

/** What is logged, too. */
async function open(checkout: string, committed: boolean, port: Git = gitPort()) {
  const logged: string[] = [];
  const log = { ...ports.log, info: (text: string) => logged.push(text), warn: (text: string) => logged.push(text) };
  const folder = path.join(emptyFolder(), 'commit');
  const head = await openHead({ checkout, folder, committed }, { files: ports.files, git: port, log });
  return { head, logged: logged.join('\n') };
}

function write(folder: string, name: string, content: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

async function files({ workspace }: Head): Promise<Readonly<Record<string, string>>> {
  const walked = await ports.files.walk(workspace, (below) => below === '.git');
  return Object.fromEntries(
    walked.map(({ path: file, kind }) => [file, kind === 'symlink' ? 'link' : readFileSync(path.join(workspace, file), 'utf8')]),
  );
}

/** A commit that holds exactly these bytes, checked out with its own attributes in force. */
function committedBytes(attributes: string, blob: string, folder = repository()): string {
  write(folder, 'deploy/x.yaml', blob);
  const sha = git(folder, 'hash-object', '-w', '--no-filters', 'deploy/x.yaml');
  git(folder, 'update-index', '--add', '--cacheinfo', `100644,${sha},deploy/x.yaml`);
  write(folder, '.gitattributes', `${attributes}\n`);
  git(folder, 'add', '.gitattributes');
  git(folder, 'commit', '--quiet', '--message=x');
  rmSync(path.join(folder, 'deploy'), { recursive: true });
  git(folder, 'checkout', '--force', 'HEAD', '--', 'deploy');
  return folder;
}

const pod = 'spec: {"x":"$Id:","hostPID":true,"y":"$"}\n';

describe.each([
  ['a runner', true],
  ['a person with nothing uncommitted', false],
])('for %s, the head', (_who, committed) => {
  it.each([
    ['ident', pod],
    ['text eol=crlf', 'a: 1\nb: 2\n'],
    ['working-tree-encoding=UTF-16LE', 'a: 1\n'],
    ['working-tree-encoding=UTF-7', 'a: +AGI-\n'],
    ['ident working-tree-encoding=none-such', pod],
  ])('is what the commit has, whatever the attribute %s makes of it', async (attribute, blob) => {
    const folder = committedBytes(`*.yaml ${attribute}`, blob);
    expect(readFileSync(path.join(folder, 'deploy/x.yaml'), 'latin1')).not.toBe(blob);
    const { head, logged } = await open(folder, committed);
    expect(await files(head)).toMatchObject({ 'deploy/x.yaml': blob });
    expect(logged).toContain(`evaluating the files of commit ${git(folder, 'rev-parse', 'HEAD').slice(0, 12)}`);
    expect(logged).not.toContain('not committed');
  });

  it('has what a sparse checkout leaves out', async () => {
    const folder = repository();
    commit(folder, { 'a/x.yaml': 'x\n', 'b/y.yaml': 'y\n' });
    git(folder, 'sparse-checkout', 'set', 'a');
    expect(existsSync(path.join(folder, 'b'))).toBe(false);
    expect(await files((await open(folder, committed)).head)).toEqual({ 'a/x.yaml': 'x\n', 'b/y.yaml': 'y\n' });
  });

  it('keeps symlinks and follows none', async () => {
    const folder = repository();
    symlinkSync('/etc/passwd', path.join(folder, 'x.yaml'));
    commit(folder);
    expect(await files((await open(folder, committed)).head)).toEqual({ 'x.yaml': 'link' });
  });

  it('is below the folder that was asked for', async () => {
    const folder = repository();
    commit(folder, { 'apps/shop/x.yaml': 'x\n', 'y.yaml': 'y\n' });
    const checkout = path.join(folder, 'apps/shop');
    const { head } = await open(checkout, committed);
    expect(head).toMatchObject({ checkout, prefix: 'apps/shop' });
    expect(await files(head)).toEqual({ 'x.yaml': 'x\n' });
  });

  it('has no uncommitted changes where only files outside of the folder have some', async () => {
    const folder = repository();
    commit(folder, { 'apps/shop/x.yaml': 'x\n', 'y.yaml': 'y\n' });
    write(folder, 'y.yaml', 'changed\n');
    expect((await open(path.join(folder, 'apps/shop'), committed)).logged).not.toContain('uncommitted');
    write(folder, 'apps/shop/x.yaml', 'changed\n');
    const { logged } = await open(path.join(folder, 'apps/shop'), committed);
    expect(logged.includes('and 1 with uncommitted changes')).toBe(!committed);
  });

  it('is an error where the commit is not complete, and not the work tree instead', async () => {
    const folder = repository();
    commit(folder, { 'x.yaml': 'x\n' });
    const blob = git(folder, 'rev-parse', 'HEAD:x.yaml');
    rmSync(path.join(folder, '.git/objects', blob.slice(0, 2), blob.slice(2)), { force: true });
    await expect(open(folder, committed)).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringMatching(/checked out commit cannot be evaluated.*without `filter:`/),
    });
  });

  it('is the work tree where there is no repository, no commit or no such folder in it', async () => {
    const loose = emptyFolder();
    write(loose, 'x.yaml', 'x\n');
    const before = repository();
    write(before, 'x.yaml', 'x\n');
    const folder = repository();
    commit(folder, { '.gitignore': 'rendered/\n' });
    write(folder, 'rendered/x.yaml', 'x\n');
    for (const checkout of [loose, before, path.join(folder, 'rendered')]) {
      const { head, logged } = await open(checkout, committed);
      expect(head).toMatchObject({ workspace: checkout, checkout });
      expect(head.sha).toBeUndefined();
      expect(logged).toContain('the files of the work tree');
    }
  });
});

describe('what is not committed', () => {
  const edited = () => {
    const folder = repository();
    commit(folder, { 'a.yaml': 'old\n', 'b/c.yaml': 'x\n', 'gone.yaml': 'x\n', 'now-a-file/x.yaml': 'x\n' });
    committedBytes('x.yaml ident', pod, folder);
    write(folder, 'a.yaml', 'new\n');
    rmSync(path.join(folder, 'gone.yaml'));
    rmSync(path.join(folder, 'now-a-file'), { recursive: true });
    write(folder, 'now-a-file', 'x\n');
    write(folder, 'added/x.yaml', 'x\n');
    return folder;
  };

  it('is judged for a person, over the bytes of the commit', async () => {
    const { head, logged } = await open(edited(), false);
    expect(await files(head)).toEqual({
      '.gitattributes': 'x.yaml ident\n',
      'deploy/x.yaml': pod,
      'a.yaml': 'new\n',
      'b/c.yaml': 'x\n',
      'now-a-file': 'x\n',
      'added/x.yaml': 'x\n',
    });
    expect(logged).toMatch(/and 5 with uncommitted changes/);
  });

  it('is not judged on a runner, and recorded', async () => {
    const { head } = await open(edited(), true);
    expect(await files(head)).toMatchObject({ 'a.yaml': 'old\n', 'gone.yaml': 'x\n', 'now-a-file/x.yaml': 'x\n' });
    expect(head.changes.map((change) => change.path)).toEqual(expect.arrayContaining(['a.yaml', 'gone.yaml', 'added/x.yaml']));
  });

  it('is an error if git cannot determine it, without falling back to the work tree', async () => {
    const folder = repository();
    commit(folder, { 'x.yaml': 'x\n' });
    write(folder, '.git/index', 'broken');
    await expect(open(folder, false)).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining('git status'),
    });
    expect(await files((await open(folder, true)).head)).toEqual({ 'x.yaml': 'x\n' });
  });

  it('leads nowhere by a symlink', async () => {
    const folder = repository();
    const outside = emptyFolder();
    write(outside, 'x.yaml', 'outside\n');
    commit(folder, { 'd/x.yaml': 'x\n' });
    rmSync(path.join(folder, 'd'), { recursive: true });
    symlinkSync(outside, path.join(folder, 'd'));
    const { head } = await open(folder, false);
    expect(await files(head)).toEqual({});
    expect(head.changes).toEqual([{ path: 'd', tracked: false }]);
    expect(readFileSync(path.join(outside, 'x.yaml'), 'utf8')).toBe('outside\n');
  });
});

/** A repository with the submodule `deploy/sub`, which has one of its own in `nested`. */
function withSubmodules() {
  const [nested, inner, outer] = [repository(), repository(), repository()];
  commit(nested, { 'n.yaml': 'n\n' });
  const allowed = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet'];
  git(inner, ...allowed, 'add', nested, 'nested');
  commit(inner, { 's.yaml': 's\n' });
  git(outer, ...allowed, 'add', inner, 'deploy/sub');
  git(outer, ...allowed, 'update', '--init', '--recursive');
  commit(outer, { 'x.yaml': 'x\n' });
  return outer;
}
const config = (part: Partial<GateConfig> = {}) => gateConfig({ workspace: '/w', ...part });

describe('a submodule', () => {
  it.each([true, false])('is judged at the commit that the repository names, nested ones too (runner: %s)', async (committed) => {
    const folder = withSubmodules();
    const { head } = await open(folder, committed);
    expect(await files(head)).toMatchObject({ 'x.yaml': 'x\n', 'deploy/sub/s.yaml': 's\n', 'deploy/sub/nested/n.yaml': 'n\n' });
    expect(submoduleGaps(head, config())).toEqual([]);
  });

  it('that is at another commit is judged at the recorded commit on a runner, and as checked out locally', async () => {
    const folder = withSubmodules();
    commit(path.join(folder, 'deploy/sub'), { 's.yaml': 'other\n' });
    expect(await files((await open(folder, true)).head)).toMatchObject({ 'deploy/sub/s.yaml': 's\n' });
    expect(await files((await open(folder, false)).head)).toMatchObject({ 'deploy/sub/s.yaml': 'other\n' });
  });

  it.each([
    ['the commit', true, false],
    ['changes that are not committed', false, true],
  ])('that is not checked out is a gap, with %s', async (_what, committed, dirty) => {
    const folder = withSubmodules();
    git(folder, 'submodule', '--quiet', 'deinit', '--force', 'deploy/sub');
    if (dirty) write(folder, 'x.yaml', 'new\n');
    const { head } = await open(folder, committed);
    expect(submoduleGaps(head, config())).toEqual([
      expect.objectContaining({
        file: 'deploy/sub',
        subject: 'submodule deploy/sub',
        reason: expect.stringContaining('not checked out'),
        next: expect.stringContaining('submodules: true'),
      }),
    ]);
    expect(submoduleGaps(head, config({ paths: ['deploy/sub/app'] }))).toHaveLength(1);
    for (const part of [{ paths: ['apps'] }, { exclude: ['deploy/sub'] }, { exclude: ['deploy/**'] }])
      expect(submoduleGaps(head, config(part))).toEqual([]);
  });

  it('that is not checked out below another one is a gap of its own', async () => {
    const folder = withSubmodules();
    git(path.join(folder, 'deploy/sub'), 'submodule', '--quiet', 'deinit', '--force', 'nested');
    const { head } = await open(folder, true);
    expect(await files(head)).toMatchObject({ 'deploy/sub/s.yaml': 's\n' });
    expect(submoduleGaps(head, config()).map(({ file }) => file)).toEqual(['deploy/sub/nested']);
  });

  it('whose commit is not here is a gap', async () => {
    const folder = withSubmodules();
    git(folder, 'update-index', '--cacheinfo', `160000,${'f'.repeat(40)},deploy/sub`);
    git(folder, 'commit', '--quiet', '--message=x');
    const { head } = await open(folder, true);
    expect(submoduleGaps(head, config())).toMatchObject([
      { file: 'deploy/sub', reason: expect.stringContaining('ffffffffffff') },
    ]);
  });

  it('is not a repository that the change brings in its place', async () => {
    const folder = withSubmodules();
    git(folder, 'submodule', '--quiet', 'deinit', '--force', 'deploy/sub');
    git(folder, 'init', '--quiet', '--bare', 'deploy/sub');
    const { head } = await open(folder, true);
    expect(submoduleGaps(head, config())).toHaveLength(1);
  });
});

describe('a file of Git LFS', () => {
  const manifest = 'apiVersion: v1\nkind: Pod\n';
  const pointer = (oid: string) => `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${manifest.length}\n`;
  const sha256 = 'b7d8d3bc6a6fa5c0b3f40d2e4d4cde8cbf2b9a9f1ea8d9f0c3d1c7d36b1b6a11';

  async function judged(tree: Readonly<Record<string, string>>, workTree: string) {
    const folder = repository();
    commit(folder, tree);
    write(folder, 'x.yaml', workTree);
    return (await files((await open(folder, true)).head))['x.yaml'];
  }
  const hash = async (text: string) => ports.files.sha256(write(emptyFolder(), 'x', text));

  it('is judged where the work tree has what its pointer names, and nothing else', async () => {
    const attributes = { '.gitattributes': '*.yaml filter=lfs diff=lfs merge=lfs -text\n' };
    const own = pointer(await hash(manifest));
    expect(await judged({ ...attributes, 'x.yaml': own }, manifest)).toBe(manifest);
    expect(await judged({ ...attributes, 'x.yaml': own }, 'apiVersion: v2\nkind: Pod\n')).toBe(own);
    expect(await judged({ ...attributes, 'x.yaml': pointer(sha256) }, manifest)).toBe(pointer(sha256));
    expect(await judged({ 'x.yaml': own }, manifest)).toBe(own);
  });

  it('starts no filter that the change names', async () => {
    const folder = committedBytes('*.yaml filter=lfs', pointer(sha256));
    const ran = path.join(emptyFolder(), 'ran');
    chmodSync(write(folder, 'evil.sh', `#!/bin/sh\ntouch ${ran}\ncat\n`), 0o755);
    write(folder, '.lfsconfig', `[lfs]\n\turl = http://127.0.0.1:1/\n[filter "lfs"]\n\tsmudge = ${folder}/evil.sh\n`);
    commit(folder);
    expect(await files((await open(folder, true)).head)).toMatchObject({ 'deploy/x.yaml': pointer(sha256) });
    expect(existsSync(ran)).toBe(false);
  });
});
