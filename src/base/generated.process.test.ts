import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gateConfig, ports } from '../../test/render/bench.ts';
import { commit, git, gitPort, repository } from '../../test/support/git-repository.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import type { GateConfig } from '../model/config.ts';
import { takeGenerated } from './generated.ts';
import { openHead } from './head.ts';

afterAll(removeTempFolders);

const manifest = 'apiVersion: v1\nkind: ConfigMap\n';

function write(folder: string, name: string, content = manifest): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), content);
}

/** The judged files of a work tree, the log output, and the gaps. */
async function judged(checkout: string, committed: boolean, part: Partial<GateConfig> = {}, base?: string) {
  const logged: string[] = [];
  const log = { ...ports.log, info: (text: string) => logged.push(text) };
  const used = { files: ports.files, git: gitPort(), log };
  const head = await openHead({ checkout, folder: path.join(emptyFolder(), 'commit'), committed }, used);
  const taken = await takeGenerated(head, gateConfig({ workspace: head.workspace, ...part }), { committed, base }, used);
  const files = (await ports.files.walk(head.workspace, () => false)).map((file) => file.path);
  const read = (name: string) => readFileSync(path.join(head.workspace, name), 'utf8');
  return { files, read, gaps: taken.gaps, taken: taken.files, logged: logged.join('\n') };
}

/** A chart whose dependency a step built; git ignores it. */
function withDependency(): string {
  const folder = repository();
  commit(folder, { '.gitignore': 'charts/\nout/\n', 'app/Chart.yaml': 'name: app\n', 'docs/charts.md': 'x\n' });
  write(folder, 'app/charts/lib/Chart.yaml', 'name: lib\n');
  write(folder, 'app/charts/lib/templates/x.yaml');
  write(folder, 'docs/charts/x.yaml');
  write(folder, 'out/x.yaml');
  return folder;
}

describe('for a runner', () => {
  it('a file that the commit does not have is not evaluated, and named', async () => {
    const folder = repository();
    commit(folder, { 'deploy/x.yaml': manifest, 'deploy/same.yaml': manifest, '.gitignore': 'ignored/\n' });
    write(folder, 'deploy/x.yaml', manifest.replace('v1', 'v2'));
    write(folder, 'deploy/new.yaml');
    write(folder, 'other/x.json', '{"apiVersion":"v1"}');
    git(path.join(folder, 'other'), 'init', '--quiet');
    write(folder, 'values.yaml', 'a: 1\n');
    write(folder, 'notes.txt', manifest);
    write(folder, 'ignored/x.yaml');
    symlinkSync('/etc/passwd', path.join(folder, 'link.yaml'));
    const { files, gaps, read } = await judged(folder, true);
    expect(files).toEqual(['.gitignore', 'deploy/same.yaml', 'deploy/x.yaml']);
    expect(read('deploy/x.yaml')).toBe(manifest);
    expect(gaps).toEqual([
      expect.objectContaining({
        file: 'deploy/new.yaml',
        subject: 'uncommitted content of the work tree (deploy/new.yaml, deploy/x.yaml, link.yaml, other/x.json)',
        next: expect.stringContaining('`generated`'),
      }),
    ]);
    const exclude = ['other', 'link.yaml', 'deploy/{new,x}.yaml'];
    expect((await judged(folder, true, { exclude })).gaps).toEqual([]);
    expect((await judged(folder, true, { paths: ['deploy/same.yaml'] })).gaps).toEqual([]);
  });

  it('names at most five', async () => {
    const folder = repository();
    commit(folder, { x: '' });
    for (const letter of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) write(folder, `${letter}.yaml`);
    const { gaps } = await judged(folder, true);
    expect(gaps[0]?.subject).toBe('uncommitted content of the work tree (a.yaml, b.yaml, c.yaml, d.yaml, e.yaml and 2 more)');
  });

  it('a file that git ignores is named where its folder is a path of its own', async () => {
    const folder = withDependency();
    expect((await judged(folder, true)).gaps).toEqual([]);
    expect((await judged(folder, true, { paths: ['app'] })).gaps).toMatchObject([{ file: 'app/charts/lib/templates/x.yaml' }]);
  });

  it('the dependencies of a chart are judged where the configuration names them', async () => {
    const folder = withDependency();
    expect((await judged(folder, true)).taken).toEqual([]);
    const { taken, files } = await judged(folder, true, { generated: ['*/charts/**'], paths: ['app'] });
    expect(taken).toEqual(['app/charts/lib/Chart.yaml', 'app/charts/lib/templates/x.yaml', 'docs/charts/x.yaml']);
    expect(files).toContain('app/charts/lib/templates/x.yaml');
  });

  it('what the configuration names is taken over the commit’s', async () => {
    const folder = repository();
    commit(folder, { 'deploy/x.yaml': manifest });
    write(folder, 'deploy/x.yaml', 'apiVersion: v2\n');
    const { read, gaps } = await judged(folder, true, { generated: ['deploy'] });
    expect(read('deploy/x.yaml')).toBe('apiVersion: v2\n');
    expect(gaps).toEqual([]);
  });

  it('a path that only the work tree has is judged as it is', async () => {
    const folder = withDependency();
    expect((await judged(folder, true, { paths: ['out'] })).taken).toEqual(['out/x.yaml']);
    expect((await judged(folder, true, { paths: ['app', 'out/*.yaml'] })).taken).toEqual(['out/x.yaml']);
  });

  it('a path that the base does not have is evaluated as it is, and a file that the change adds to it as the commit has it', async () => {
    const folder = withDependency();
    write(folder, 'out/added.yaml', 'committed\n');
    git(folder, 'add', '--force', 'out/added.yaml');
    git(folder, 'commit', '--quiet', '--message=x');
    write(folder, 'out/added.yaml', 'work tree\n');
    const { taken, read } = await judged(folder, true, { paths: ['out'] }, emptyFolder());
    expect(taken).toEqual(['out/x.yaml']);
    expect(read('out/added.yaml')).toBe('committed\n');
    expect((await judged(folder, true, { paths: ['out'] })).gaps).toMatchObject([{ file: 'out/x.yaml' }]);
    expect((await judged(folder, false, { paths: ['out'] })).taken).toEqual(expect.arrayContaining(['out/x.yaml']));
  });

  it('a file of a line-end conversion is not another file', async () => {
    const folder = repository();
    commit(folder, { '.gitattributes': '*.yaml text eol=crlf\n', 'x.yaml': manifest });
    git(folder, 'rm', '--quiet', '--cached', 'x.yaml');
    git(folder, 'commit', '--quiet', '--message=x');
    git(folder, 'checkout', 'HEAD~1', '--', 'x.yaml');
    git(folder, 'commit', '--quiet', '--message=x');
    expect(readFileSync(path.join(folder, 'x.yaml'), 'utf8')).toContain('\r\n');
    expect((await judged(folder, true)).gaps).toEqual([]);
  });
});

