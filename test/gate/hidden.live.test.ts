import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RawInputs } from '../../src/inputs/raw-inputs.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { divide, judge, merge } from '../shards/run.ts';
import { privilegedDeployment } from '../support/manifests.ts';
import { checkOut } from '../support/pull-request.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const helm = await installedTool('helm');
const kustomize = await installedTool('kustomize');
const missing = helm === undefined || kustomize === undefined;

type Tree = Readonly<Record<string, string>>;
const pod = (name: string, top = '') => `${top}apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\n`;
const dependency = (name: string) => `  - { name: ${name}, version: 1.0.0, repository: "https://charts.example.com" }\n`;
const meta = 'apiVersion: v2\nname: app\nversion: 1.0.0\n';
const lib: Tree = {
  'app/charts/lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 1.0.0\n',
  'app/charts/lib/templates/pod.yaml': pod('lib'),
};
const chart: Tree = { 'app/Chart.yaml': meta, 'app/templates/pod.yaml': pod('app') };
const withLib: Tree = { ...chart, 'app/Chart.yaml': `${meta}dependencies:\n${dependency('lib')}`, ...lib };
const overlay: Tree = { 'k/kustomization.yaml': 'resources: [pod.yaml]\n', 'k/pod.yaml': pod('k') };
const required = '{{ $_ := required "a tag is needed" .Values.tag }}\n';
const elsewhere = 'resources: [pod.yaml, "https://example.com/base?ref=main"]\n';

interface Change {
  readonly base: Tree;
  readonly head: Tree;
  readonly removed?: readonly string[];
}

async function opened({ base, head, removed = [] }: Change) {
  const { folder, baseSha } = await checkOut({ base, head });
  for (const name of removed) rmSync(path.join(folder, name), { recursive: true });
  return { folder, baseSha };
}

async function changed(change: Change, raw: Partial<RawInputs> = {}): Promise<Verdict> {
  const { folder, baseSha } = await opened(change);
  return (await judge({ workspace: folder, engines: 'cel', raw, context: { baseSha } })).verdict;
}

const faults = ({ errors }: Verdict) => errors.map(({ code, details }) => [code, details.file, details.line, details.message]);
const gaps = ({ findings }: Verdict) =>
  findings.filter(({ finding }) => finding.rule === 'not-evaluated').map(({ finding }) => finding.title);
const fault = (file: string, line: number, message: string) => [
  'RENDER_FAILED',
  file,
  line,
  expect.stringContaining(`this change prevents ${message}`),
];

