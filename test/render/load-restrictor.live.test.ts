import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RenderedSet } from '../../src/render/render.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { renderRepository, repository } from './bench.ts';
import { fieldsAt, image, missing, run, tools } from './pointer-support.ts';

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: web:1\n';
const shared = { 'shared/pod.yaml': pod, 'web/kustomization.yaml': 'resources:\n  - ../shared/pod.yaml\n' };
const flux = (spec: string) =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web, namespace: flux-system}\nspec:\n  sourceRef: {kind: GitRepository, name: flux-system}\n  path: ./web\n${spec}`;
const none = { kustomize: { unrestricted: ['web'] } };

function reasons({ gaps }: Pick<RenderedSet, 'gaps'>): readonly string[] {
  return (gaps ?? []).map(({ reason, file, line }) => `${file}:${line}: ${reason}`);
}

describe.skipIf(missing)(`files of other folders in a kustomization${missing ? ' (skipped: no helm or kustomize)' : ''}`, () => {
  afterAll(removeTempFolders);

  it('are evaluated, and a gap, where the deployer may refuse them', async () => {
    const set = await run(shared);
    expect(await fieldsAt(set, 'Pod', image)).toContain('web:1 at shared/pod.yaml:7');
    expect(reasons(set)).toEqual([
      expect.stringMatching(/^web\/kustomization\.yaml:2: .*shared\/pod\.yaml is not in or below web$/),
    ]);
  });

  it.each([
    ['the configuration allows it', shared, none],
    ['a Flux Kustomization deploys it', { ...shared, 'flux.yaml': flux('') }, {}],
  ])('are not a gap if %s', async (_name, files, config) => {
    const set = await run(files, config);
    expect(reasons(set)).toEqual([]);
    expect(set.failures).toEqual([]);
    expect(await fieldsAt(set, 'Pod', image)).toContain('web:1 at shared/pod.yaml:7');
  });

  it('are deployed with what a Flux Kustomization changes in them', async () => {
    const set = await run({ ...shared, 'flux.yaml': flux('  images:\n    - name: web\n      newTag: "2"\n') });
    expect(reasons(set)).toEqual([]);
    expect(await fieldsAt(set, 'Pod', image)).toContain('web:2 at flux.yaml:9');
  });

  describe('outside of the repository are not read', () => {
    const generator = (file: string) => `resources: [../shared/pod.yaml]\nconfigMapGenerator:\n  - name: a\n    ${file}\n`;
    const secret = path.join(emptyFolder(), 'canary.txt');
    writeFileSync(secret, 'canary-0815');
    it.each([
      ['by an absolute path', { 'web/kustomization.yaml': generator(`files: [${secret}]`) }],
      ['in a key of another case', { 'web/kustomization.yaml': generator(`Files: [${secret}]`) }],
      [
        'in a field of another case',
        {
          'web/kustomization.yaml': generator('literals: [a=b]')
            .replace('configMap', 'ConfigMap')
            .replace('literals: [a=b]', `files: [${secret}]`),
        },
      ],
      ['by a merge key', { 'web/kustomization.yaml': `x: &x {files: [${secret}]}\n${generator('<<: *x')}` }],
      [
        'by a generator',
        {
          'web/kustomization.yaml': 'resources: [../shared/pod.yaml]\ngenerators: [g.yaml]\n',
          'web/g.yaml': `apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: a}\nfiles: [${secret}]\n`,
        },
      ],
      [
        'by a base',
        {
          'web/kustomization.yaml': 'resources: [../shared/pod.yaml, ../base]\n',
          'base/kustomization.yaml': generator(`files: [${secret}]`).replace('resources: [../shared/pod.yaml]\n', ''),
        },
      ],
      ['by a patch of a Flux Kustomization', { 'flux.yaml': flux(`  patches: [{path: ${secret}, target: {kind: Pod}}]\n`) }],
    ])('%s', async (_name, files: Readonly<Record<string, string>>) => {
      const set = await run({ ...shared, 'flux.yaml': flux(''), ...files }, none);
      expect(JSON.stringify(set.resources.map(({ object }) => object))).not.toContain('canary-0815');
      const problems = [
        ...reasons(set),
        ...set.failures.map(({ message }) => message),
        ...[...(set.pointers ?? [])].flatMap(([, gaps]) => gaps),
      ];
      expect(problems).not.toEqual([]);
      expect(JSON.stringify(problems)).not.toContain('canary-0815');
    });

    it('by a symlink', async () => {
      const workspace = repository({ ...shared, 'web/kustomization.yaml': generator('files: [../shared/link.txt]') });
      symlinkSync(secret, path.join(workspace, 'shared/link.txt'));
      const set = await renderRepository({}, tools, { ...none, workspace });
      expect(JSON.stringify(set.resources.map(({ object }) => object))).not.toContain('canary-0815');
      expect(set.failures.length + (set.gaps?.length ?? 0)).toBeGreaterThan(0);
    });
  });

  it('follows a symlink in the place of a kustomization, a folder and a file of the repository', async () => {
    const workspace = repository({
      'base/kustomization.yaml': 'resources: [pod.yaml]\n',
      'base/pod.yaml': pod,
      'app.yaml': flux(''),
    });
    mkdirSync(path.join(workspace, 'over'));
    symlinkSync('../base', path.join(workspace, 'over/linked'));
    writeFileSync(path.join(workspace, 'over/kustomization.yaml'), 'resources: [linked]\nnameSuffix: -over\n');
    symlinkSync('base', path.join(workspace, 'web'));
    const set = await renderRepository({}, tools, { workspace });
    expect(set.failures).toEqual([]);
    expect(reasons(set)).toEqual([]);
    expect([...(set.pointers?.values() ?? [])].flat()).toEqual([]);
    const names = set.resources.filter(({ kind }) => kind === 'Pod').map(({ name }) => name);
    expect(names).toContain('a-over');
    expect(names).toContain('a');
  });
});