describe('for a person', () => {
  it('the dependencies of charts that git ignores are judged, and nothing else that it ignores', async () => {
    const { taken, gaps, logged } = await judged(withDependency(), false);
    expect(taken).toEqual(['app/charts/lib/Chart.yaml', 'app/charts/lib/templates/x.yaml']);
    expect(gaps).toEqual([]);
    expect(logged).toMatch(/not evaluated, because git ignores it: docs\/charts\/x.yaml, out\/x.yaml;/);
  });

  it('a path that git ignores is judged where it is named', async () => {
    expect((await judged(withDependency(), false, { paths: ['out/x.yaml'] })).taken).toContain('out/x.yaml');
  });

  it('a new symlink is a gap', async () => {
    const folder = repository();
    commit(folder, { x: '' });
    symlinkSync('/etc', path.join(folder, 'templates'));
    expect((await judged(folder, false)).gaps).toMatchObject([
      { file: 'templates', reason: expect.stringContaining('symlinks') },
    ]);
    expect((await judged(folder, false, { paths: ['x'] })).gaps).toEqual([]);
  });
});

describe('what is taken from the work tree', () => {
  it('is written through no symlink of the commit', async () => {
    const folder = repository();
    const outside = emptyFolder();
    symlinkSync(outside, path.join(folder, 'deploy'));
    commit(folder);
    rmSync(path.join(folder, 'deploy'));
    write(folder, 'deploy/x.yaml');
    await expect(judged(folder, true, { generated: ['deploy'] })).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
      details: { file: 'deploy/x.yaml', message: expect.stringContaining('deploy is not a folder in the commit') },
    });
    expect(await ports.files.walk(outside, () => false)).toEqual([]);
  });

  it('is nothing behind a symlink of the work tree, and nothing outside', async () => {
    const folder = repository();
    commit(folder, { x: '' });
    const outside = emptyFolder();
    write(outside, 'x.yaml');
    symlinkSync(outside, path.join(folder, 'deploy'));
    const generated = ['deploy/**', '../**', outside];
    expect((await judged(folder, true, { generated })).taken).toEqual([]);
  });
});
