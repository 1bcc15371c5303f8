import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commit, git, gitPort, repository } from '../support/git-repository.ts';
import { serveGit } from '../support/git-server.ts';
import { stopServers } from '../support/loopback.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const port = gitPort();
const missing = 'f'.repeat(40);
afterAll(() => {
  stopServers();
  removeTempFolders();
});

describe('head', () => {
  it('gives the commit and the path within the repository', async () => {
    const folder = repository();
    const sha = commit(folder, { 'a b/ü/x.yaml': 'x\n' });
    expect(await port.head(folder)).toMatchObject({ sha, prefix: '' });
    expect(await port.head(path.join(folder, 'a b/ü'))).toMatchObject({ sha, prefix: 'a b/ü' });
  });

  it('gives nothing outside a repository, nor before the first commit', async () => {
    expect(await port.head(emptyFolder())).toBeUndefined();
    expect(await port.head(repository())).toBeUndefined();
  });

  it('returns nothing without git', async () => {
    const folder = repository();
    commit(folder);
    expect(await gitPort({ PATH: '/nonexistent' }).head(folder)).toBeUndefined();
  });
});

/** A repository with two commits and a shallow clone that has only the second. */
function shallowClone(): { readonly clone: string; readonly base: string } {
  const origin = repository();
  const base = commit(origin, { 'x.yaml': 'old\n' });
  commit(origin, { 'x.yaml': 'new\n' });
  const clone = emptyFolder();
  git(clone, 'clone', '--quiet', '--depth=1', `file://${origin}`, '.');
  return { clone, base };
}

describe('fetchCommit', () => {
  it('fetches a commit that a shallow clone lacks, moves no ref and runs no hook', async () => {
    const { clone, base } = shallowClone();
    const before = git(clone, 'for-each-ref');
    expect(() => git(clone, 'cat-file', '-e', base)).toThrow();
    const ran = path.join(emptyFolder(), 'ran');
    chmodSync(write(clone, '.git/hooks/reference-transaction', `#!/bin/sh\ntouch ${ran}\n`), 0o755);
    await port.fetchCommit(clone, base);
    expect(git(clone, 'cat-file', '-t', base)).toBe('commit');
    expect(existsSync(ran)).toBe(false);
    expect(git(clone, 'for-each-ref')).toBe(before);
    expect(existsSync(path.join(clone, '.git/FETCH_HEAD'))).toBe(false);
  });

  it('leaves a complete clone complete', async () => {
    const origin = repository();
    commit(origin);
    const clone = emptyFolder();
    git(clone, 'clone', '--quiet', `file://${origin}`, '.');
    const later = commit(origin);
    await port.fetchCommit(clone, later);
    expect(git(clone, 'rev-parse', '--is-shallow-repository')).toBe('false');
    expect(git(clone, 'rev-list', '--count', later)).toBe('2');
  });

  it('does not fetch a commit that exists', async () => {
    const folder = repository();
    await port.fetchCommit(folder, commit(folder));
  });

  it.each([
    ['that the origin does not have', () => shallowClone().clone],
    ['without an origin', () => repository()],
  ])('reports how to get a commit %s', async (_, folder) => {
    await expect(port.fetchCommit(folder(), missing)).rejects.toMatchObject({
      code: 'BASE_UNAVAILABLE',
      message: expect.stringContaining('fetch-depth: 0'),
    });
  });

  it('asks the given server and no remote of the clone, with its own credential once, whatever the checkout left behind', async () => {
    const authorizations: (readonly string[])[] = [];
    const server = await serveGit(repository(), (request) => authorizations.push(request.headersDistinct.authorization ?? []));
    const folder = repository();
    git(folder, 'config', `http.${server.url}/.extraheader`, 'AUTHORIZATION: basic left');
    git(folder, 'remote', 'add', 'origin', 'http://127.0.0.1:1/octo/shop');
    const remote = { url: `${server.url}/octo/shop`, credential: { serverUrl: server.url, token: 'secret' } };
    await expect(gitPort({ remote }).fetchCommit(folder, missing)).rejects.toMatchObject({ code: 'BASE_UNAVAILABLE' });
    expect(authorizations[0]).toEqual([`basic ${Buffer.from('x-access-token:secret').toString('base64')}`]);
    authorizations.length = 0;
    const elsewhere = { url: server.url.replace('127.0.0.1', 'localhost'), credential: remote.credential };
    await expect(gitPort({ remote: elsewhere }).fetchCommit(folder, missing)).rejects.toMatchObject({ code: 'BASE_UNAVAILABLE' });
    expect(authorizations[0]).toEqual([]);
  });

  it('fetches from the given server, with a token that nothing else that git starts is given', async () => {
    const origin = repository();
    const wanted = commit(origin, { 'x.yaml': 'x\n' });
    const server = await serveGit(origin);
    const folder = repository();
    commit(folder);
    const seen = path.join(emptyFolder(), 'seen');
    const bin = emptyFolder();
    const real = git(folder, '--exec-path');
    chmodSync(
      write(
        bin,
        'git',
        `#!/bin/sh\necho "$* $(env | grep -c AUTHORIZATION)" >>${seen}\nPATH=$PATH:/usr/bin exec /usr/bin/env -S git "$@"\n`.replace(
          '/usr/bin/env -S git',
          `${real}/git`,
        ),
      ),
      0o755,
    );
    const remote = { url: `${server.url}/octo/shop`, credential: { serverUrl: server.url, token: 'secret' } };
    const port = gitPort({ PATH: `${bin}:${process.env.PATH}`, remote });
    await port.head(folder);
    await port.fetchCommit(folder, wanted);
    await port.exportCommit(folder, wanted, path.join(emptyFolder(), 'out'));
    const calls = readFileSync(seen, 'utf8').trim().split('\n');
    expect(calls.filter((call) => !call.endsWith(' 0'))).toEqual([expect.stringMatching(/ fetch .* 1$/)]);
    expect(calls.length).toBeGreaterThan(4);
  });
});

