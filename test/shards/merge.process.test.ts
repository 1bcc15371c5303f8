import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { repository } from '../support/gate-process.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { checkOut } from '../support/pull-request.ts';
import { root } from '../support/root.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { type Asked, divide, judge, merge } from './run.ts';

afterAll(removeTempFolders);

const wanted = ['opa', 'kyverno'];
const installed = (await Promise.all(wanted.map(installedTool))).flatMap((tool) => (tool === undefined ? [] : [tool.id]));
for (const id of wanted) if (!installed.includes(id)) console.warn(`shards: without ${id}, which is not installed`);
const engines = ['cel', ...installed].join(',');

const example = (file: string): string => readFileSync(path.join(root, 'examples', 'policies', file), 'utf8');
const policies = {
  '.k8s-gate/policies/labels.rego': example('rego/required_labels.rego'),
  '.k8s-gate/policies/labels.yaml': example('kyverno/required-labels.yaml'),
};

const named = (text: string, name: string, namespace: string, tag: string): string =>
  text
    .replace('name: web\n', `name: ${name}\n`)
    .replace('namespace: shop', `namespace: ${namespace}`)
    .replace('shop/web:2.4.1', `shop/${name}:${tag}`);
const namespaceOf = (name: string): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  labels: { pod-security.kubernetes.io/enforce: restricted }\n`;
const service = (name: string, namespace: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { ports: [{ port: 80 }] }\n`;

const label = fc.constantFrom('shop', 'web', 'api', 'db', 'cart', 'pay');
const thing = fc.oneof(
  fc
    .tuple(fc.constantFrom(goodDeployment, privilegedDeployment), label, label, fc.constantFrom('1', '2', 'latest'))
    .map(([text, name, namespace, tag]) => named(text, name, namespace, tag)),
  label.map(namespaceOf),
  fc.tuple(label, label).map(([name, namespace]) => service(name, namespace)),
);
/** Some things are in two folders, of which one is an environment: the same resource twice, as overlays render it. */
const repositories = fc
  .array(fc.tuple(thing, fc.boolean()), { minLength: 1, maxLength: 8 })
  .map((things) =>
    Object.fromEntries(
      things.flatMap(([text, twice], index) => [
        [`deploy/${index}.yaml`, text],
        ...(twice ? [[`production/${index}.yaml`, text]] : []),
      ]),
    ),
  );
const config = (combine: boolean): string =>
  [
    'version: 1',
    'environments: { production: { paths: ["production/**"], severity: { high: block } } }',
    ...(combine ? ['engines: { opa: { combine: true } }'] : []),
    '',
  ].join('\n');

async function expectAlike(asked: Asked, count: number): Promise<void> {
  const whole = await judge(asked);
  const { folder } = await divide(asked, count);
  const merged = await merge(asked, folder);
  expect(merged.report).toEqual(whole.report);
  expect(merged.verdict.outcome).not.toBe('error');
}

describe('the verdict of a merge', () => {
  it('is that of one run that does it all, however the work was divided', { timeout: 480_000 }, async () => {
    const runs = fc.asyncProperty(repositories, fc.integer({ min: 1, max: 4 }), async (files, count) => {
      const workspace = await repository({ '.k8s-gate.yaml': config(false), ...policies, ...files });
      await expectAlike({ workspace, engines, raw: { expectManifests: false } }, count);
    });
    await fc.assert(runs, { numRuns: 3, endOnFailure: true });
  });

  it('is so with CEL alone in many more divisions', { timeout: 480_000 }, async () => {
    const runs = fc.asyncProperty(repositories, fc.integer({ min: 2, max: 7 }), async (files, count) => {
      const workspace = await repository({ '.k8s-gate.yaml': config(false), ...files });
      await expectAlike({ workspace, engines: 'cel' }, count);
    });
    await fc.assert(runs, { numRuns: 6, endOnFailure: true });
  });

  it('is so where an engine judges all at once, in one of the shards', { timeout: 120_000 }, async () => {
    const files = {
      'deploy/a.yaml': privilegedDeployment,
      'deploy/b.yaml': service('web', 'shop'),
      'deploy/c.yaml': namespaceOf('shop'),
    };
    const combined = '.k8s-gate/policies/labels.rego';
    const rego =
      'package main\nimport rego.v1\ndeny contains msg if { count(input) > 2; msg := sprintf("%d at once", [count(input)]) }\n';
    const workspace = await repository({ '.k8s-gate.yaml': config(true), [combined]: rego, ...files });
    const asked = { workspace, engines: installed.includes('opa') ? 'cel,opa' : 'cel' };
    await expectAlike(asked, 3);
    if (!installed.includes('opa')) return;
    const { report } = await merge(asked, (await divide(asked, 3)).folder);
    expect(JSON.stringify(report)).toContain('3 at once');
  });

  it('compares with the base and previews changed policies as one run does', { timeout: 120_000 }, async () => {
    const policy = readFileSync(path.join(root, 'examples/shop/.k8s-gate/policies/replicas.yaml'), 'utf8');
    const base = {
      '.k8s-gate.yaml': config(false),
      'deploy/web.yaml': privilegedDeployment,
      'deploy/api.yaml': named(goodDeployment, 'api', 'shop', 'latest'),
      'deploy/gone.yaml': named(privilegedDeployment, 'gone', 'shop', '1'),
    };
    const head = {
      'moved/api.yaml': named(goodDeployment, 'api', 'shop', 'latest'),
      'deploy/new.yaml': named(privilegedDeployment, 'new', 'shop', '2'),
      'deploy/gone.yaml': goodDeployment.replace('name: web\n', 'name: gone\n'),
      '.k8s-gate/policies/replicas.yaml': policy,
    };
    const { folder: workspace, baseSha } = await checkOut({ base, head });
    const asked = { workspace, engines: 'cel', context: { baseSha } };
    await expectAlike(asked, 3);
    const { verdict } = await merge(asked, (await divide(asked, 3)).folder);
    expect(verdict.comparison).toMatchObject({ status: 'compared' });
    expect(verdict.preview).toMatchObject({ status: 'known' });
  });
});

describe('a shard', () => {
  it('judges its part by the same policy, publishes nothing and reports whose the verdict is', { timeout: 60_000 }, async () => {
    const workspace = await repository({ 'a.yaml': privilegedDeployment, 'b.yaml': named(goodDeployment, 'api', 'shop', '1') });
    const { shards } = await divide({ workspace, engines: 'cel' }, 4);
    const outcomes = shards.map(({ verdict }) => verdict.outcome);
    expect(outcomes.filter((outcome) => outcome === 'block')).toHaveLength(1);
    expect(outcomes).not.toContain('error');
    expect(shards.flatMap(({ verdict }) => verdict.coverage.filter(({ kind }) => kind === 'resource'))).toHaveLength(2);
    expect(shards.map(({ log }) => log.at(-1))).toEqual(
      outcomes.map((outcome, index) =>
        expect.stringMatching(`^shard ${index + 1}/4: ${outcome} for its part, .* the merge determines the verdict$`),
      ),
    );
  });

  it('is an error where there is nothing at all to judge', async () => {
    const workspace = await repository({ 'README.md': 'nothing' });
    const asked = { workspace, engines: 'cel' };
    const { shards, folder } = await divide(asked, 2);
    for (const { verdict } of shards) expect(verdict.errors).toMatchObject([{ code: 'NOTHING_TO_JUDGE' }]);
    expect((await merge(asked, folder)).verdict).toMatchObject({ outcome: 'error', errors: [{ code: 'NOTHING_TO_JUDGE' }] });
  });
});
