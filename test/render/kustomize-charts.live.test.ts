import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/discover/discover.ts';
import type { GateConfig } from '../../src/model/config.ts';
import { openSources } from '../../src/open-sources.ts';
import { type RenderedSet, render } from '../../src/render/render.ts';
import { chartArchive, indexFile, sha256 } from '../support/chart-archive.ts';
import { serve, stopServers } from '../support/loopback.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { gateConfig, ports, repository } from './bench.ts';

const helm = await installedTool('helm');
const kustomize = await installedTool('kustomize');
const missing = helm === undefined || kustomize === undefined;
const tools = (id: string) => {
  const tool = id === 'helm' ? helm : kustomize;
  return tool === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(tool);
};

const template = [
  'apiVersion: v1',
  'kind: Pod',
  'metadata: {name: "{{ .Release.Name }}-shop", namespace: "{{ .Release.Namespace }}"}',
  'spec: {containers: [{name: a, image: {{ .Values.image | quote }}, args: [{{ .Values.one | quote }}, {{ .Values.two | quote }}]}]}',
  '',
].join('\n');
const chart = { 'values.yaml': 'image: web:1\none: chart\ntwo: chart\n', 'templates/pod.yaml': template };
let sources: GateConfig['sources'] = { allow: [], mirrors: {}, offline: false };
beforeAll(async () => {
  const archive = chartArchive('shop', '1.2.0', chart);
  const index = indexFile({ shop: [{ version: '1.2.0', url: 'shop.tgz', digest: sha256(archive) }] });
  const { url } = await serve((request, response) => response.end(request.url?.endsWith('.tgz') ? archive : index));
  sources = { allow: [], mirrors: { 'charts.example.com': url }, offline: false };
});
afterAll(() => {
  stopServers();
  removeTempFolders();
});

async function rendered(kustomization: string, more: Readonly<Record<string, string>> = {}): Promise<RenderedSet> {
  const config = gateConfig({ workspace: repository({ 'app/kustomization.yaml': kustomization, ...more }), sources });
  const signal = new AbortController().signal;
  const outside = openSources(
    { config },
    { ports, rendererTools: tools, cacheDir: emptyFolder(), tempDir: emptyFolder(), signal },
  );
  const found = await discover(config, ports, outside);
  return render(found, config, { ports, tools, tempDir: emptyFolder(), signal, sources: outside });
}

const entry = (more: readonly string[] = []) =>
  [
    'helmCharts:',
    '  - name: shop',
    '    repo: https://charts.example.com',
    '    version: 1.2.0',
    '    releaseName: my',
    ...more.map((line) => `    ${line}`),
    '',
  ].join('\n');
const argsOf = (set: RenderedSet) => set.resources.map(({ object }) => JSON.stringify(object).match(/"args":\[[^\]]*\]/)?.[0]);

describe.skipIf(missing)(
  `helmCharts of a kustomization, live${missing ? ' (skipped: no helm or kustomize in the tool cache)' : ''}`,
  () => {
    it('are rendered with what the kustomization changes in them, at the entry', async () => {
      const set = await rendered(
        `${entry(['namespace: web'])}namePrefix: a-\nimages: [{name: web, newTag: "2"}]\nresources: [own.yaml]\n`,
        {
          'app/own.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: own}\nspec: {containers: [{name: a, image: web:1}]}\n',
        },
      );
      expect(set.failures).toEqual([]);
      expect(set.gaps).toEqual([]);
      expect(set.resources.map(({ name, namespace }) => `${namespace} ${name}`)).toEqual(['web a-my-shop', 'undefined a-own']);
      expect(set.images.map(({ reference }) => reference)).toEqual(['web:2']);
      const [shop, own] = set.resources.map(({ origin }) => origin.locate(['spec', 'containers', 0, 'args']));
      expect(own).toMatchObject({ file: 'app/own.yaml', line: 4 });
      expect(shop).toMatchObject({ file: 'app/kustomization.yaml', line: 2, inside: 'charts.example.com/shop-1.2.0' });
    });

    it.each([
      [[], '"args":["chart","chart"]'],
      [['valuesFile: values.yaml'], '"args":["file","file"]'],
      [['valuesFile: values.yaml', 'valuesInline: {two: inline}'], '"args":["file","inline"]'],
      [['valuesFile: values.yaml', 'valuesInline: {one: inline, two: inline}', 'valuesMerge: merge'], '"args":["file","file"]'],
      [['valuesFile: values.yaml', 'valuesInline: {two: inline}', 'valuesMerge: replace'], '"args":["chart","inline"]'],
      [['additionalValuesFiles: [more.yaml]'], '"args":["chart","more"]'],
    ])('have the values of %j', async (lines, args) => {
      const files = { 'app/values.yaml': 'one: file\ntwo: file\n', 'app/more.yaml': 'two: more\n' };
      expect(argsOf(await rendered(entry(lines), files))).toEqual([args]);
    });

    it('may be in the repository', async () => {
      const files = Object.fromEntries(
        Object.entries({ 'Chart.yaml': 'apiVersion: v2\nname: local\nversion: 1.0.0\n', ...chart }).map(([name, text]) => [
          `app/charts/local/${name}`,
          text,
        ]),
      );
      const set = await rendered('helmCharts: [{name: local, releaseName: my}]\n', files);
      expect(set.gaps).toEqual([]);
      expect(set.resources.filter(({ source }) => source.kind === 'kustomize').map(({ name }) => name)).toEqual(['my-shop']);
    });

    it('that cannot be rendered are a gap at the entry, and no other kustomization is', async () => {
      for (const kustomization of [
        entry().replace('1.2.0', '9.0.0'),
        entry(['valuesFile: ../../etc/passwd']),
        entry(['nameTemplate: "{{ .x }}"']),
        'helmCharts: [{name: nowhere}]\n',
        entry().replace('releaseName: my', 'releaseName: --post-renderer=/bin/sh'),
        entry(['valuesInline: {image: {a: 1}}']).replace('shop', '../x'),
      ]) {
        const set = await rendered(kustomization, {
          'other/kustomization.yaml': 'resources: [pod.yaml]\n',
          'other/pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: other}\n',
        });
        expect(set.failures).toEqual([]);
        expect(set.resources.map(({ name }) => name)).toEqual(['other']);
        expect(set.gaps).toHaveLength(1);
        expect(set.gaps[0]).toMatchObject({ file: 'app/kustomization.yaml', subject: 'kustomization app' });
      }
    });
  },
);
