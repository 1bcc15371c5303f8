import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { placeOf, renderRepository } from './bench.ts';

const tool = await installedTool('kustomize');
const tools = () => (tool === undefined ? Promise.reject(new Error('no kustomize')) : Promise.resolve(tool));
const run = (files: Readonly<Record<string, string>>) => renderRepository(files, tools);
const deployment = [
  'apiVersion: apps/v1',
  'kind: Deployment',
  'metadata:',
  '  name: web',
  'spec:',
  '  template:',
  '    spec:',
  '      containers:',
  '        - name: side',
  '          image: side:1',
  '        - name: web',
  '          image: web:1',
  '',
].join('\n');
const base = { 'base/kustomization.yaml': 'resources: [web.yaml]\n', 'base/web.yaml': deployment };
const image = ['spec', 'template', 'spec', 'containers', 0, 'image'] as const;

describe.skipIf(tool === undefined)(
  `kustomize, live${tool === undefined ? ' (skipped: no kustomize in the tool cache)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it('finds a field in the patch that set it, else in the base, else in the kustomization', async () => {
      const set = await run({
        ...base,
        'o/kustomization.yaml':
          'resources: [../base]\nnamePrefix: live-\nnamespace: shop\ncomponents: [../part]\npatches:\n  - path: p.yaml\n  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: {name: web}\n      spec:\n        replicas: 3\n',
        'o/p.yaml':
          'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:2\n',
        'part/kustomization.yaml':
          'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: host.yaml}]\n',
        'part/host.yaml':
          'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      hostPID: true\n',
      });
      expect(set.failures).toEqual([]);
      const [web] = set.resources;
      expect([web?.name, web?.namespace, web?.source]).toEqual(['live-web', 'shop', { kind: 'kustomize', unit: 'o' }]);
      expect(JSON.stringify(web?.object)).not.toContain('config.kubernetes.io');
      const containers = set.images.map((found) => [found.reference, placeOf(web, ...(found.uses[0]?.path ?? []))]);
      expect(Object.fromEntries(containers)).toEqual({ 'web:2': 'o/p.yaml:9 field', 'side:1': 'base/web.yaml:10 field' });
      expect(placeOf(web, 'spec', 'replicas')).toBe('o/kustomization.yaml:12 field');
      expect(placeOf(web, 'spec', 'template', 'spec', 'hostPID')).toBe('part/host.yaml:7 field');
      expect(placeOf(web, 'metadata', 'namespace')).toBe('o/kustomization.yaml:3 field');
      expect(placeOf(web, 'spec', 'strategy')).toBe('base/web.yaml:5 parent');
      expect(placeOf(web)).toBe('base/web.yaml:1 field');
    });

    it('places what a generator makes at its kustomization', async () => {
      const set = await run({ 'k/kustomization.yaml': 'configMapGenerator:\n  - name: settings\n    literals: [a=b]\n' });
      expect(set.failures).toEqual([]);
      expect(set.resources[0]?.name).toMatch(/^settings-/);
      expect(placeOf(set.resources[0], 'data', 'a')).toBe('k/kustomization.yaml:3 field');
    });

    it.each([
      [
        'a patch for nothing',
        {
          'o/kustomization.yaml': 'resources: [../base]\npatches:\n  - path: p.yaml\n',
          'o/p.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: nobody}\n',
        },
      ],
      ['an unknown field', { 'o/kustomization.yaml': 'resources: [../base]\nresorces: []\n' }],
    ])('fails on %s and keeps the other kustomizations', async (_what, files) => {
      const set = await run({ ...base, ...files, 'good/kustomization.yaml': 'resources: [../base]\n' });
      expect(set.failures.map((failure) => [failure.code, failure.details.file])).toEqual([
        ['RENDER_FAILED', 'o/kustomization.yaml'],
      ]);
      expect(set.failures[0]?.message).not.toContain('/tmp/');
      expect(set.resources.map((found) => found.source.unit)).toEqual(['good']);
    });

    it('names the file that does not exist, whatever names it, and builds the parts', async () => {
      const overlay = 'resources: [../base]\npatchesStrategicMerge:\n  - made.yaml\n';
      const set = await run({ ...base, 'o/kustomization.yaml': overlay });
      expect(set.failures).toEqual([]);
      expect(set.gaps).toMatchObject([
        { line: 3, reason: 'the kustomization does not build: o/made.yaml does not exist', unit: 'o' },
      ]);
      expect(set.resources.map((found) => found.source.unit)).toEqual(['base']);
    });

    it.each(['generators', 'transformers', 'validators'])(
      'is a gap where it calls a plugin among its %s, and its files are evaluated',
      async (key) => {
        const set = await renderRepository(
          {
            'k/kustomization.yaml': `resources: [a.yaml]\n${key}: [g.yaml]\n`,
            // An exec function is a plugin as well; neither flag that would run it is set.
            'k/g.yaml':
              'apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata:\n  name: g\n  annotations:\n    config.kubernetes.io/function: "exec: {path: ./x.sh}"\n',
            'k/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
          },
          tools,
        );
        expect(set.failures).toEqual([]);
        expect(set.gaps).toMatchObject([
          { unit: 'k', reason: expect.stringContaining('it needs the plugin ksops, and the gate does not run') },
        ]);
        expect(set.resources.map(({ name }) => name)).toContain('a');
      },
    );

    it('is a gap where it patches what Fleet or a post-renderer adds, and has no resources of its own', async () => {
      const patch = '- target: {kind: Deployment, name: web}\n    patch: "[{op: add, path: /metadata/labels, value: {a: b}}]"\n';
      const set = await run({
        'o/kustomization.yaml': `patches:\n  ${patch}`,
        'p/kustomization.yaml': `resources: []\npatches:\n  ${patch}`,
      });
      expect(set.gaps).toMatchObject([
        {
          unit: 'o',
          reason: expect.stringMatching(/another tool has to add them$/),
          next: expect.stringMatching(/^Render what Fleet/),
        },
      ]);
      expect(set.failures.map(({ details }) => details.file)).toEqual(['p/kustomization.yaml']);
    });

    it.each<[string, string, readonly string[]]>([
      ['a Service without ports', 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: ClusterIP}\n', []],
      [
        'any kind',
        'apiVersion: apps/v1\nkind: any\nmetadata: {name: any}\nspec: {template: {spec: {priorityClassName: high}}}\n',
        [],
      ],
      [
        'a Service',
        'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}], type: NodePort}\n',
        ['web'],
      ],
      ['a kind that is misspelled', deployment.replace('Deployment', 'Deploymnet'), ['web']],
    ])('evaluates of a patch whose kustomization does not build what can be created: %s', async (_name, patch, judged) => {
      const set = await run({
        'o/kustomization.yaml': 'resources: [https://example.com/x]\npatches: [{path: p.yaml}]\n',
        'o/p.yaml': patch,
      });
      expect(set.gaps.map(({ unit }) => unit)).toEqual(['o']);
      expect(set.resources.map(({ name }) => name)).toEqual(judged);
    });

    it('evaluates one that needs a file outside its folder, which is a gap, since not every deployer allows that', async () => {
      const outside = { 'o/kustomization.yaml': 'resources:\n  - ../base/web.yaml\n' };
      const set = await run({ ...base, ...outside, 'good/kustomization.yaml': 'resources: [../base]\n' });
      expect(set.failures).toEqual([]);
      expect(set.gaps).toMatchObject([{ line: 2, reason: expect.stringMatching(/: base\/web.yaml is not in or below o$/) }]);
      expect(set.resources.map((found) => found.source.unit)).toEqual(['good', 'o']);
    });

    it('finds its way to its own field values by name, not by position', async () => {
      const set = await run(base);
      expect(placeOf(set.resources[0], ...image)).toBe('base/web.yaml:10 field');
    });
  },
);
