import { describe, expect, it } from 'vitest';
import type { GitopsCluster } from '../model/config.ts';
import type { JsonObject } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { readApplicationSet } from './application-set.ts';
import type { Deployable, Pointer, Unreadable } from './deployable.ts';
import { workspaceOf } from './workspace.ts';

const files = {
  'envs/dev/config.json': '{"cluster": {"name": "dev"}, "tag": "1"}',
  'envs/prod/config.json': '{"cluster": {"name": "prod"}, "tag": "2"}',
  'apps/api/kustomization.yaml': 'resources: []',
  'apps/web/kustomization.yaml': 'resources: []',
  'apps/old/kustomization.yaml': 'resources: []',
};
const clusters: readonly GitopsCluster[] = [
  { name: 'eu-1', server: 'https://eu', labels: { env: 'prod' }, annotations: {} },
  { name: 'us-1', server: 'https://us', labels: { env: 'dev' }, annotations: {} },
];

async function read(spec: string, known = clusters): Promise<readonly (Deployable | Unreadable)[]> {
  const object = parseYaml({ file: 'set.yaml', text: `spec: ${spec}` })[0]?.value as JsonObject;
  const pointer: Pointer = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'set', object };
  return readApplicationSet(pointer, {
    here: { repositories: [], revisions: [], workspace: workspaceOf(Object.keys(files)) },
    clusters: known,
    readText: (file) => Promise.resolve(Object.entries(files).find(([name]) => name === file)?.[1] ?? ''),
    goTemplate: () => Promise.reject(new Error('no template engine')),
  });
}

const template = (path: string, namespace = 'x') =>
  `template: {metadata: {name: a}, spec: {source: {repoURL: "https://git.example.com/r", path: "${path}"}, destination: {namespace: "${namespace}"}}}`;
const repoURL = 'repoURL: "https://git.example.com/r"';

describe('an ApplicationSet', () => {
  it('makes an Application of each element of a list, at the field of the template', async () => {
    expect(await read(`{generators: [{list: {elements: [{app: api}, {app: web}]}}], ${template('apps/{{app}}')}}`)).toMatchObject(
      [
        { kind: 'kustomization', folder: 'apps/api', at: ['spec', 'template', 'spec', 'source', 'path'] },
        { kind: 'kustomization', folder: 'apps/web' },
      ],
    );
  });

  it('makes one of each folder that matches, less those that are excluded', async () => {
    const git = `{git: {${repoURL}, directories: [{path: apps/*}, {path: apps/old, exclude: true}]}}`;
    expect(await read(`{generators: [${git}], ${template('{{path}}', '{{path.basename}}-{{path[0]}}')}}`)).toMatchObject([
      { folder: 'apps/api', destination: { namespace: 'api-apps' } },
      { folder: 'apps/web', destination: { namespace: 'web-apps' } },
    ]);
  });

  it('makes one of each file, whose content are parameters', async () => {
    const git = `{git: {${repoURL}, files: [{path: "envs/**/config.json"}]}}`;
    expect(await read(`{generators: [${git}], ${template('apps/web', '{{cluster.name}}-{{path.basename}}')}}`)).toMatchObject([
      { destination: { namespace: 'dev-dev' } },
      { destination: { namespace: 'prod-prod' } },
    ]);
  });

  it('combines generators in a matrix, the second with the parameters of the first', async () => {
    const matrix = `{matrix: {generators: [{list: {elements: [{app: api}, {app: web}]}}, {git: {${repoURL}, directories: [{path: "apps/{{app}}"}]}}]}}`;
    expect(await read(`{generators: [${matrix}], ${template('{{path}}', '{{app}}')}}`)).toMatchObject([
      { folder: 'apps/api', destination: { namespace: 'api' } },
      { folder: 'apps/web', destination: { namespace: 'web' } },
    ]);
  });

  it('merges generators by their keys', async () => {
    const merge = `{merge: {mergeKeys: [app], generators: [{list: {elements: [{app: api, ns: one}, {app: web, ns: one}]}}, {list: {elements: [{app: web, ns: two}, {app: other, ns: three}]}}]}}`;
    expect(await read(`{generators: [${merge}], ${template('apps/{{app}}', '{{ns}}')}}`)).toMatchObject([
      { folder: 'apps/api', destination: { namespace: 'one' } },
      { folder: 'apps/web', destination: { namespace: 'two' } },
    ]);
  });

  it('asks the configuration for clusters, by their labels', async () => {
    const generator = '{clusters: {selector: {matchLabels: {env: prod}}, values: {ns: "ns-{{name}}"}}}';
    expect(await read(`{generators: [${generator}], ${template('apps/web', '{{values.ns}}')}}`)).toMatchObject([
      { destination: { namespace: 'ns-eu-1' } },
    ]);
    expect(await read(`{generators: [${generator}], ${template('apps/web')}}`, [])).toMatchObject([
      { kind: 'unavailable', what: expect.stringContaining('the clusters generator'), at: ['spec', 'generators', 0] },
    ]);
  });

  it('reports a generator that asks something outside the repository', async () => {
    expect(await read(`{generators: [{pullRequest: {github: {}}}], ${template('apps/web')}}`)).toMatchObject([
      { kind: 'unavailable', what: 'what the pullRequest generator deploys' },
    ]);
  });

  it('chooses by a selector, and lets a generator change the template', async () => {
    const generator =
      '{list: {elements: [{app: api}, {app: web}], template: {spec: {destination: {namespace: changed}}}}, selector: {matchLabels: {app: web}}}';
    expect(await read(`{generators: [${generator}], ${template('apps/{{app}}')}}`)).toMatchObject([
      { folder: 'apps/web', destination: { namespace: 'changed' } },
    ]);
  });

  it('that cannot be generated is reported, not left out', async () => {
    expect(
      await read(`{goTemplate: true, generators: [{list: {elements: [{app: api}]}}], ${template('apps/{{.app}}')}}`),
    ).toEqual([
      { at: ['spec', 'generators', 0], reason: expect.stringContaining('no template engine'), next: expect.any(String) },
    ]);
  });
});
