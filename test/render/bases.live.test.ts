import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/discover/discover.ts';
import type { GateConfig } from '../../src/model/config.ts';
import type { FieldPath } from '../../src/model/field-path.ts';
import { openSources } from '../../src/open-sources.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { type RenderedSet, render } from '../../src/render/render.ts';
import { withPlaces } from '../../src/trace/trace.ts';
import { commit, git, repository as gitRepository } from '../support/git-repository.ts';
import { serveGit } from '../support/git-server.ts';
import { serve, stopServers } from '../support/loopback.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { gateConfig, repository } from './bench.ts';

const kustomize = await installedTool('kustomize');
const tools = (id: string) => (kustomize === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(kustomize));
const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };
const { PATH = '' } = process.env;
const ports = createNodePorts({ log, env: { PATH, HOME: '/nonexistent' } });

const pod = (name: string, image = 'web:1') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  hostNetwork: true\n  containers:\n    - name: a\n      image: ${image}\n`;
const hostNetwork: FieldPath = ['spec', 'hostNetwork'];
const image: FieldPath = ['spec', 'containers', 0, 'image'];

const pages = new Map([
  ['/org/repo/v1/pod.yaml', pod('from-url')],
  ['/secret', pod('secret')],
]);
let origin = '';
let first = '';
let second = '';
let sources: GateConfig['sources'] = { allow: [], mirrors: {}, offline: false };
beforeAll(async () => {
  origin = gitRepository();
  first = commit(origin, {
    'base/kustomization.yaml': 'resources: [pod.yaml, ../other, https://raw.githubusercontent.com/org/repo/v1/pod.yaml]\n',
    'base/pod.yaml': pod('web'),
    'other/kustomization.yaml': 'resources: [pod.yaml]\n',
    'other/pod.yaml': pod('other'),
    'broken/kustomization.yaml': 'resources: [https://raw.githubusercontent.com/org/repo/v1/missing.yaml]\n',
    'linked/kustomization.yaml': 'resources: [link.yaml]\n',
    'escaping/kustomization.yaml': 'resources: [../../../../../../../../../../etc/hostname]\n',
  });
  symlinkSync('/etc/hostname', path.join(origin, 'linked/link.yaml'));
  second = commit(origin);
  git(origin, 'tag', 'v1.0.0');
  const server = await serveGit(origin);
  const files = await serve((request, response) => {
    const page = pages.get(request.url ?? '');
    response.writeHead(page === undefined ? 404 : 200).end(page);
  });
  sources = { allow: [], mirrors: { 'github.com': server.url, 'raw.githubusercontent.com': files.url }, offline: false };
});
afterAll(() => {
  stopServers();
  removeTempFolders();
});

async function rendered(resources: string, more: Readonly<Record<string, string>> = {}, part: Partial<GateConfig> = {}) {
  const config = gateConfig({ workspace: repository({ 'app/kustomization.yaml': resources, ...more }), sources, ...part });
  const signal = new AbortController().signal;
  const outside = openSources(
    { config },
    { ports, rendererTools: tools, cacheDir: emptyFolder(), tempDir: emptyFolder(), signal },
  );
  const found = await discover(config, ports, outside);
  const set = await render(found, config, { ports, tools, tempDir: emptyFolder(), signal, sources: outside });
  return { set, notes: outside.notes() };
}

async function placesOf(set: RenderedSet, field: FieldPath): Promise<readonly string[]> {
  const wanted = new Map(set.resources.map(({ uid }) => [uid, [field]]));
  return (await withPlaces(set.resources, wanted, set.provenance, 2)).map(({ name, origin: { locate } }) => {
    const { file, line, inside } = locate(field);
    return `${name} ${file}:${line}${inside === undefined ? '' : ` (${inside})`}`;
  });
}

const gapsOf = ({ gaps }: RenderedSet) => gaps.map(({ file, line, subject, reason }) => `${file}:${line} ${subject}: ${reason}`);

describe.skipIf(kustomize === undefined)(
  `remote bases, live${kustomize === undefined ? ' (skipped: no kustomize in the tool cache)' : ''}`,
  () => {
    it('of git are built at their tag with all that they name, at the line that names them', async () => {
      const base = 'https://github.com/octo/shop//base?ref=v1.0.0';
      const { set, notes } = await rendered(`images:\n  - name: web\n    newTag: "2"\nresources:\n  - own.yaml\n  - ${base}\n`, {
        'app/own.yaml': pod('own'),
      });
      expect(set.failures).toEqual([]);
      expect(set.gaps).toEqual([]);
      expect((await placesOf(set, hostNetwork)).toSorted()).toEqual([
        'from-url app/kustomization.yaml:6 (raw.githubusercontent.com/org/repo/v1/pod.yaml:5)',
        'other app/kustomization.yaml:6 (github.com/octo/shop/other/pod.yaml:5)',
        'own app/own.yaml:5',
        'web app/kustomization.yaml:6 (github.com/octo/shop/base/pod.yaml:5)',
      ]);
      expect(await placesOf(set, image)).toContain('web app/kustomization.yaml:3');
      expect(notes).toEqual([`base ${base} is commit ${second}`]);
    });

    it.each([
      'github.com/octo/shop//other?ref=SHA',
      'git@github.com:octo/shop//other?ref=SHA',
      'https://github.com/octo/shop/other?ref=SHA',
      'ssh://git@github.com/octo/shop//other?ref=SHA',
    ])('may be written as %s', async (base) => {
      const { set, notes } = await rendered(`resources:\n  - ${base.replace('SHA', first)}\n`);
      expect(await placesOf(set, hostNetwork)).toEqual([
        'other app/kustomization.yaml:2 (github.com/octo/shop/other/pod.yaml:5)',
      ]);
      expect(notes).toEqual([]);
    });

    it('keep what an Application changes in the kustomization', async () => {
      const application = [
        'apiVersion: argoproj.io/v1alpha1',
        'kind: Application',
        'metadata: {name: shop, namespace: argocd}',
        'spec:',
        '  destination: {namespace: web}',
        '  source:',
        '    repoURL: https://git.example.com/org/repo',
        '    path: app',
        '    kustomize: {images: ["web=other:2"]}',
        '',
      ].join('\n');
      const { set } = await rendered('resources:\n  - https://github.com/octo/shop//other?ref=v1.0.0\n', {
        'argo.yaml': application,
      });
      expect(set.failures).toEqual([]);
      expect(set.images.map(({ reference }) => reference)).toContain('other:2');
      expect(await placesOf(set, image)).toContain('other argo.yaml:9');
      expect(await placesOf(set, hostNetwork)).toContain(
        'other app/kustomization.yaml:2 (github.com/octo/shop/other/pod.yaml:5)',
      );
    });

    it('of a file are one resource of the kustomization', async () => {
      const { set } = await rendered('namePrefix: a-\nresources: ["https://raw.githubusercontent.com/org/repo/v1/pod.yaml"]\n');
      expect(await placesOf(set, hostNetwork)).toEqual([
        'a-from-url app/kustomization.yaml:2 (raw.githubusercontent.com/org/repo/v1/pod.yaml:5)',
      ]);
    });

    it('that are not fetched are a gap at their line, and the rest of the repository is rendered', async () => {
      const texts = [
        'https://raw.githubusercontent.com/org/repo/v1/missing.yaml',
        'https://github.com/octo/shop//base?ref=v9',
        'https://evil.example/x//base?ref=v1',
        'https://github.com/octo/shop//nowhere?ref=v1.0.0',
      ];
      for (const text of texts) {
        const { set } = await rendered(`resources:\n  - ${text}\n`, { 'pod.yaml': pod('plain') }, { trusted: repository({}) });
        expect(set.failures).toEqual([]);
        expect(set.resources.map(({ name }) => name)).toEqual(['plain']);
        expect(gapsOf(set)).toEqual([
          expect.stringMatching(/^app\/kustomization\.yaml:2 kustomization app: `https:.*` was not fetched: \S.+/),
        ]);
      }
    });

    it.each([
      ['name what is not fetched', 'broken'],
      ['name a symlink, which is a file without its target', 'linked'],
      ['leave the repository', 'escaping'],
    ])('that %s are a gap', async (_what, folder) => {
      const { set } = await rendered(`resources:\n  - https://github.com/octo/shop//${folder}?ref=v1.0.0\n`);
      expect(set.failures).toEqual([]);
      expect(set.resources).toEqual([]);
      expect(gapsOf(set)).toEqual([expect.stringMatching(/kustomization app: the kustomization does not build/)]);
      expect(JSON.stringify(set.gaps)).not.toContain(process.env.HOSTNAME ?? 'no name of the host');
    });
  },
);