/** What a commit can hold that git, left to look for a repository itself, would take for one. */
function embedded(folder: string, config = ''): string {
  const inner = path.join(folder, 'app');
  git(folder, 'init', '--quiet', '--bare', inner);
  writeFileSync(path.join(inner, 'config'), `[core]\n\trepositoryformatversion = 0\n\tbare = true\n${config}`);
  write(inner, 'objects/.keep', '');
  write(inner, 'refs/.keep', '');
  return inner;
}

describe('a repository that the change brings inside its own folder', () => {
  it('is not a repository: commits and names are those of the checkout', async () => {
    const folder = repository();
    const base = commit(folder, { 'app/x.yaml': 'base\n' });
    const inner = embedded(folder);
    const sha = commit(folder);
    const tree = git(folder, '--git-dir', inner, 'mktree', '--missing');
    const lie = git(folder, '--git-dir', inner, 'commit-tree', tree, '-m', 'lie');
    git(folder, '--git-dir', inner, 'update-ref', 'refs/heads/base', lie);
    git(folder, 'branch', 'base', base);
    expect(git(inner, 'rev-parse', '--git-dir')).toBe('.'); // git itself is deceived
    expect(await port.head(inner)).toMatchObject({ sha, prefix: 'app' });
    expect(await port.resolve(inner, 'base')).toBe(base);
    await expect(port.resolve(inner, lie)).rejects.toMatchObject({ code: 'BASE_UNAVAILABLE' });
    expect(await exported(inner, base)).toEqual({ 'app/x.yaml': 'base\n' });
    expect(await port.diff(inner, base, sha)).toContainEqual(expect.objectContaining({ newPath: 'app/HEAD' }));
  });

  it('starts no program that its configuration names, and sees no token', async () => {
    const folder = repository();
    commit(folder);
    const ran = path.join(emptyFolder(), 'ran');
    const script = write(folder, 'app/up.sh', `#!/bin/sh\nenv >${ran}\n`);
    chmodSync(script, 0o755);
    const evil = `[core]\n\tfsmonitor = ${script}\n\tsshCommand = ${script}\n[remote "origin"]\n\turl = .\n\tuploadpack = ${script}\n`;
    const inner = embedded(folder, evil);
    const remote = { url: `http://127.0.0.1:1/octo/shop`, credential: { serverUrl: 'http://127.0.0.1:1', token: 'secret' } };
    for (const one of [port, gitPort({ remote })]) {
      await one.head(inner);
      await expect(one.fetchCommit(inner, missing)).rejects.toMatchObject({ code: 'BASE_UNAVAILABLE' });
      await expect(one.exportCommit(inner, missing, path.join(emptyFolder(), 'out'))).rejects.toMatchObject({
        code: 'BASE_UNAVAILABLE',
      });
    }
    expect(existsSync(ran)).toBe(false);
  });

  it('is not a repository without another one', async () => {
    const inner = embedded(emptyFolder());
    expect(await port.head(inner)).toBeUndefined();
    await expect(port.fetchCommit(inner, missing)).rejects.toMatchObject({ code: 'BASE_UNAVAILABLE' });
  });

  it('is found through a symlink, in a worktree and in a submodule', async () => {
    const folder = repository();
    const sha = commit(folder, { 'deploy/x.yaml': 'x\n' });
    const link = path.join(emptyFolder(), 'link');
    symlinkSync(path.join(folder, 'deploy'), link);
    expect(await port.head(link)).toMatchObject({ sha, prefix: 'deploy' });
    const worktree = path.join(emptyFolder(), 'other');
    git(folder, 'worktree', 'add', '--quiet', '--detach', worktree);
    expect(await port.head(path.join(worktree, 'deploy'))).toMatchObject({ sha, prefix: 'deploy' });
    const outer = repository();
    git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', folder, 'sub');
    expect(await port.head(path.join(outer, 'sub/deploy'))).toMatchObject({ sha, prefix: 'deploy' });
  });
});