describe.skipIf(missing)(`a gap of a change${missing ? ' (skipped: no helm or kustomize in the tool cache)' : ''}`, () => {
  it.each<[string, Change, readonly unknown[]]>([
    [
      'asks for a value that only an installation has',
      { base: chart, head: { 'app/templates/pod.yaml': pod('app', required) } },
      fault('app/templates/pod.yaml', 1, 'chart app from being rendered: '),
    ],
    [
      'names a remote base',
      { base: overlay, head: { 'k/kustomization.yaml': elsewhere } },
      fault('k/kustomization.yaml', 1, 'kustomization k from being rendered: '),
    ],
    [
      'removes a file that a kustomization names',
      {
        base: { ...overlay, 'k/kustomization.yaml': 'resources: [pod.yaml, web.yaml]\n', 'k/web.yaml': pod('web') },
        head: {},
        removed: ['k/web.yaml'],
      },
      fault('k/kustomization.yaml', 1, 'kustomization k from being rendered: `web.yaml` does not exist'),
    ],
    [
      'removes the patch of a kustomization',
      {
        base: {
          ...overlay,
          'k/kustomization.yaml': 'resources: [pod.yaml]\npatchesStrategicMerge: [patch.yaml]\n',
          'k/patch.yaml': pod('k').replace('metadata: {', 'metadata: { labels: { a: b },'),
        },
        head: {},
        removed: ['k/patch.yaml'],
      },
      fault('k/kustomization.yaml', 1, 'kustomization k from being rendered: the kustomization does not build: k/patch.yaml'),
    ],
    [
      'removes the folder of a dependency',
      { base: withLib, head: {}, removed: ['app/charts'] },
      fault('app/Chart.yaml', 5, 'dependency lib of chart app from being rendered: it is not in app/charts/'),
    ],
    [
      'replaces a folder that nothing declares by a dependency that is elsewhere',
      {
        base: { ...chart, ...lib },
        head: { 'app/Chart.yaml': `${meta}dependencies:\n${dependency('lib')}` },
        removed: ['app/charts'],
      },
      fault('app/Chart.yaml', 5, 'dependency lib of chart app from being rendered: '),
    ],
    [
      'makes one release of several ask for a value',
      {
        base: { ...chart, 'app/values-production.yaml': 'tag: a\nstrict: true\n', 'app/values.yaml': 'tag: b\n' },
        head: {
          'app/templates/a.yaml': `{{ if .Values.strict }}${required.trim()}{{ end }}`,
          'app/values-production.yaml': 'tag: ""\nstrict: true\n',
        },
      },
      fault('app/templates/a.yaml', 1, 'chart app with values-production.yaml from being rendered: '),
    ],
    [
      'breaks a part of a kustomization and removes what used it',
      {
        base: { ...overlay, 'o/kustomization.yaml': 'resources: [../k]\n' },
        head: { 'k/kustomization.yaml': elsewhere },
        removed: ['o'],
      },
      fault('k/kustomization.yaml', 1, 'kustomization k from being rendered: '),
    ],
    [
      'puts a kustomization in the place of a chart',
      {
        base: chart,
        head: { 'app/kustomization.yaml': 'resources: ["https://example.com/base?ref=main"]\n' },
        removed: ['app/Chart.yaml', 'app/templates'],
      },
      fault('app/kustomization.yaml', 1, 'kustomization app from being rendered: '),
    ],
  ])('is a fault where it %s', async (_what, change, expected) => {
    const verdict = await changed(change);
    expect(faults(verdict)).toEqual([expected]);
    expect(verdict.outcome).toBe('error');
    expect(gaps(verdict)).toEqual([]);
    expect(faults(await changed(change, { compare: false }))).toHaveLength(1);
  });

  it.each<[string, Change, string]>([
    ['a new chart', { base: overlay, head: { ...chart, 'app/templates/pod.yaml': pod('app', required) } }, 'chart app was'],
    ['a new kustomization', { base: chart, head: { ...overlay, 'k/kustomization.yaml': elsewhere } }, 'kustomization k was'],
    [
      'a new dependency of an old chart',
      { base: withLib, head: { 'app/Chart.yaml': `${meta}dependencies:\n${dependency('lib')}${dependency('other')}` } },
      'dependency other of chart app was',
    ],
    [
      'what the base did not render either',
      { base: { ...chart, 'app/templates/pod.yaml': pod('app', required) }, head: { 'k/pod.yaml': pod('k') } },
      'chart app was',
    ],
    [
      // It is evaluated as deployers without the restriction build it.
      'a kustomization that now names a file outside its folder',
      { base: { ...overlay, 'web.yaml': pod('web') }, head: { 'k/kustomization.yaml': 'resources: [pod.yaml, ../web.yaml]\n' } },
      'kustomization k was',
    ],
  ])('is a finding where it is of %s', async (_what, change, title) => {
    for (const raw of [{}, { compare: false }]) {
      const verdict = await changed(change, raw);
      expect([faults(verdict), gaps(verdict)]).toEqual([[], [expect.stringContaining(title)]]);
    }
  });

  it('is a finding where a new release of an old chart asks for a value', async () => {
    const base = { ...chart, 'app/values.yaml': 'tag: a\n', 'app/templates/pod.yaml': pod('app', required) };
    const verdict = await changed({ base, head: { 'app/values-eu.yaml': 'tag: ""\n' } });
    expect([faults(verdict), gaps(verdict)]).toEqual([[], [expect.stringContaining('chart app with values-eu.yaml was')]]);
  });

  it('is the same fault for all shards and their merge', async () => {
    const { folder, baseSha } = await opened({
      base: { ...chart, 'deploy/web.yaml': privilegedDeployment },
      head: { 'app/templates/pod.yaml': pod('app', required) },
    });
    const asked = { workspace: folder, engines: 'cel', context: { baseSha } };
    const whole = await judge(asked);
    const { folder: reports } = await divide(asked, 2);
    const merged = await merge(asked, reports);
    expect(faults(merged.verdict)).toEqual(faults(whole.verdict));
    expect(merged.verdict.counts).toEqual(whole.verdict.counts);
    expect(gaps(merged.verdict)).toEqual([]);
  });
});
