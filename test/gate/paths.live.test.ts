import { afterAll, describe, expect, it } from 'vitest';
import { judge } from '../shards/run.ts';
import { checkOut } from '../support/pull-request.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const missing = (await installedTool('kustomize')) === undefined;
const deep = ['a', 'a/b', 'a/b/c', 'a/b/c/d'];

describe.skipIf(missing)(`messages${missing ? ' (skipped: no kustomize in the tool cache)' : ''}`, () => {
  it('name files from the repository, and no folder of the run', async () => {
    const tree = {
      'kustomization.yaml': 'resources: [a]\n',
      ...Object.fromEntries(deep.map((folder) => [`${folder}/kustomization.yaml`, 'resources: [pod.yaml]\n'])),
      ...Object.fromEntries(
        deep.slice(1).map((folder) => [`${folder}/../kustomization.yaml`, `resources: [${folder.at(-1)}]\n`]),
      ),
      'a/b/c/d/kustomization.yaml': 'resources: [pod.yaml]\nresorces: []\n',
      'a/b/c/d/pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n',
    };
    const { folder, baseSha } = await checkOut({ base: { 'README.md': 'a' }, head: tree });
    const { verdict } = await judge({ workspace: folder, engines: 'cel', raw: { paths: ['.', '../x'] }, context: { baseSha } });
    const messages = verdict.errors.map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringContaining(`a path below ${folder}`));
    expect(messages).toContainEqual(expect.stringMatching(/does not build: .*unknown field "resorces"/));
    expect(messages.filter((message) => /\/(?:commit|base|render)\b|\.\.\/\.\./.test(message))).toEqual([]);
  });

  it('name no folder of the run where the base has no such configuration', async () => {
    const { folder, baseSha } = await checkOut({ base: { 'README.md': 'a' }, head: { 'README.md': 'b' } });
    const judged = judge({ workspace: folder, engines: 'cel', raw: { configFile: 'x.yaml' }, context: { baseSha } });
    await expect(judged).rejects.toThrow('config: x.yaml does not exist in the base commit');
  });
});