/** Everything below a folder: a file's bytes, a link's target, and who may execute. */
function contents(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return Object.fromEntries(
    entries.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const text = entry.isSymbolicLink()
        ? `-> ${readlinkSync(file)}`
        : `${lstatSync(file).mode & 0o100 ? 'x ' : ''}${readFileSync(file, 'latin1')}`;
      return [path.relative(folder, file), text];
    }),
  );
}

async function exported(folder: string, sha: string): Promise<Readonly<Record<string, string>>> {
  const to = path.join(emptyFolder(), 'out');
  await port.exportCommit(folder, sha, to);
  expect(readdirSync(path.dirname(to))).toEqual(['out']); // nothing of its own is left next to it
  return contents(to);
}

/** As actions/checkout makes it for `sparse-checkout: a`: without the files of other folders. */
function partialClone(): { readonly clone: string; readonly sha: string; readonly origin: string } {
  const origin = repository();
  git(origin, 'config', 'uploadpack.allowFilter', 'true');
  git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  const sha = commit(origin, { 'a/x.yaml': 'x\n', 'b/y.yaml': 'y\n' });
  const clone = emptyFolder();
  git(clone, 'clone', '--quiet', '--filter=blob:none', '--sparse', `file://${origin}`, '.');
  git(clone, 'sparse-checkout', 'set', 'a');
  return { clone, sha, origin };
}

