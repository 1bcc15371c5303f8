import { describe, expect, it } from 'vitest';
import {
  add,
  applied,
  container,
  judged,
  manifest,
  privileged,
  publish,
  pull,
  replace,
  web,
} from '../../../test/support/suggestion-bench.ts';

describe('a suggestion', () => {
  it('replace a value on its line', async () => {
    const { comments, publication } = await publish([privileged()]);
    expect(comments).toMatchObject([{ path: 'deploy/web.yaml', line: 14 }]);
    expect(applied(manifest, comments[0])).toBe(manifest.replace('privileged: true', 'privileged: false'));
    expect(publication).toEqual({ status: 'delivered', notes: [] });
  });

  it('append the digest of an image, and keep the comment after it', async () => {
    const digest = `nginx:latest@sha256:${'a'.repeat(64)}`;
    const { comments } = await publish([
      judged({ at: [12, 11], path: [...container(0), 'image'], patch: replace(`${web}/image`, digest) }),
    ]);
    expect(applied(manifest, comments[0])).toBe(manifest.replace('nginx:latest', digest));
  });

  it('add what is missing below its nearest parent', async () => {
    const { comments } = await publish([
      judged({
        at: [15, 11],
        path: [...container(1), 'resources', 'limits', 'memory'],
        precision: 'parent',
        patch: add('/spec/template/spec/containers/1/resources', { limits: { memory: '128Mi' } }),
      }),
      judged({
        at: [5, 3],
        path: ['metadata', 'labels', 'team'],
        precision: 'parent',
        patch: add('/metadata/labels/team', 'shop'),
      }),
    ]);
    expect(applied(manifest, comments[0])).toBe(
      `${manifest}          resources:\n            limits:\n              memory: 128Mi\n`,
    );
    expect(applied(manifest, comments[1])).toBe(manifest.replace('# keep\n', '# keep\n    team: shop\n'));
  });

  it('find a container that Kustomize moved, by its place in the base', async () => {
    const { comments } = await publish([judged({ at: [15, 11], path: container(0), patch: add(`${web}/tty`, false) })]);
    expect(applied(manifest, comments[0])).toBe(`${manifest}          tty: false\n`);
  });

  it('never patch an item of a list that the place does not prove', async () => {
    const { comments, notes } = await publish([
      judged({ at: [14, 13], path: privilegedPath, patch: replace('/spec/template/spec/containers/1/image', 'x:1') }),
    ]);
    expect(comments).toEqual([]);
    expect(notes).toEqual(['no suggestion for 1 finding: the lines are not the field that the patch changes']);
  });

  it('turn a switch of a values file, and no other value', async () => {
    const values = 'web:\n  securityContext:\n    privileged: true # for now\n  image: nginx\n';
    const part = { file: 'charts/web/values.yaml' };
    const { comments } = await publish(
      [
        privileged({ ...part, at: [3, 5] }),
        judged({ ...part, at: [4, 3], path: [...container(0), 'image'], patch: replace(`${web}/image`, 'nginx:1') }),
      ],
      pull({ 'charts/web/values.yaml': values }),
    );
    expect(comments).toHaveLength(1);
    expect(applied(values, comments[0])).toBe(values.replace('true', 'false'));
  });

  it('turn no switch that is something else already', async () => {
    for (const text of ['false', '"true"', '"{{ x }}"', '1']) {
      const github = pull({ 'values.yaml': `privileged: ${text}\n` });
      expect((await publish([privileged({ file: 'values.yaml', at: [1, 1] })], github)).comments).toEqual([]);
    }
  });

  it.each([
    ['a template', manifest.replace('nginx:latest', '"{{ .Values.image }}"'), 'a template'],
    ['CR LF', manifest.replaceAll('\n', '\r\n'), 'CR LF'],
    ['broken YAML', `${manifest}x: [\n`, 'not strict YAML'],
    ['a hidden character', manifest.replace('privileged: true', 'privileged: true # \u202e'), 'hidden characters'],
  ])('leave alone %s', async (_what, text, why) => {
    const { comments, notes } = await publish([privileged()], pull({ 'deploy/web.yaml': text }));
    expect(comments).toEqual([]);
    expect(notes.join()).toContain(why);
  });

  it('trusts no diff that reads differently from the file', async () => {
    const github = pull();
    github.files.set('deploy/web.yaml', manifest.replace('true', 'yes'));
    expect((await publish([privileged()], github)).comments).toEqual([]);
  });

  it('stay within the diff: on the line above an insertion, or on that of another neighbour, or nowhere', async () => {
    const missing = judged({
      at: [15, 11],
      path: [...container(1), 'tty'],
      precision: 'parent',
      patch: add('/spec/template/spec/containers/1/tty', false),
    });
    const lines = manifest.split('\n');
    const shown = async (from: number, to: number) => {
      const github = pull();
      const patch = lines
        .slice(from - 1, to)
        .map((line) => ` ${line}`)
        .join('\n');
      github.pullFiles = [
        { path: 'deploy/web.yaml', status: 'modified', patch: `@@ -1 +${from},${to - from + 1} @@ kind\n${patch}` },
      ];
      return (await publish([missing], github)).comments;
    };
    expect((await shown(16, 16)).map(({ line }) => line)).toEqual([16]);
    const [above] = await shown(13, 15);
    expect(applied(manifest, above)).toBe(manifest.replace('- name: log\n', '- name: log\n          tty: false\n'));
    expect(await shown(1, 14)).toEqual([]);
  });
});

const privilegedPath = [...container(0), 'securityContext', 'privileged'];
