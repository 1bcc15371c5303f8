import { afterAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/discover/discover.ts';
import { wantedFields } from '../../src/findings/wanted.ts';
import type { EngineRun } from '../../src/model/engine-run.ts';
import type { FieldPath } from '../../src/model/field-path.ts';
import { GateError } from '../../src/model/gate-error.ts';
import type { Processes } from '../../src/ports/ports.ts';
import { render } from '../../src/render/render.ts';
import { locate } from '../../src/trace/locate.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { gateConfig, placeOf, ports, repository } from './bench.ts';

const found = { helm: await installedTool('helm'), kustomize: await installedTool('kustomize') };
const missing = found.helm === undefined || found.kustomize === undefined;
const tools = (id: string) => {
  const tool = id === 'helm' ? found.helm : found.kustomize;
  return tool === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(tool);
};

const pod = (image: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: ${image}}]}\n`;
const files = {
  'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
  'c/values.yaml': 'image: web:1\nhostPID: false\n',
  'c/staging.yaml': 'image: web:2\n',
  'c/templates/pod.yaml': pod('{{ .Values.image }}'),
  'k/kustomization.yaml': 'resources: [pod.yaml]\nimages: [{name: web, newTag: "3"}]\n',
  'k/pod.yaml': pod('web:1'),
};
const image: FieldPath = ['spec', 'containers', 0, 'image'];

/** Renders the files, and counts each start of helm and kustomize from then on. */
async function rendered() {
  const started: string[] = [];
  const processes: Processes = {
    ...ports.processes,
    run(request) {
      started.push(`${request.args[0]}${request.args.some((arg) => arg.endsWith('values-0.yaml')) ? ' with values' : ''}`);
      return ports.processes.run(request);
    },
  };
  const charts = [{ path: 'c', releaseName: 'c', namespace: 'shop', releases: [{ values: [] }, { values: ['staging.yaml'] }] }];
  const config = gateConfig({ workspace: repository(files), helm: { kubeVersion: '1.34.0', apiVersions: [], charts } });
  const counted = { ...ports, processes };
  const context = { ports: counted, tools, tempDir: emptyFolder(), signal: new AbortController().signal };
  const set = await render(await discover(config, ports), config, context);
  expect(set.failures).toEqual([]);
  return { set, started, provenance: set.provenance };
}

const completed = {
  status: 'completed',
  engine: 'cel',
  version: '1',
  findings: [],
  coverage: [],
  notes: [],
  durationMs: 0,
} as const;

describe.skipIf(missing)(`renderings${missing ? ' (skipped: no helm or kustomize in the tool cache)' : ''}`, () => {
  afterAll(removeTempFolders);

  it('starts a tool once for each release and kustomization if nothing has a finding', async () => {
    const { set, started, provenance } = await rendered();
    const runs: readonly EngineRun[] = [completed];
    const located = await locate({ set, runs, provenance }, wantedFields({ set, runs }), 2);
    expect(started.toSorted()).toEqual(['build', 'template', 'template with values']);
    expect(located.set.resources).toBe(set.resources);
  });

  it('renders again only what has a finding, and locates errors about its fields as well', async () => {
    const { set, started, provenance } = await rendered();
    const release = set.resources.find(({ object }) => JSON.stringify(object).includes('web:2'));
    const built = set.resources.find(({ source }) => source.kind === 'kustomize');
    const [uid, other] = [release?.uid ?? '', built?.uid ?? ''];
    const before = started.length;
    const runs: readonly EngineRun[] = [
      {
        ...completed,
        findings: [
          {
            engine: 'cel',
            rule: 'tag',
            category: 'policy',
            title: 'a tag',
            severity: 'high',
            subject: { kind: 'resource', resource: uid, path: image },
          },
        ],
        coverage: [
          {
            target: { kind: 'resource', resource: other },
            status: 'failed',
            error: new GateError('MANIFEST_INVALID', {
              message: 'wrong',
              file: 'x',
              line: 1,
              field: { resource: other, path: image },
            }),
          },
        ],
      },
    ];
    const located = await locate({ set, runs, provenance }, wantedFields({ set, runs }), 2);
    const again = new Set(started.slice(before));
    expect(again).toEqual(new Set(['build', 'template with values']));
    expect(
      placeOf(
        located.set.resources.find((one) => one.uid === uid),
        ...image,
      ),
    ).toBe('c/staging.yaml:1 field');
    const [run] = located.runs;
    const [entry] = run?.status === 'completed' ? run.coverage : [];
    expect(entry?.status === 'failed' ? entry.error.message : '').toMatch(/^k\/kustomization\.yaml:2\b.*wrong/);
  });
});
