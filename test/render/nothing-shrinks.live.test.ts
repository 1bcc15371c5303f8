import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/discover/discover.ts';
import type { ManifestSet } from '../../src/model/manifest-set.ts';
import { render } from '../../src/render/render.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { gateConfig, ports, repository } from './bench.ts';

type FilesOf = Readonly<Record<string, string>>;
const found = new Map(await Promise.all(['helm', 'kustomize'].map(async (id) => [id, await installedTool(id)] as const)));
const missing = [...found].filter(([, tool]) => tool === undefined).map(([id]) => id);
const tools = (id: string) => {
  const tool = found.get(id);
  return tool === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(tool);
};

/** The head's set, judged by a base with these files. */
async function renderChange(
  base: FilesOf | undefined,
  head: FilesOf,
  part: Partial<Parameters<typeof gateConfig>[0]> = {},
): Promise<ManifestSet> {
  const workspace = repository({ ...base, ...head });
  const config = gateConfig({ workspace, ...(base !== undefined && { trusted: repository(base) }), ...part });
  const context = { ports, tools, tempDir: emptyFolder(), signal: new AbortController().signal };
  return render(await discover(config, ports), config, context);
}
const pod = (name: string, more = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  containers: [{name: c, image: "a:1"}]\n${more}`;
const evil = pod('evil', '  hostPID: true\n');
const privileged = ({ resources }: ManifestSet) =>
  resources.filter(({ object }) => JSON.stringify(object.spec ?? {}).includes('"hostPID":true'));

const chart = (name: string, more = '') => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${more}`;
const cart = { 'charts/cart/Chart.yaml': chart('cart'), 'charts/cart/templates/p.yaml': pod('{{ .Release.Name }}') };
const hidePid = JSON.stringify('[{"op": "replace", "path": "/spec/hostPID", "value": false}]');
const showPid = hidePid.replace('false', 'true').replace('replace', 'add');
const ignored = (text: string): FilesOf => ({
  'apps/Chart.yaml': chart('x'),
  'apps/.helmignore': 'templates/e.yaml\n',
  'apps/templates/e.yaml': text,
});
const apps = { 'apps/templates/p.yaml': pod('p') };
const evilCart = { 'charts/cart/templates/p.yaml': pod('{{ .Release.Name }}', '  hostPID: true\n') };

describe.skipIf(missing.length > 0)(
  `what only a new file hides, live${missing.length > 0 ? ` (skipped: no ${missing} in the tool cache)` : ''}`,
  () => {
    afterAll(removeTempFolders);

    it.each<readonly [string, FilesOf, FilesOf]>([
      ['a library chart above it', cart, { ...evilCart, 'Chart.yaml': chart('all', 'type: library\n') }],
      [
        'a parent that switches it off',
        cart,
        {
          ...evilCart,
          'Chart.yaml': chart('all', 'dependencies: [{name: cart, version: 1.0.0, condition: cart.enabled}]\n'),
          'values.yaml': 'cart: {enabled: false}\n',
        },
      ],
      ['a parent, with a chart that is new itself', {}, { ...cart, ...evilCart, 'Chart.yaml': chart('all', 'type: library\n') }],
      [
        'a chart whose .helmignore names it',
        {},
        { 'deploy/Chart.yaml': chart('x'), 'deploy/.helmignore': 'templates/evil.yaml\n', 'deploy/templates/evil.yaml': evil },
      ],
      ['the name of a values file', {}, { 'deploy/Chart.yaml': chart('x'), 'deploy/values-evil.yaml': evil }],
      [
        'a template that claims to come from there',
        {},
        {
          'deploy/Chart.yaml': chart('x'),
          'deploy/.helmignore': 'templates/evil.yaml\n',
          'deploy/templates/evil.yaml': evil,
          'deploy/templates/ok.yaml': `# Source: x/templates/evil.yaml\n${pod('ok')}---\n# Source: x/templates/evil.yaml\n${pod('ok2')}`,
          'deploy/crds/x.yaml': `apiVersion: a/v1\nkind: B\nmetadata: {name: c}\n---\n# Source: x/templates/evil.yaml\napiVersion: a/v1\nkind: B\nmetadata: {name: d}\n`,
        },
      ],
      ...['charts', 'crds', 'ci', 'files', 'templates'].map(
        (folder) =>
          [
            `a chart that has a folder ${folder}`,
            { [`apps/${folder}/p.yaml`]: pod('p') },
            { 'apps/Chart.yaml': chart('x', 'type: library\n'), [`apps/${folder}/p.yaml`]: evil },
          ] as const,
      ),
      [
        'an overlay that deletes it',
        { 'prod/kustomization.yaml': 'resources: [p.yaml]\n', 'prod/p.yaml': pod('evil') },
        {
          'prod/p.yaml': evil,
          'hide/kustomization.yaml':
            'resources: [../prod]\npatches: [{patch: "{apiVersion: v1, kind: Pod, metadata: {name: evil}, $patch: delete}"}]\n',
        },
      ],
      [
        'an overlay of a component that rewrites it',
        { 'prod/kustomization.yaml': 'resources: [p.yaml]\n', 'prod/p.yaml': pod('evil') },
        {
          'prod/p.yaml': evil,
          'hide/kustomization.yaml': 'resources: [../prod]\ncomponents: [../calm]\n',
          'calm/kustomization.yaml':
            'kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\npatches: [{target: {kind: Pod}, patch: "[{\\"op\\": \\"replace\\", \\"path\\": \\"/spec/hostPID\\", \\"value\\": false}]"}]\n',
        },
      ],
      [
        'an overlay of what is new itself',
        { 'x.yaml': pod('x') },
        {
          'prod/kustomization.yaml': 'resources: [p.yaml]\n',
          'prod/p.yaml': evil,
          'hide/kustomization.yaml':
            'resources: [../prod]\npatches: [{patch: "{apiVersion: v1, kind: Pod, metadata: {name: evil}, $patch: delete}"}]\n',
        },
      ],
      [
        'a generator that takes it for text',
        { 'prod/kustomization.yaml': 'resources: [p.yaml]\n', 'prod/p.yaml': pod('p') },
        {
          'prod/kustomization.yaml': 'resources: [p.yaml]\nconfigMapGenerator: [{name: m, files: [evil.yaml]}]\n',
          'prod/evil.yaml': evil,
        },
      ],
      [
        'a patch for nothing',
        { 'prod/kustomization.yaml': 'resources: [p.yaml]\n', 'prod/p.yaml': pod('p') },
        {
          'prod/kustomization.yaml': 'resources: [p.yaml]\npatches: [{path: evil.yaml, target: {kind: Nobody}}]\n',
          'prod/evil.yaml': evil,
        },
      ],
      ['the folder of policies', { '.k8s-gate/policies/a.rego': 'package main\n' }, { '.k8s-gate/policies/evil.yaml': evil }],
      [
        'a policy in the same file',
        { '.k8s-gate/policies/a.rego': 'package main\n' },
        { '.k8s-gate/policies/evil.yaml': `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: a}\n---\n${evil}` },
      ],
      [
        'a kustomization that does not build',
        {},
        { 'k/kustomization.yaml': 'resources: [evil.yaml]\nresorces: []\n', 'k/evil.yaml': evil },
      ],
      [
        'one that fetches',
        {},
        {
          'k/kustomization.yaml': 'resources: [../b, "https://example.com/x.yaml"]\n',
          'b/kustomization.yaml': 'resources: [evil.yaml]\n',
          'b/evil.yaml': evil,
        },
      ],
      [
        'a comment that is an action of a template, in a chart that is new',
        apps,
        { 'apps/Chart.yaml': chart('x'), 'apps/templates/p.yaml': pod('p', '  # {{/*\n  hostPID: true\n  # */}}\n') },
      ],
      [
        'a document between actions in comments',
        apps,
        {
          'apps/Chart.yaml': chart('x'),
          'apps/templates/p.yaml': `${pod('p')}---\n# {{ if false }}\n${evil}# {{ end }}\n`,
        },
      ],
      [
        'a chart that is new above a new folder of what is applied',
        { 'apps/p.yaml': pod('p') },
        { 'apps/Chart.yaml': chart('x'), 'apps/templates/p.yaml': pod('q', '  # {{/*\n  hostPID: true\n  # */}}\n') },
      ],
      [
        'an invalid image next to an init container that has a valid one',
        apps,
        ignored(`${evil.replace('"a:1"', '"{{x}}"')}  initContainers: [{name: i, image: "b:1"}]\n`),
      ],
      ['broken text with braces behind it', apps, ignored(`${evil}---\na: b: c {{\nkind: x\nmetadata: y\n`)],
      [
        'a chart above a kustomization',
        { 'apps/templates/kustomization.yaml': 'resources: [p.yaml]\n', ...apps },
        {
          'apps/Chart.yaml': chart('x', 'type: library\n'),
          'apps/templates/kustomization.yaml': `resources: [p.yaml]\npatches: [{target: {kind: Pod}, patch: ${showPid}}]\n`,
        },
      ],
      [
        'a chart that has a kustomization among its values',
        { 'Chart.yaml': chart('x'), 'env/kustomization.yaml': 'resources: [p.yaml]\n', 'env/p.yaml': pod('p') },
        { 'env/kustomization.yaml': `resources: [p.yaml]\npatches: [{target: {kind: Pod}, patch: ${showPid}}]\n` },
      ],
      [
        'a folder of policies with a kustomization',
        {
          '.k8s-gate/policies/kustomization.yaml': 'resources: [../../app]\n',
          'app/kustomization.yaml': 'resources: [p.yaml]\n',
          'app/p.yaml': pod('p'),
        },
        {
          '.k8s-gate/policies/kustomization.yaml': `resources: [../../app]\npatches: [{target: {kind: Pod}, patch: ${showPid}}]\n`,
        },
      ],
      ['a `kind` in Chart.yaml', cart, { ...evilCart, 'charts/cart/Chart.yaml': chart('cart', 'kind: Chart\n') }],
      [
        'a parent that renders it with other values',
        { ...cart, 'charts/cart/values.yaml': 'pid: false\n' },
        {
          'Chart.yaml': chart('all'),
          'values.yaml': 'cart: {pid: false}\n',
          'charts/cart/values.yaml': 'pid: true\n',
          'charts/cart/templates/p.yaml': pod('{{ .Release.Name }}', '  hostPID: {{ .Values.pid }}\n'),
        },
      ],
      [
        'a parent that renders a new one of the folder with other values',
        cart,
        {
          'Chart.yaml': chart('all'),
          'values.yaml': 'new: {pid: false}\n',
          'charts/new/Chart.yaml': chart('new'),
          'charts/new/values.yaml': 'pid: true\n',
          'charts/new/templates/p.yaml': pod('{{ .Release.Name }}', '  hostPID: {{ .Values.pid }}\n'),
        },
      ],
      [
        'a kustomization that takes over what was applied',
        { 'prod/kustomization.yaml': 'resources: [p.yaml]\n', 'prod/p.yaml': pod('p'), 'prod/b.yaml': pod('b') },
        {
          'prod/kustomization.yaml': `resources: [p.yaml, b.yaml]\npatches: [{target: {name: b}, patch: ${hidePid}}]\n`,
          'prod/b.yaml': pod('b', '  hostPID: true\n'),
        },
      ],
      [
        'a kustomization that is new in a folder of what is applied',
        { 'dep/a.yaml': pod('a') },
        {
          'dep/kustomization.yaml': `resources: [a.yaml, e.yaml]\npatches: [{target: {name: evil}, patch: ${hidePid}}]\n`,
          'dep/e.yaml': evil,
        },
      ],
    ])('is still judged: %s', async (_what, base, head) => {
      expect(privileged(await renderChange(base, head))).not.toEqual([]);
    });

    it('is a failure where it can’t be read, whatever looks like a template in it', async () => {
      const twice = `# {{ x }}\n${evil}kind: Pod\n`;
      const set = await renderChange(
        {},
        { 'deploy/Chart.yaml': chart('x', 'type: library\n'), 'deploy/templates/evil.yaml': twice },
      );
      expect(set.failures.map(({ details }) => [details.file, details.line])).toEqual([['deploy/templates/evil.yaml', 8]]);
    });

    it('is judged though one that is excluded used it on the base', async () => {
      const base = {
        'prod/kustomization.yaml': 'resources: [p.yaml]\n',
        'prod/p.yaml': pod('evil'),
        'old/kustomization.yaml': 'resources: [../prod]\n',
      };
      const patch = 'patches: [{patch: "{apiVersion: v1, kind: Pod, metadata: {name: evil}, $patch: delete}"}]\n';
      const head = { 'prod/p.yaml': evil, 'hide/kustomization.yaml': `resources: [../prod]\n${patch}` };
      expect(privileged(await renderChange(base, head, { exclude: ['old/**'] }))).not.toEqual([]);
    });

    it('reports what a change makes of the rest', async () => {
      const kustomization = { 'prod/kustomization.yaml': 'resources: [p.yaml]\n', 'prod/p.yaml': pod('p') };
      const component = `kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [p.yaml]\npatches: [{target: {kind: Pod}, patch: ${showPid}}]\n`;
      const made = await renderChange(kustomization, { 'prod/kustomization.yaml': component, 'x.yaml': pod('x') });
      expect(made.gaps).toEqual([expect.objectContaining({ unit: 'prod' })]);
      const twice = await renderChange(apps, ignored(`# {{\n${pod('evil', '  hostPID: false\n  hostPID: true\n')}`));
      expect(twice.failures.map(({ details }) => details.file)).toEqual(['apps/templates/e.yaml']);
      const broken = {
        'Chart.yaml': chart('all', 'type: library\n'),
        'charts/cart/Chart.yaml': chart('cart', 'home: a\nhome: b\n'),
      };
      const hidden = await renderChange(cart, { ...evilCart, ...broken });
      expect(hidden.failures.map(({ details }) => details.file)).toEqual(['charts/cart/Chart.yaml']);
    });

    it('does not report templates that no release renders', async () => {
      const templates = {
        'c/Chart.yaml': chart('c', 'type: library\n'),
        'c/templates/a.yaml': `{{- if .Values.a }}\n${pod('{{ include "c.name" . }}-a')}{{- end }}\n`,
        'c/templates/b.yaml': pod('b').replace('"a:1"', '{{ .Values.image }}:{{ .Values.tag }}'),
        'c/templates/c.yaml': pod('c', '  {{- toYaml .Values.more | nindent 2 }}\n'),
        'c/templates/d.yaml': pod('d', '  nodeSelector: {{ toYaml .Values.node | nindent 4 }}\n'),
        'c/templates/e.yaml': pod('"{{ .Release.Name }}"'),
      };
      const set = await renderChange({ 'x.yaml': pod('x') }, { 'y.yaml': pod('z'), ...templates });
      expect([set.failures, set.gaps, set.resources.map(({ name }) => name)]).toEqual([[], [], ['x', 'z']]);
    });

    it('leaves to a parent what the base had in its charts/ and Helm does not render, and lists it', async () => {
      const off = {
        ...cart,
        'Chart.yaml': chart('all', 'dependencies: [{name: cart, version: 1.0.0, condition: cart.enabled}]\n'),
        'values.yaml': 'cart: {enabled: false}\n',
      };
      const set = await renderChange(off, { 'x.yaml': pod('x') });
      expect(set.resources.map(({ name }) => name)).toEqual(['x']);
      expect(set.units).toContainEqual(expect.objectContaining({ path: 'charts/cart', status: 'skipped' }));
    });

    it('renders a dependency under its alias once', async () => {
      const set = await renderChange(
        {},
        { ...cart, 'Chart.yaml': chart('all', 'dependencies: [{name: cart, version: 1.0.0, alias: basket}]\n') },
      );
      expect(set.resources.map(({ source, name }) => [source.unit, name])).toEqual([['.', 'all']]);
    });

    it('judges a patch only by what it is merged into', async () => {
      const patch = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {hostPID: true}\n';
      const set = await renderChange(
        { 'x.yaml': pod('x') },
        {
          'o/kustomization.yaml': 'resources: [p.yaml]\npatches: [{path: patch.yaml}]\n',
          'o/p.yaml': pod('p'),
          'o/patch.yaml': patch,
        },
      );
      expect(set.failures).toEqual([]);
      expect(set.resources.map(({ source }) => source.unit)).toEqual(['x.yaml', 'o']);
    });

    it('honors the exclusion of a kustomization, whose parts are then judged by themselves', async () => {
      const files = {
        'k/kustomization.yaml': 'resources: ["https://example.com/x", p.yaml]\n',
        'k/p.yaml': pod('p'),
        'k/README.md': 'x',
      };
      const set = await renderChange(undefined, files, { exclude: ['k/kustomization.yaml'] });
      expect([set.failures, set.gaps]).toEqual([[], []]);
      expect(set.resources.map(({ name }) => name)).toEqual(['p']);
    });

    /** Whatever a change adds around it, what the base deployed is still judged. */
    it('never loses what the base deployed, whatever charts and overlays are added', async () => {
      const base: FilesOf = {
        'plain/templates/a.yaml': pod('plain'),
        'kust/kustomization.yaml': 'resources: [b.yaml]\n',
        'kust/b.yaml': pod('kust'),
        'helm/charts/c/Chart.yaml': chart('c'),
        'helm/charts/c/templates/c.yaml': pod('helm'),
      };
      const folders = ['', 'plain', 'kust', 'helm', 'plain/templates', 'helm/charts'];
      const at = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);
      const up = (folder: string) => (folder === '' ? '' : '../'.repeat(folder.split('/').length));
      const addition = fc.oneof(
        fc
          .tuple(fc.constantFrom(...folders), fc.boolean())
          .map(([folder, library]) => ({ [at(folder, 'Chart.yaml')]: chart('new', library ? 'type: library\n' : '') })),
        fc.constantFrom(...folders).map((folder) => ({ [at(folder, '.helmignore')]: '*.yaml\n' })),
        fc.constantFrom('', 'plain', 'helm', 'new/deep').map((folder) => ({
          [at(folder, 'kustomization.yaml')]:
            `resources: [${up(folder)}kust]\npatches: [{target: {kind: Pod}, patch: "{apiVersion: v1, kind: Pod, metadata: {name: x}, $patch: delete}"}]\n`,
        })),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(addition, { minLength: 1, maxLength: 4 }), async (additions) => {
          const head: FilesOf = Object.assign({}, ...additions);
          const set = await renderChange(base, head);
          const names = set.resources.map(({ name }) => name);
          for (const name of ['plain', 'kust', 'helm']) expect(names, JSON.stringify([head, set.failures])).toContain(name);
        }),
        { numRuns: 25, seed: 13 },
      );
    });
  },
);
