import { afterAll, describe, expect, it } from 'vitest';
import { type gateConfig, placeOf, renderRepository } from '../../test/render/bench.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';
import type { EnvironmentMatch } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { defaultSeverityPolicy } from '../model/severity.ts';

type Part = Partial<ReturnType<typeof gateConfig>>;
const noTools = (id: string) => Promise.reject(new GateError('TOOL_UNAVAILABLE', { message: `no ${id}` }));
const run = (files: Readonly<Record<string, string>>, part: Part = {}) => renderRepository(files, noTools, part);
const pod = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers: [{name: a, image: "a:1"}]\n';

describe('render, plain files', () => {
  afterAll(removeTempFolders);

  it('reads documents, JSON and lists, each field at its place', async () => {
    const set = await run({
      'a.yaml': `${pod}---\n# nothing\n---\n${pod}`,
      'b.json': '{\n "apiVersion": "v1", "kind": "Pod",\n "metadata": {"name": "b"}\n}',
      'c.yaml': 'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    metadata:\n      name: c\n',
      'd.yaml': 'apiVersion: v1\nkind: PodList\nitems:\n  - metadata:\n      generateName: d-\n      namespace: x\n',
    });
    expect(set.failures).toEqual([]);
    expect(set.resources.map(({ uid, kind, name, namespace }) => [uid, kind, name, namespace])).toEqual([
      ['obj-000001', 'Pod', 'web', undefined],
      ['obj-000002', 'Pod', 'web', undefined],
      ['obj-000003', 'Pod', 'b', undefined],
      ['obj-000004', 'Secret', 'c', undefined],
      ['obj-000005', 'Pod', 'd-', 'x'],
    ]);
    expect(placeOf(set.resources[1], 'metadata', 'name')).toBe('a.yaml:13 field');
    expect(placeOf(set.resources[1], 'spec', 'hostPID')).toBe('a.yaml:14 parent');
    expect(placeOf(set.resources[2], 'metadata', 'name')).toBe('b.json:3 field');
    expect(placeOf(set.resources[3], 'metadata', 'name')).toBe('c.yaml:7 field');
    expect(set.images.map((image) => image.uses.length)).toEqual([2]);
  });

  it.each([
    ['no name', 'apiVersion: v1\nkind: Pod\nmetadata: {}\n', 1],
    ['a misspelled key', '\napiVerson: v1\nkind: Pod\nmetadata: {name: a}\n', 2],
    ['a second document without a name', `${pod}---\napiVersion: v1\nkind: Pod\n`, 8],
    ['a list item that is not an object of the API', 'apiVersion: v1\nkind: List\nitems:\n  - {kind: Pod}\n', 4],
  ])('refuses %s and keeps the rest', async (_what, text, line) => {
    const set = await run({ 'bad.yaml': text, 'good.yaml': pod });
    expect(set.failures.map(({ code, details }) => [code, details.file, details.line])).toEqual([
      ['MANIFEST_INVALID', 'bad.yaml', line],
    ]);
    expect(set.resources.some((found) => found.source.unit === 'good.yaml')).toBe(true);
    expect(set.units.find((unit) => unit.path === 'bad.yaml')?.status).toBe('failed');
  });

  it('lists a document that the API server would not accept, at its line, and judges the others', async () => {
    const kind = 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n';
    const set = await run({ 'a.yaml': `${pod}---\nhello: world\n---\n${kind}` });
    expect(set.failures).toEqual([]);
    expect(set.units).toEqual([expect.objectContaining({ path: 'a.yaml', status: 'rendered', resources: 1 })]);
    expect(set.units[0]?.reason).toBe('1 resource; skipped: line 8: not a Kubernetes manifest, and 1 more');
  });

  it('matches environments by path, namespace and labels', async () => {
    const environment = (name: string, match: Partial<EnvironmentMatch>) => ({
      name,
      severity: defaultSeverityPolicy,
      match: { paths: [], namespaces: [], labels: {}, ...match },
    });
    const environments = [
      environment('by-path', { paths: ['prod/**'] }),
      environment('by-folder', { paths: ['prod'] }),
      environment('by-namespace', { namespaces: ['shop'] }),
      environment('by-label', { labels: { tier: 'gold', env: 'x' } }),
      environment('nothing', {}),
    ];
    const meta = (text: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: ${text}\n`;
    const set = await run(
      {
        'prod/a.yaml': meta('{name: a}'),
        'x/b.yaml': meta('{name: b, namespace: shop}'),
        'x/c.yaml': meta('{name: c, labels: {tier: gold, env: x}}'),
        'x/d.yaml': meta('{name: d, labels: {tier: gold}}'),
      },
      { environments },
    );
    expect(set.resources.map((found) => found.environments)).toEqual([
      ['by-path', 'by-folder'],
      ['by-namespace'],
      ['by-namespace', 'by-label'],
      ['by-namespace'],
    ]);
  });

  it('reports a renderer that is not available, and judges the rest', async () => {
    const set = await run({ 'a.yaml': pod, 'k/kustomization.yaml': '{}', 'c/Chart.yaml': 'name: c\nversion: 1.0.0\n' });
    expect(set.resources).toHaveLength(1);
    expect(set.failures.map((failure) => failure.code)).toEqual(['TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE']);
  });
});
