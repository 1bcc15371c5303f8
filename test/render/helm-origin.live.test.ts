import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/discover/discover.ts';
import { parsePath } from '../../src/model/field-path.ts';
import { render } from '../../src/render/render.ts';
import { samples } from '../lines/helm.labels.ts';
import { tar } from '../support/tar.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { gateConfig, placeOf, ports, renderRepository, repository, traceAll } from './bench.ts';

const tool = await installedTool('helm');
const tools = () => (tool === undefined ? Promise.reject(new Error('no helm')) : Promise.resolve(tool));

describe.skipIf(tool === undefined)(`lines of charts${tool === undefined ? ' (skipped: no helm in the tool cache)' : ''}`, () => {
  afterAll(removeTempFolders);

  it.each(samples)('finds each field’s line: $name', async ({ files, release, findings }) => {
    const chart = { path: 'c', releaseName: 'web', namespace: 'shop', releases: [{ values: release ?? [] }] };
    const set = await renderRepository(files, tools, { helm: { kubeVersion: '1.34.0', apiVersions: [], charts: [chart] } });
    expect(set.failures).toEqual([]);
    const shown = findings.map(({ resource, path }) => {
      const found = set.resources.find(({ kind, name }) => `${kind} ${name}` === resource);
      const place = found?.origin.locate(parsePath(path));
      return `${resource} ${path} ${place?.file}:${place?.line}`;
    });
    expect(shown).toEqual(findings.map(({ resource, path, file, line }) => `${resource} ${path} ${file}:${line}`));
  });

  const chart = { 'c/Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 1.0.0\n' };
  const pod = (...spec: readonly string[]): string =>
    ['apiVersion: v1', 'kind: Pod', 'metadata:', '  name: a', 'spec:', ...spec.map((line) => `  ${line}`), ''].join('\n');

  it('keeps to the template where no other value renders', async () => {
    const guard = '{{- if ne .Values.mode "one" }}{{ fail "only one" }}{{ end }}\n';
    const files = {
      ...chart,
      'c/values.yaml': 'mode: one\n',
      'c/templates/pod.yaml': guard + pod('nodeName: {{ .Values.mode }}'),
    };
    const { resources } = await renderRepository(files, tools);
    expect(placeOf(resources[0], 'spec', 'nodeName')).toBe('c/templates/pod.yaml:7 field');
  });

  it('names no values for a field that only looks like one', async () => {
    const files = {
      ...chart,
      'c/values.yaml': 'a: same\nb: same\nc: false\n',
      'c/templates/pod.yaml': pod('nodeName: same', 'hostPID: false', 'schedulerName: {{ .Values.b }}'),
    };
    const { resources } = await renderRepository(files, tools);
    expect(placeOf(resources[0], 'spec', 'nodeName')).toBe('c/templates/pod.yaml:6 field');
    expect(placeOf(resources[0], 'spec', 'hostPID')).toBe('c/templates/pod.yaml:7 field');
    expect(placeOf(resources[0], 'spec', 'schedulerName')).toBe('c/values.yaml:2 field');
  });

  it('distinguishes many false values', async () => {
    const names = Array.from({ length: 70 }, (_none, index) => `flag${index}`);
    const files = {
      ...chart,
      'c/values.yaml': names.map((name) => `${name}: false\n`).join(''),
      'c/templates/pod.yaml': pod(
        'nodeSelector:',
        ...names.map((name) => `  ${name}: {{ .Values.${name} | quote }}`),
        'hostIPC: {{ .Values.flag42 }}',
      ),
    };
    const { resources } = await renderRepository(files, tools);
    const places = names.map((name) => placeOf(resources[0], 'spec', 'nodeSelector', name));
    expect(places).toEqual(names.map((_name, index) => `c/values.yaml:${index + 1} field`));
    expect(placeOf(resources[0], 'spec', 'hostIPC')).toBe('c/values.yaml:43 field');
  });

  it('names values or the dependency for what an archive renders', async () => {
    const workspace = repository({
      'c/Chart.yaml': `${chart['c/Chart.yaml']}dependencies:\n  - {name: x, version: 1.0.0, repository: ""}\n  - {name: db, alias: store, version: 1.0.0, repository: ""}\n`,
      'c/values.yaml': '# ours\nstore:\n  node: two\n',
      'c/charts/x/Chart.yaml': 'apiVersion: v2\nname: x\nversion: 1.0.0\n',
    });
    const entries = [
      { path: 'db/Chart.yaml', content: 'apiVersion: v2\nname: db\nversion: 1.0.0\n' },
      { path: 'db/values.yaml', content: 'node: one\nclass: high\n' },
      { path: 'db/templates/pod.yaml', content: pod('nodeName: {{ .Values.node }}', 'priorityClassName: {{ .Values.class }}') },
    ];
    writeFileSync(path.join(workspace, 'c/charts/db-1.0.0.tgz'), gzipSync(tar(entries)));
    const config = gateConfig({ workspace });
    const context = { ports, tools, tempDir: emptyFolder(), signal: new AbortController().signal };
    const { resources } = await traceAll(await render(await discover(config, ports), config, context));
    expect(placeOf(resources[0], 'spec', 'nodeName')).toBe('c/values.yaml:3 field');
    expect(placeOf(resources[0], 'spec', 'priorityClassName')).toBe('c/Chart.yaml:6 file');
  });
});
