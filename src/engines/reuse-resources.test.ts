import { describe, expect, it } from 'vitest';
import { manifestSet, resource } from '../../test/support/model.ts';
import type { Resource } from '../model/resource.ts';
import type { Part } from './part.ts';
import { createResults, type Results } from './results.ts';
import { type Circumstances, reuseResources } from './reuse-resources.ts';

const namespace = (labels: Readonly<Record<string, string>>): Resource =>
  resource({
    uid: 'obj-ns',
    apiVersion: 'v1',
    kind: 'Namespace',
    name: 'shop',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } },
  });
const pod = (uid: string, name: string, inNamespace = 'shop'): Resource =>
  resource({ uid, name, namespace: inNamespace, object: { kind: 'Pod', metadata: { name } } });

/** Runs an engine that evaluates what it is given, and answers with the names of that. */
async function given(
  resources: readonly Resource[],
  results: Results,
  part: Partial<Circumstances> = {},
): Promise<{ readonly names: readonly string[]; readonly run: Part }> {
  const names: string[] = [];
  const context = {
    set: manifestSet({ resources }),
    options: {},
    tool: undefined,
    results,
    progress: () => {},
  };
  const run = await reuseResources(context, { engine: 'fake', judgedBy: ['p'], scope: 'each', ...part }, async ({ set }) => {
    names.push(...set.resources.map(({ name }) => name));
    return {
      findings: [],
      coverage: set.resources.map(({ uid }) => ({ target: { kind: 'resource', resource: uid }, status: 'evaluated' })),
      notes: ['one policy'],
    };
  });
  return { names, run };
}

describe('resources that were judged before', () => {
  it('are left out, but for Namespaces, which others are judged by', async () => {
    const results = createResults();
    await given([namespace({}), pod('obj-1', 'a')], results);
    const { names, run } = await given([namespace({}), pod('obj-5', 'a'), pod('obj-6', 'b')], results);
    expect(names).toEqual(['shop', 'b']);
    expect(run).toMatchObject({ notes: ['one policy', '2 of 3 results are reused from an earlier run with the same content'] });
    expect(run.coverage).toHaveLength(3);
  });

  it('keep the notes of the engine when all were', async () => {
    const results = createResults();
    await given([pod('obj-1', 'a')], results);
    const { names, run } = await given([pod('obj-1', 'a')], results);
    expect(names).toEqual([]);
    expect(run).toMatchObject({
      notes: ['one policy', '1 of 1 results are reused from an earlier run with the same content'],
    });
  });

  it('are judged again when their Namespace has other labels, and only they', async () => {
    const results = createResults();
    const resources = (labels: Readonly<Record<string, string>>) => [
      namespace(labels),
      pod('obj-1', 'a'),
      pod('obj-2', 'b', 'other'),
    ];
    await given(resources({}), results);
    expect((await given(resources({ tier: 'x' }), results)).names).toEqual(['shop', 'a']);
  });

  it('are judged again by another policy', async () => {
    const results = createResults();
    await given([pod('obj-1', 'a')], results);
    expect((await given([pod('obj-1', 'a')], results, { judgedBy: ['q'] })).names).toEqual(['a']);
  });

  it('are judged again together where one of them changed', async () => {
    const results = createResults();
    await given([pod('obj-1', 'a'), pod('obj-2', 'b')], results, { scope: 'together' });
    expect((await given([pod('obj-1', 'a'), pod('obj-2', 'b')], results, { scope: 'together' })).names).toEqual([]);
    expect((await given([pod('obj-1', 'a'), pod('obj-2', 'c')], results, { scope: 'together' })).names).toEqual(['a', 'c']);
  });
});
