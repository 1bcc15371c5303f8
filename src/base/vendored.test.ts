import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ports } from '../../test/render/bench.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { shareDependencies } from './vendored.ts';

afterAll(removeTempFolders);

type Tree = Readonly<Record<string, string>>;
const remote = 'name: app\nversion: 1.0.0\ndependencies:\n  - {name: lib, version: 1.0.0, repository: https://example.com}\n';
const local = remote.replace('https://example.com', 'file://../lib');
const lock = 'digest: sha256:a\n';
const built = { 'app/charts/lib/Chart.yaml': 'name: lib\n', 'app/charts/lib/charts/sub/Chart.yaml': 'name: sub\n' };

function tree(files: Tree): string {
  const folder = emptyFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** The files that the base has in the end. */
async function shared(head: Tree, base: Tree): Promise<readonly string[]> {
  const folder = tree(base);
  await shareDependencies(Object.keys(built), { head: tree({ ...head, ...built }), base: folder, prefix: '' }, ports.files);
  return (await ports.files.walk(folder, () => false)).map((file) => file.path);
}

describe('shareDependencies', () => {
  const chart = { 'app/Chart.yaml': remote, 'app/Chart.lock': lock };

  it('gives the base what was built for the same dependencies, whatever else of the chart changed', async () => {
    const base = { ...chart, 'app/Chart.yaml': `# old\n${remote.replace('version: 1.0.0\nd', 'version: 0.9.0\nd')}` };
    expect(await shared(chart, base)).toEqual([...Object.keys(base), ...Object.keys(built)].toSorted());
  });

  it.each<[string, Tree, Tree]>([
    ['wants another version', chart, { ...chart, 'app/Chart.yaml': remote.replace('lib, version: 1', 'lib, version: 2') }],
    ['has another lock', chart, { ...chart, 'app/Chart.lock': 'digest: sha256:b\n' }],
    ['has no lock', chart, { 'app/Chart.yaml': remote }],
    ['is not there', chart, { 'x.yaml': '' }],
    ['is broken', chart, { ...chart, 'app/Chart.yaml': 'dependencies: [\n' }],
    ['has other requirements', { ...chart, 'app/requirements.yaml': 'dependencies: []\n' }, chart],
    [
      'has another text of what is built of the repository itself',
      { 'app/Chart.yaml': local, 'lib/Chart.yaml': 'name: lib\n' },
      { 'app/Chart.yaml': local, 'lib/Chart.yaml': 'name: lib # old\n' },
    ],
    [
      'wants what is outside the repository',
      { 'app/Chart.yaml': local.replace('../lib', '../../lib') },
      { 'app/Chart.yaml': local.replace('../lib', '../../lib') },
    ],
  ])('gives nothing to a chart of the base that %s', async (_what, head, base) => {
    expect(await shared(head, base)).toEqual(Object.keys(base).toSorted());
  });

  it('gives what is built of a folder of the repository that is the same', async () => {
    const same = { 'app/Chart.yaml': local, 'lib/Chart.yaml': 'name: lib\n' };
    expect(await shared(same, same)).toEqual([...Object.keys(same), ...Object.keys(built)].toSorted());
  });

  it('leaves what the base has', async () => {
    const folder = tree({ ...chart, 'app/charts/lib/Chart.yaml': 'name: own\n' });
    await shareDependencies(Object.keys(built), { head: tree({ ...chart, ...built }), base: folder, prefix: '' }, ports.files);
    expect(await ports.files.readText(path.join(folder, 'app/charts/lib/Chart.yaml'))).toBe('name: own\n');
  });

  const rest = {
    ...chart,
    'app/templates/a.yaml': 'a: 1\n',
    'app/values.yaml': 'a: 1\n',
    'app/vendor/_helpers.tpl': 'a',
    'lib/Chart.yaml': 'name: lib\n',
    'lib/templates/_helpers.tpl': 'a',
    'lib/files/a.conf': 'a',
    'tools/vendor.sh': 'a',
    Makefile: 'a',
    'deploy/a.yaml': 'a: 1\n',
  };

  it.each([
    'lib/templates/_helpers.tpl',
    'lib/files/a.conf',
    'lib/values.yaml',
    'app/vendor/_helpers.tpl',
    'app/vendor/templates/new.yaml',
    'tools/vendor.sh',
    'Makefile',
    '.github/workflows/ci.yaml',
    'archives/lib-1.0.0.tgz',
  ])('gives nothing where the change touches %s, which they may be built from', async (file) => {
    const shares = async (head: Tree, base: Tree) => (await shared(head, base)).includes('app/charts/lib/Chart.yaml');
    expect(await shares(rest, rest)).toBe(true);
    expect(await shares({ ...rest, [file]: 'changed' }, rest)).toBe(false);
    expect(await shares(rest, { ...rest, [file]: 'changed' })).toBe(false);
  });

  it.each(['app/templates/a.yaml', 'app/templates/new.yaml', 'app/values.yaml', 'deploy/a.yaml', 'deploy/new.yaml', 'README.md'])(
    'gives them where the change touches %s, which they are not built from',
    async (file) => {
      expect(await shared({ ...rest, [file]: 'a: 2\n' }, rest)).toContain('app/charts/lib/Chart.yaml');
    },
  );

  it('looks at the whole repository where a folder of it is judged', async () => {
    const below = (files: Tree) => Object.fromEntries(Object.entries(files).map(([name, text]) => [`shop/${name}`, text]));
    const all = async (head: Tree): Promise<readonly string[]> => {
      const [now, was] = [
        tree({ ...below({ ...chart, ...built }), ...head }),
        tree({ ...below(chart), 'lib/templates/a.tpl': 'a' }),
      ];
      const sides = { head: path.join(now, 'shop'), base: path.join(was, 'shop'), prefix: 'shop' };
      await shareDependencies(Object.keys(built), sides, ports.files);
      return (await ports.files.walk(was, () => false)).map((file) => file.path);
    };
    expect(await all({ 'lib/templates/a.tpl': 'a' })).toContain('shop/app/charts/lib/Chart.yaml');
    expect(await all({ 'lib/templates/a.tpl': 'b' })).not.toContain('shop/app/charts/lib/Chart.yaml');
  });
});