describe('changes', () => {
  it('is nothing in a clean work tree, a sparse one included', async () => {
    const folder = repository();
    commit(folder, { 'x.yaml': 'x\n', '.gitignore': 'out/\n' });
    write(folder, 'out/y.yaml', 'y\n');
    expect(await port.changes(folder)).toEqual([]);
    expect(await port.changes(partialClone().clone)).toEqual([]);
  });

  it('names what is modified, removed, added and new, from the root of the repository', async () => {
    const folder = repository();
    commit(folder, { 'a/x.yaml': 'x\n', 'a/gone.yaml': 'x\n', 'same.yaml': 'x\n' });
    write(folder, 'a/x.yaml', 'y\n');
    rmSync(path.join(folder, 'a/gone.yaml'));
    write(folder, 'staged.yaml', 'z\n');
    git(folder, 'add', 'staged.yaml');
    write(folder, 'new/ü "x".yaml', 'z\n');
    const inner = write(folder, 'other/x.yaml', 'x\n');
    git(path.dirname(inner), 'init', '--quiet');
    expect(await port.changes(path.join(folder, 'a'))).toEqual([
      { path: 'a/gone.yaml', tracked: true },
      { path: 'a/x.yaml', tracked: true },
      { path: 'staged.yaml', tracked: true },
      { path: 'new/ü "x".yaml', tracked: false },
      { path: 'other/', tracked: false },
    ]);
  });

  it.each([
    ['ident', 'a: "$Id: x $"\n'],
    ['text eol=lf', 'a\r\nb\r\n'],
    ['text=auto eol=crlf', 'a\r\nb\n'],
  ])('leaves out what only the attribute %s of the commit makes of a file', async (attribute, text) => {
    const folder = repository();
    write(folder, 'x.yaml', text);
    const blob = git(folder, 'hash-object', '-w', '--no-filters', 'x.yaml');
    git(folder, 'update-index', '--add', '--cacheinfo', `100644,${blob},x.yaml`);
    write(folder, '.gitattributes', `*.yaml ${attribute}\n`);
    git(folder, 'add', '.gitattributes');
    git(folder, 'commit', '--quiet', '--message=x');
    rmSync(path.join(folder, 'x.yaml'));
    git(folder, 'checkout', '--force', 'HEAD', '--', 'x.yaml');
    expect(await port.changes(folder)).toEqual([]);
    write(folder, 'x.yaml', 'mine\n');
    expect(await port.changes(folder)).toEqual([{ path: 'x.yaml', tracked: true }]);
  });

  it('does not let the change decide which submodules count', async () => {
    const { outer } = withSubmodule();
    git(outer, 'config', '--file', '.gitmodules', 'submodule.sub.ignore', 'all');
    commit(outer);
    expect(await port.changes(outer)).toEqual([]);
    write(outer, 'sub/x.yaml', 'mine\n');
    expect(await port.changes(outer)).toEqual([{ path: 'sub', tracked: true }]);
  });

  it('runs no hook and no file monitor', async () => {
    const folder = repository();
    commit(folder, { 'x.yaml': 'x\n' });
    const ran = path.join(emptyFolder(), 'ran');
    const script = write(folder, '.git/evil', `#!/bin/sh\ntouch ${ran}\n`);
    chmodSync(script, 0o755);
    for (const hook of ['post-checkout', 'post-index-change']) symlinkSync(script, path.join(folder, '.git/hooks', hook));
    git(folder, 'config', 'core.fsmonitor', script);
    write(folder, 'x.yaml', 'y\n');
    const index = readFileSync(path.join(folder, '.git/index'));
    await port.changes(folder);
    await port.ignored(folder);
    expect(existsSync(ran)).toBe(false);
    expect(readFileSync(path.join(folder, '.git/index'))).toEqual(index);
  });

  it('are unknown if git fails', async () => {
    const folder = repository();
    commit(folder, { 'x.yaml': 'x\n' });
    write(folder, '.git/index', 'broken');
    expect(await port.changes(folder)).toBeUndefined();
  });
});

/** A repository with a submodule `sub`, which is checked out. */
function withSubmodule(): { readonly outer: string; readonly inner: string; readonly sha: string; readonly innerSha: string } {
  const inner = repository();
  const innerSha = commit(inner, { 'x.yaml': 'x\n' });
  const outer = repository();
  git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
  return { outer, inner, sha: commit(outer), innerSha };
}

describe('submodules', () => {
  it('are those that the commit names, with the commit that each is to have', async () => {
    const { outer, sha, innerSha } = withSubmodule();
    expect(await port.submodules(outer, sha)).toEqual([{ path: 'sub', sha: innerSha }]);
    git(outer, 'submodule', '--quiet', 'deinit', '--force', 'sub');
    expect(await port.submodules(outer, sha)).toEqual([{ path: 'sub', sha: innerSha }]);
    const without = repository();
    expect(await port.submodules(without, commit(without, { 'x.yaml': 'x\n' }))).toEqual([]);
  });
});

describe('ignored', () => {
  it('names files below the folder, and folders of which no file is tracked as a whole', async () => {
    const folder = repository();
    commit(folder, { '.gitignore': 'charts/\n*.tgz\n', 'app/Chart.yaml': 'x\n' });
    write(folder, 'app/charts/lib/Chart.yaml', 'x\n');
    write(folder, 'app/a.tgz', 'x\n');
    write(folder, 'b.tgz', 'x\n');
    expect(await port.ignored(path.join(folder, 'app'))).toEqual(['a.tgz', 'charts/']);
  });
});

