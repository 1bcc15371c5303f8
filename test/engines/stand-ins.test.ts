import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { celEngine } from '../../src/engines/cel/engine.ts';
import { defineEngine } from '../../src/engines/engine.ts';
import { createResults } from '../../src/engines/results.ts';
import { runEngines } from '../../src/engines/run.ts';
import { collectFindings } from '../../src/findings/collect.ts';
import { gateRun } from '../../src/findings/not-evaluated.ts';
import { formatPath } from '../../src/model/field-path.ts';
import { standIns } from '../../src/render/stand-ins.ts';
import { manifestSet } from '../support/model.ts';
import { nodePorts } from '../support/node-ports.ts';
import { plainCanonicalizer } from '../support/plain-canonicalizer.ts';
import { manifest } from '../support/policy-bench.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

/** Judged by the shipped pack, as src/examine.ts has it judged. */
async function judge(text: string) {
  const set = manifestSet({ resources: [manifest(text, { uid: 'obj-1' })] });
  const pods = standIns(set);
  const answers = await runEngines([defineEngine(celEngine).bind({}, true)], pods.set, {
    ports: nodePorts,
    tools: (id) => Promise.reject(new Error(`no ${id}`)),
    mode: 'strict',
    sandbox: 'auto',
    concurrency: 2,
    trusted: emptyFolder(),
    namedRegistries: () => Promise.resolve([]),
    checkout: emptyFolder(),
    gateRoot: path.join(import.meta.dirname, '../..'),
    cacheDir: emptyFolder(),
    tempDir: emptyFolder(),
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    canonical: plainCanonicalizer,
    results: createResults(),
  });
  const runs = pods.toOwners(answers);
  const findings = collectFindings([...runs, ...gateRun(set, runs, '1')], set);
  const [cel] = runs;
  return {
    status: cel?.status === 'completed' ? cel.coverage.map(({ status }) => status) : [],
    findings,
    privileged: findings
      .filter(({ rule, severity }) => rule === 'privileged' && severity === 'critical')
      .map(({ subject, resources }) => `${resources.join()} ${subject.kind === 'resource' ? formatPath(subject.path) : ''}`),
  };
}

const container = '{name: a, image: "registry.example.com/a:1", securityContext: {privileged: true}}';
const template = `{metadata: {labels: {a: b}}, spec: {containers: [${container}]}}`;
const field = 'securityContext.privileged';

it.each<[string, string, string, string]>([
  ['argoproj.io/v1alpha1', 'Rollout', `{template: ${template}}`, `spec.template.spec.containers[0].${field}`],
  [
    'serving.knative.dev/v1',
    'Service',
    '{template: {spec: {containers: [{image: a, securityContext: {privileged: true}}]}}}',
    `spec.template.spec.containers[0].${field}`,
  ],
  ['apps.kruise.io/v1alpha1', 'SidecarSet', `{containers: [${container}]}`, `spec.containers[0].${field}`],
  [
    'tekton.dev/v1',
    'Task',
    `{sidecars: [{name: b, image: b}], steps: [{name: c, image: c}, ${container}]}`,
    `spec.steps[1].${field}`,
  ],
  [
    'argoproj.io/v1alpha1',
    'Workflow',
    `{templates: [{name: x, container: ${container}}]}`,
    `spec.templates[0].container.${field}`,
  ],
  ['monitoring.coreos.com/v1', 'Prometheus', `{image: a, initContainers: [${container}]}`, `spec.initContainers[0].${field}`],
  ['example.com/v1', 'Widget', `{a: [{b: {c: ${template}}}]}`, `spec.a[0].b.c.spec.containers[0].${field}`],
  ['example.com/v1', 'Widget', `{containers: {a: ${container}}}`, `spec.containers.a.${field}`],
  ['example.com/v1', 'Widget', '{image: a, securityContext: {privileged: true}}', `spec.${field}`],
])('finds a privileged container of %s %s at its field', async (apiVersion, kind, spec, expected) => {
  const { privileged, status } = await judge(
    `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: a, namespace: shop}, spec: ${spec}}`,
  );
  expect(privileged).toEqual([`${kind} shop/a ${expected}`]);
  expect(status).toEqual(['evaluated']);
});

it('finds nothing new in a workload that is built in', async () => {
  const { privileged } = await judge(
    `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: ${template}}}`,
  );
  expect(privileged).toEqual([`Deployment a spec.template.spec.containers[0].${field}`]);
});

it('reports a release whose chart nobody rendered, whatever its values look like', async () => {
  const { findings, status } = await judge(
    `{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: a}, spec: {chartRef: {kind: OCIRepository, name: c}, values: {extraContainers: [${container}]}}}`,
  );
  expect(findings.map(({ engine, rule, severity }) => `${engine}/${rule} ${severity}`)).toEqual(['gate/not-evaluated unknown']);
  expect(status).toEqual(['not-applicable']);
});
