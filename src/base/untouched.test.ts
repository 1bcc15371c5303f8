import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import type { FileDiff } from '../model/diff.ts';
import { untouchedFiles } from './untouched.ts';

afterAll(removeTempFolders);

type Tree = Readonly<Record<string, string>>;
const chart: Tree = { 'app/Chart.yaml': 'name: app', 'app/templates/a.yaml': 'a', 'README.md': 'r', 'env/prod.yaml': 'p' };
const parts = { folders: ['app'], files: ['env/prod.yaml'], anywhere: /values[^/]*$/ };

function written(tree: Tree): string {
  const folder = emptyFolder();
  for (const [name, text] of Object.entries(tree)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

async function untouched(
  head: Tree,
  paths: readonly Partial<FileDiff>[] = [],
  prefix = '',
  own = parts,
): Promise<readonly string[]> {
  const diffs = paths.map((diff): FileDiff => ({ hunks: [], ...diff }));
  const base = { workspace: written(chart), diffs, prefix };
  return [...(await untouchedFiles(own, base, written(head), nodePorts.files))].toSorted();
}
const all = ['app/Chart.yaml', 'app/templates/a.yaml', 'env/prod.yaml'];

describe('files that a change leaves as they are', () => {
  it('are all of those that something is made of, if the change touches others', async () => {
    expect(await untouched(chart, [{ oldPath: 'README.md', newPath: 'README.md' }])).toEqual(all);
    expect(await untouched(chart, [{ newPath: 'application/x.yaml' }])).toEqual(all);
    expect(await untouched(chart, [{ newPath: 'shop/README.md' }], 'shop')).toEqual(all);
  });

  it.each<[string, readonly Partial<FileDiff>[]]>([
    ['changes one', [{ oldPath: 'app/templates/a.yaml', newPath: 'app/templates/a.yaml' }]],
    ['adds one', [{ newPath: 'app/templates/b.yaml' }]],
    ['removes one', [{ oldPath: 'app/templates/b.yaml' }]],
    ['renames one out of it', [{ oldPath: 'app/templates/b.yaml', newPath: 'b.yaml' }]],
    ['renames one into it', [{ oldPath: 'b.yaml', newPath: 'app/b.yaml' }]],
    ['changes values elsewhere', [{ newPath: 'deploy/values-production.yaml' }]],
    ['changes a named file', [{ oldPath: 'env/prod.yaml', newPath: 'env/prod.yaml' }]],
  ])('are none where the change %s', async (_what, diffs) => {
    expect(await untouched(chart, diffs)).toEqual([]);
  });

  it('are none where a file that is not committed differs', async () => {
    expect(await untouched({ ...chart, 'app/templates/a.yaml': 'b' })).toEqual([]);
    const { 'app/templates/a.yaml': _gone, ...rest } = chart;
    expect(await untouched(rest)).toEqual([]);
  });

  it.each([
    'lib/templates/x.yaml',
    'lib/Chart.yaml',
    'scripts/build',
    'Makefile',
    '.github/workflows/ci.yml',
    'tools/vendor.sh',
    'x.tgz',
  ])('are none where files that a step made stand beside them, and the change touches %s', async (file) => {
    const generated = { ...chart, 'app/charts/lib/Chart.yaml': 'name: lib' };
    expect(await untouched(generated, [{ newPath: 'README.md' }])).toEqual(all);
    expect(await untouched(generated, [{ newPath: file }])).toEqual([]);
    expect(await untouched(chart, [{ newPath: file }])).toEqual(all);
  });

  it('are none where one is a symlink', async () => {
    const base = written(chart);
    symlinkSync('/etc/hostname', path.join(base, 'app', 'link'));
    expect((await untouchedFiles(parts, { workspace: base, diffs: [], prefix: '' }, base, nodePorts.files)).size).toBe(0);
  });

  it('are those of the whole repository for what is made at its root', async () => {
    const root = { folders: ['.'], files: [], anywhere: /values[^/]*$/ };
    expect(await untouched(chart, [{ newPath: 'x' }], '', root)).toEqual([]);
    expect(await untouched(chart, [{ newPath: 'x' }], 'shop', root)).toHaveLength(4);
  });
});