describe('exportCommit', () => {
  it('writes an earlier commit and leaves work tree and index alone', async () => {
    const folder = repository();
    const base = commit(folder, { 'deploy/x.yaml': 'old\n' });
    commit(folder, { 'deploy/x.yaml': 'new\n' });
    writeFileSync(path.join(folder, 'deploy/x.yaml'), 'edited\n');
    git(folder, 'add', 'deploy/x.yaml');
    const index = readFileSync(path.join(folder, '.git/index'));
    expect(await exported(path.join(folder, 'deploy'), base)).toEqual({ 'deploy/x.yaml': 'old\n' });
    expect(readFileSync(path.join(folder, '.git/index'))).toEqual(index);
    expect(readFileSync(path.join(folder, 'deploy/x.yaml'), 'utf8')).toBe('edited\n');
  });

  it('keeps line ends, NUL bytes, a missing newline and unusual names', async () => {
    const files = { 'crlf.yaml': 'a\r\nb\n', nul: '\u0000\u0001', end: 'a', 'a "b" \t/ü\n': 'x' };
    const folder = repository();
    git(folder, 'config', 'core.autocrlf', 'true');
    expect(await exported(folder, commit(folder, files))).toEqual(files);
  });

  it.each([
    ['of the commit', '.gitattributes', true],
    ['of the work tree', '.gitattributes', false],
    ['of the repository', '.git/info/attributes', false],
  ])('obeys no attributes %s', async (_, name, committed) => {
    const folder = repository();
    const files = { 'x.yaml': 'a: $Id$\nb\n', 'y.yaml': 'c\r\n' };
    commit(folder, files);
    write(folder, name, '*.yaml ident text eol=crlf export-ignore filter=evil working-tree-encoding=UTF-16\n');
    if (committed) {
      git(folder, 'add', name); // it alone: git would convert the others
      git(folder, 'commit', '--quiet', '--message=x');
    }
    const ran = path.join(emptyFolder(), 'ran');
    git(folder, 'config', 'filter.evil.smudge', `touch ${ran}; echo evil`);
    git(folder, 'config', 'filter.evil.required', 'true');
    expect(await exported(folder, git(folder, 'rev-parse', 'HEAD'))).toMatchObject(files);
    expect(existsSync(ran)).toBe(false);
  });

  it('keeps executable bits and symlinks, and follows none', async () => {
    const folder = repository();
    write(folder, 'run.sh', 'x');
    chmodSync(path.join(folder, 'run.sh'), 0o755);
    symlinkSync('/etc/passwd', path.join(folder, 'link.yaml'));
    expect(await exported(folder, commit(folder))).toEqual({ 'run.sh': 'x x', 'link.yaml': '-> /etc/passwd' });
  });

  it('writes a submodule as the empty folder it is', async () => {
    const folder = repository();
    git(folder, 'update-index', '--add', '--cacheinfo', `160000,${missing},module`);
    git(folder, 'commit', '--quiet', '--message=x');
    expect(await exported(folder, git(folder, 'rev-parse', 'HEAD'))).toEqual({});
  });

  it('leaves files next to the folder that it writes to unchanged', async () => {
    const { outer, sha, innerSha } = withSubmodule();
    const to = path.join(emptyFolder(), 'out');
    await port.exportCommit(outer, sha, to);
    write(to, 'sub.git/x.yaml', 'x\n');
    await port.exportCommit(path.join(outer, 'sub'), innerSha, path.join(to, 'sub'));
    expect(contents(to)).toMatchObject({ 'sub.git/x.yaml': 'x\n', 'sub/x.yaml': 'x\n' });
  });

  it('runs no hook and no file monitor, and sees no replacement', async () => {
    const folder = repository();
    const sha = commit(folder, { 'x.yaml': 'true\n' });
    const lie = commit(folder, { 'x.yaml': 'lie\n' });
    git(folder, 'replace', sha, lie);
    const ran = path.join(emptyFolder(), 'ran');
    const script = write(folder, '.git/evil', `#!/bin/sh\ntouch ${ran}\n`);
    chmodSync(script, 0o755);
    for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction'])
      symlinkSync(script, path.join(folder, '.git/hooks', hook));
    git(folder, 'config', 'core.fsmonitor', script);
    git(folder, 'config', 'diff.external', script);
    rmSync(ran, { force: true });
    expect(await exported(folder, sha)).toEqual({ 'x.yaml': 'true\n' });
    await port.head(folder);
    await port.diff(folder, sha, lie);
    expect(existsSync(ran)).toBe(false);
  });

  it('reads a worktree, whose objects are elsewhere', async () => {
    const folder = repository();
    const sha = commit(folder, { 'x.yaml': 'x\n' });
    const other = path.join(emptyFolder(), 'other');
    git(folder, 'worktree', 'add', '--quiet', '--detach', other);
    expect(await exported(other, sha)).toEqual({ 'x.yaml': 'x\n' });
  });

  it('reads a repository of SHA-256', async () => {
    const folder = repository('--object-format=sha256');
    expect(await exported(folder, commit(folder, { 'x.yaml': 'x\n' }))).toEqual({ 'x.yaml': 'x\n' });
  });

  it('fetches the files that a partial clone lacks, once, from the origin of the clone', async () => {
    const { clone, sha, origin } = partialClone();
    expect(await exported(clone, sha)).toEqual({ 'a/x.yaml': 'x\n', 'b/y.yaml': 'y\n' });
    rmSync(origin, { recursive: true });
    expect(await exported(clone, sha)).toEqual({ 'a/x.yaml': 'x\n', 'b/y.yaml': 'y\n' });
  });

  it('reports what to do about a partial clone whose files can’t be fetched', async () => {
    const { clone, sha, origin } = partialClone();
    rmSync(origin, { recursive: true });
    await expect(exported(clone, sha)).rejects.toMatchObject({
      code: 'BASE_UNAVAILABLE',
      message: expect.stringContaining('without `filter:`'),
    });
  });

  it('fails if a file of the commit is missing', async () => {
    const folder = repository();
    const sha = commit(folder, { 'x.yaml': 'x\n' });
    const blob = git(folder, 'rev-parse', 'HEAD:x.yaml');
    rmSync(path.join(folder, '.git/objects', blob.slice(0, 2), blob.slice(2)), { force: true });
    await expect(exported(folder, sha)).rejects.toMatchObject({ code: 'BASE_UNAVAILABLE' });
  });
});

