import { afterAll, describe, expect, it } from 'vitest';
import { renderRepository } from '../render/bench.ts';
import { listener } from '../support/listener.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

const [helm, kustomize] = await Promise.all([installedTool('helm'), installedTool('kustomize')]);
const missing = helm === undefined || kustomize === undefined;
const tools = (id: string) => {
  const tool = id === 'helm' ? helm : kustomize;
  return tool === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(tool);
};

const meta = { 'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n' };
/** A ConfigMap that would show what an expression answers. */
const tells = (expression: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {found: {{ ${expression} | quote }}}\n`;

describe.skipIf(missing)(`rendering${missing ? ' (skipped: no helm or kustomize in the tool cache)' : ''}`, () => {
  afterAll(removeTempFolders);

  it.each<[string, string, string]>([
    ['a file outside of the chart', '.Files.Get "../../../../../../etc/passwd"', ''],
    ['an absolute file', '.Files.Get "/etc/passwd"', ''],
    ['files by glob', '(.Files.Glob "/etc/*").AsConfig', '{}'],
    ['the repository around the chart', '.Files.Get "../secret.txt"', ''],
    ['the cluster', 'lookup "v1" "Secret" "" "" | toJson', '{}'],
    ['names by DNS', 'getHostByName "localhost"', ''],
  ])('reads nothing of the machine: %s', async (_what, expression, found) => {
    const set = await renderRepository({ ...meta, 'c/templates/a.yaml': tells(expression), 'secret.txt': 'secret' }, tools);
    expect(set.failures).toEqual([]);
    const [own, ...others] = set.resources.map(({ object }) => object.data);
    expect(own).toEqual({ found });
    // What would be deployed if `lookup` found an object: a stand-in of the gate.
    for (const other of others) expect(JSON.stringify(other)).toContain('\\"name\\":\\"k8s-gate\\"');
    expect(others.length).toBe(expression.startsWith('lookup') ? 1 : 0);
  });

  it.each(['env "PATH"', 'expandenv "$HOME"'])('knows no function that reads the environment: %s', async (expression) => {
    const set = await renderRepository({ ...meta, 'c/templates/a.yaml': tells(expression) }, tools);
    expect(set.failures.map((failure) => [failure.code, failure.details.file])).toEqual([
      ['RENDER_FAILED', 'c/templates/a.yaml'],
    ]);
  });

  const chart = { ...meta, 'c/templates/a.yaml': tells('"x"') };
  it.each<[string, (url: string) => Readonly<Record<string, string>>]>([
    ['a schema', (url) => ({ ...chart, 'c/values.yaml': 'a: 1\n', 'c/values.schema.json': `{"$ref": "${url}/s.json"}` })],
    [
      'a dependency',
      (url) => ({
        ...chart,
        'c/Chart.yaml': `${meta['c/Chart.yaml']}dependencies: [{name: d, version: 1.0.0, repository: "${url}"}]\n`,
      }),
    ],
    ['a base', (url) => ({ 'k/kustomization.yaml': `resources: ["${url}/base.yaml"]\n` })],
    ['a resource of a transformer', (url) => ({ 'k/kustomization.yaml': `transformers: ["${url}/t.yaml"]\n` })],
    ['the OpenAPI of a kustomization', (url) => ({ 'k/kustomization.yaml': `openapi: {path: "${url}/o.json"}\n` })],
    ['a CRD of a kustomization', (url) => ({ 'k/kustomization.yaml': `crds: ["${url}/crd.json"]\n` })],
  ])('reaches no server: %s', async (_what, files) => {
    const { url, hits, close } = await listener();
    await renderRepository(files(url), tools);
    await close();
    expect(hits()).toBe(0);
  });
});
