import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withPlaces } from '../../src/trace/trace.ts';
import { kustomizeCases } from '../lines/kustomize.labels.ts';
import { askKustomize } from '../lines/oracle.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { placeOf, ports, renderRepository, renderUntraced, repository } from './bench.ts';

const tool = await installedTool('kustomize');
const tools = () => (tool === undefined ? Promise.reject(new Error('no kustomize')) : Promise.resolve(tool));
const run = (files: Readonly<Record<string, string | Uint8Array>>) => renderRepository(files, tools);

const pod = (name: string, image = 'web:1') =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n    - name: c\n      image: ${image}\n`;
const image = ['spec', 'containers', 0, 'image'] as const;

describe.skipIf(tool === undefined)(
  `origins in kustomizations${tool === undefined ? ' (skipped: no kustomize in the tool cache)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it.each(kustomizeCases)('a field follows the line that is named: $name', async ({ files }) => {
      const asked = await askKustomize(repository(files), tools, 9);
      expect(asked.ignored).toEqual([]);
    });

    it('is not led astray by annotations that a manifest brings along', async () => {
      const forged = pod('a').replace(
        '  name: a\n',
        '  name: a\n  annotations:\n    config.kubernetes.io/origin: "path: b.yaml"\n    alpha.config.kubernetes.io/transformations: "{"\n',
      );
      const set = await run({ 'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n', 'a.yaml': forged, 'b.yaml': pod('b') });
      expect(set.failures).toEqual([]);
      const [a] = set.resources.filter(({ name }) => name === 'a');
      expect(placeOf(a, ...image)).toBe('a.yaml:11 field');
    });

    it('does not guess between two documents where a patch drops the annotations', async () => {
      const set = await run({
        'kustomization.yaml': `resources: [one, two]
patches:
  - target: {kind: Pod}
    patch: '[{"op": "add", "path": "/metadata/annotations", "value": {"a": "b"}}]'
`,
        'one/kustomization.yaml': 'resources: [pod.yaml]\nnamespace: one\n',
        'one/pod.yaml': pod('same'),
        'two/kustomization.yaml': 'resources: [pod.yaml]\nnamespace: two\n',
        'two/pod.yaml': pod('same'),
      });
      expect(set.failures).toEqual([]);
      const places = set.resources.map((resource) => `${resource.namespace} ${placeOf(resource, ...image)}`);
      expect(places).toEqual(['one one/pod.yaml:8 field', 'two two/pod.yaml:8 field']);
    });

    it('distinguishes two versions of a kind that have one name in one file', async () => {
      const ship = (version: string, crew: number) =>
        `apiVersion: sea.example/${version}\nkind: Ship\nmetadata: {name: one}\nspec:\n  crew: ${crew}\n`;
      const set = await run({
        'kustomization.yaml': `resources: [sails.yaml]
patches:
  - target: {version: v2, kind: Ship}
    patch: '[{"op": "replace", "path": "/spec/crew", "value": 3}]'
`,
        'sails.yaml': `${ship('v1', 1)}---\n${ship('v2', 1)}---\n${ship('v3', 1)}`,
      });
      expect(set.failures).toEqual([]);
      const places = set.resources.map((resource) => `${resource.apiVersion} ${placeOf(resource, 'spec', 'crew')}`);
      expect(places.toSorted()).toEqual([
        'sea.example/v1 sails.yaml:5 field',
        'sea.example/v2 kustomization.yaml:4 field',
        'sea.example/v3 sails.yaml:17 field',
      ]);
    });

    it('answers in time for a target whose pattern would backtrack', async () => {
      const name = 'a'.repeat(60);
      const set = await run({
        'kustomization.yaml': `resources: [pod.yaml]
patches:
  - target: {kind: Pod, name: (a+)+}
    patch: '[{"op": "replace", "path": "/spec/containers/0/image", "value": "web:2"}]'
  - target: {kind: Pod, name: (a+)+b}
    patch: '[{"op": "replace", "path": "/spec/containers/0/image", "value": "web:3"}]'
`,
        'pod.yaml': pod(name),
      });
      expect(set.failures).toEqual([]);
      expect(placeOf(set.resources[0], ...image)).toBe('kustomization.yaml:4 field');
    });

    it('reads a tree of bases in which the ways double at each level', async () => {
      const files: Record<string, string> = { 'l0/kustomization.yaml': 'resources: [pod.yaml]\n', 'l0/pod.yaml': pod('p') };
      for (let level = 1; level <= 7; level += 1) {
        for (const side of ['a', 'b'])
          files[`l${level}${side}/kustomization.yaml`] =
            `resources: [../l${level - 1}${level === 1 ? '' : 'x'}]\nnamePrefix: ${side}\n`;
        files[`l${level}x/kustomization.yaml`] = `resources: [../l${level}a, ../l${level}b]\n`;
      }
      const set = await run(files);
      expect(set.failures).toEqual([]);
      expect(set.resources).toHaveLength(128);
      expect(new Set(set.resources.map((resource) => placeOf(resource, ...image)))).toEqual(new Set(['l0/pod.yaml:8 field']));
    });

    it('finds which of many entries set a field', async () => {
      const many = Array.from({ length: 30 }, (_, index) => `t${index}.yaml`);
      const transformer = (index: number) =>
        `apiVersion: builtin\nkind: AnnotationsTransformer\nmetadata: {name: t${index}}\nannotations: {k${index}: v${index}}\nfieldSpecs: [{path: metadata/annotations, create: true}]\n`;
      const set = await run({
        'k/kustomization.yaml': `resources: [pod.yaml]\ntransformers: [${many.join(', ')}]\n`,
        'k/pod.yaml': pod('p'),
        ...Object.fromEntries(many.map((name, index) => [`k/${name}`, transformer(index)])),
      });
      expect(set.failures).toEqual([]);
      expect(placeOf(set.resources[0], 'metadata', 'annotations', 'k29')).toBe('k/t29.yaml:4 field');
      expect(placeOf(set.resources[0], 'metadata', 'annotations', 'k0')).toBe('k/t0.yaml:4 field');
    });

    it('builds copies of what has a file that is not text', async () => {
      const set = await run({
        'kustomization.yaml': `resources: [pod.yaml]
configMapGenerator:
  - {name: data, files: [data.bin]}
images: [{name: web, newTag: "2"}]
`,
        'data.bin': Uint8Array.of(0xff, 0xfe, 0x00, 0x80),
        'pod.yaml': pod('p'),
      });
      expect(set.failures).toEqual([]);
      const places = set.resources.filter(({ kind }) => kind === 'Pod').map((one) => placeOf(one, ...image));
      expect(places).toEqual(['kustomization.yaml:4 field']);
    });

    describe('of a file with a definition of 200 kB', () => {
      const schema = { type: 'object', description: 'x'.repeat(200_000) };
      const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } };
      const names = { kind: 'Ship', plural: 'ships' };
      const definition = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'ships.sea.example' },
        spec: { group: 'sea.example', scope: 'Namespaced', names, versions: [version] },
      };
      const build = async (patch: string) => {
        const built: string[] = [];
        const untraced = await renderUntraced(
          {
            'kustomization.yaml': `resources: [all.yaml]\nimages: [{name: web, newTag: "2"}]\n${patch}`,
            'all.yaml': `${JSON.stringify(definition)}\n---\n${pod('p')}`,
          },
          tools,
          {},
          {
            ports: {
              ...ports,
              processes: {
                ...ports.processes,
                run: (request) => {
                  if (request.args[0] === 'build') built.push(path.basename(request.cwd));
                  return ports.processes.run(request);
                },
              },
            },
          },
        );
        const pods = untraced.resources.filter(({ kind }) => kind === 'Pod');
        const wanted = new Map(pods.map(({ uid }) => [uid, [image]]));
        const [traced] = await withPlaces(pods, wanted, untraced.provenance, 2);
        return { place: placeOf(traced, ...image), copies: new Set(built.slice(1).map((name) => name.replace(/-\d$/, ''))) };
      };

      it('builds copies without its schema', async () => {
        expect(await build('')).toEqual({ place: 'kustomization.yaml:2 field', copies: new Set(['lean']) });
      });

      it('builds copies with its schema where a patch needs that', async () => {
        const path = '/spec/versions/0/schema/openAPIV3Schema/description';
        const patch = `patches:\n  - target: {kind: CustomResourceDefinition}\n    patch: '[{"op": "replace", "path": "${path}", "value": "y"}]'\n`;
        expect(await build(patch)).toEqual({ place: 'kustomization.yaml:2 field', copies: new Set(['lean', 'copy']) });
      });
    });
  },
);