function write(folder: string, name: string, content: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const calls = {
  fetchCommit: (folder: string, sha: string) => port.fetchCommit(folder, sha),
  exportCommit: (folder: string, sha: string) => port.exportCommit(folder, sha, path.join(emptyFolder(), 'out')),
  diff: (folder: string, sha: string) => port.diff(folder, sha, sha),
};

describe.each(Object.entries(calls))('%s', (name, call) => {
  it.each(['--upload-pack=touch ran', '-x', 'HEAD', 'main', '', 'abc123', `${missing}\n`, `${missing}:x`, 'F'.repeat(40)])(
    'refuses %j for a commit',
    async (sha) => {
      const folder = repository();
      commit(folder);
      await expect(call(folder, sha)).rejects.toMatchObject({
        code: 'BASE_UNAVAILABLE',
        details: { expected: 'a full SHA' },
      });
    },
  );

  it('reports that the commit is missing', async () => {
    const folder = repository();
    commit(folder);
    await expect(call(folder, missing)).rejects.toMatchObject({
      code: 'BASE_UNAVAILABLE',
      message: expect.stringContaining(missing),
    });
  });

  it('fails outside a repository', async () => {
    await expect(call(emptyFolder(), missing)).rejects.toMatchObject({ code: 'BASE_UNAVAILABLE' });
  });

  it('reports that git is missing', async () => {
    const other = gitPort({ PATH: '/nonexistent' });
    const folder = repository();
    const answer = {
      fetchCommit: () => other.fetchCommit(folder, missing),
      exportCommit: () => other.exportCommit(folder, missing, path.join(emptyFolder(), 'out')),
      diff: () => other.diff(folder, missing, missing),
    }[name];
    await expect(answer?.()).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
  });
});
