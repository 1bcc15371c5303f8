import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FieldPath } from '../../src/model/field-path.ts';
import type { Sources } from '../../src/model/sources.ts';
import { openSources } from '../../src/open-sources.ts';
import type { RenderedSet } from '../../src/render/render.ts';
import { withPlaces } from '../../src/trace/trace.ts';
import { chartArchive, indexFile, sha256 } from '../support/chart-archive.ts';
import { serve, stopServers } from '../support/loopback.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { gateConfig, ports, renderUntraced, repository } from './bench.ts';

const helm = await installedTool('helm');
const registry = await installedTool('registry');
const tools = (id: string) => (helm === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(helm));

const files = {
  'values.yaml': 'image: web:1\nprivileged: false\nhost: true\n',
  'values-small.yaml': 'image: small:1\nprivileged: false\nhost: false\n',
  'templates/pod.yaml': [
    'apiVersion: v1',
    'kind: Pod',
    'metadata: {name: "{{ .Release.Name }}"}',
    'spec:',
    '  hostNetwork: {{ .Values.host }}',
    '  containers:',
    '    - name: a',
    '      image: {{ .Values.image | quote }}',
    '      securityContext: {privileged: {{ .Values.privileged }}}',
    '',
  ].join('\n'),
};
const broken = {
  ...files,
  'templates/bad.yaml': '{{ if eq .Values.privileged true }}{{ fail "no" }}{{ index .Values.nothing 3 }}{{ end }}',
};
const privileged: FieldPath = ['spec', 'containers', 0, 'securityContext', 'privileged'];
const hostNetwork: FieldPath = ['spec', 'hostNetwork'];
const image: FieldPath = ['spec', 'containers', 0, 'image'];

let mirrors: Readonly<Record<string, string>> = {};
let running: TestRegistry | undefined;
beforeAll(async () => {
  if (registry === undefined) return;
  running = await startRegistry(registry.path);
  for (const version of ['1.2.0', '1.3.0'])
    await push(running.host, 'org/charts/shop', version, chartArchive('shop', version, files));
  const archives = new Map(['1.2.0', '1.10.0', '2.0.0-rc.1'].map((version) => [version, chartArchive('shop', version, files)]));
  const bad = chartArchive('bad', '1.0.0', broken);
  const entries = [...archives].map(([version, archive]) => ({ version, url: `shop-${version}.tgz`, digest: sha256(archive) }));
  const index = indexFile({ bad: [{ version: '1.0.0', url: 'bad.tgz', digest: sha256(bad) }], shop: entries });
  const { url } = await serve((request, response) => {
    const [, version = ''] = /shop-(.+)\.tgz$/.exec(request.url ?? '') ?? [];
    response.end(request.url?.endsWith('bad.tgz') ? bad : request.url?.endsWith('index.yaml') ? index : archives.get(version));
  });
  mirrors = { 'charts.example.com': url, 'ghcr.io': `http://${running.host}` };
});
afterAll(() => {
  running?.stop();
  stopServers();
  removeTempFolders();
});

/** As `helm push` does. */
async function push(host: string, name: string, tag: string, archive: Buffer): Promise<void> {
  const blob = async (content: Buffer | string) => {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    const answer = await fetch(`http://${host}/v2/${name}/blobs/uploads/?digest=${digest}`, {
      method: 'POST',
      body: new Uint8Array(Buffer.from(content)),
    });
    if (!answer.ok) throw new Error(`the registry answered ${answer.status}`);
    return { digest, size: Buffer.byteLength(content) };
  };
  const layer = { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', ...(await blob(archive)) };
  const config = { mediaType: 'application/vnd.cncf.helm.config.v1+json', ...(await blob('{}')) };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const body = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [layer] });
  const answer = await fetch(`http://${host}/v2/${name}/manifests/${tag}`, {
    method: 'PUT',
    body,
    headers: { 'content-type': mediaType },
  });
  if (!answer.ok) throw new Error(`the registry answered ${answer.status}`);
}

async function rendered(
  manifests: Readonly<Record<string, string>>,
): Promise<{ readonly set: RenderedSet; readonly sources: Sources }> {
  const config = gateConfig({ workspace: repository(manifests), sources: { allow: [], mirrors, offline: false } });
  const signal = new AbortController().signal;
  const context = { ports, rendererTools: tools, cacheDir: emptyFolder(), tempDir: emptyFolder(), signal };
  const sources = openSources({ config }, context);
  return { set: await renderUntraced(manifests, tools, { sources: config.sources }, { sources }), sources };
}

/** `value at file:line (inside)` of fields of the pods, traced as findings are. */
async function fieldsAt(set: RenderedSet, ...paths: readonly FieldPath[]): Promise<readonly string[]> {
  const wanted = new Map(set.resources.map(({ uid }) => [uid, paths]));
  const pods = (await withPlaces(set.resources, wanted, set.provenance, 2)).filter(({ kind }) => kind === 'Pod');
  return pods.flatMap(({ origin }) =>
    paths.map((path) => {
      const { file, line, inside } = origin.locate(path);
      return `${file}:${line}${inside === undefined ? '' : ` (${inside})`}`;
    }),
  );
}

const imagesOf = ({ images }: RenderedSet) => images.map(({ reference }) => reference);
const gapsOf = ({ pointers = new Map() }: RenderedSet) =>
  [...pointers.values()].flat().map(({ what, reason }) => `${what}: ${reason}`);

const application = (spec: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, namespace: argocd}\nspec:\n  destination: {namespace: web}\n  source:\n${spec}`;
const release = (chart: string) =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop, namespace: web}\nspec:\n${chart}`;

const missing = helm === undefined || registry === undefined;
describe.skipIf(missing)(`fetched charts, live${missing ? ' (skipped: no helm or registry in the tool cache)' : ''}`, () => {
  it('are rendered with the values of an Application, whose lines are those of the fields that it sets', async () => {
    const source =
      '    repoURL: https://charts.example.com\n    chart: shop\n    targetRevision: 1.2.0\n    helm:\n      valuesObject:\n        privileged: true\n';
    const { set, sources } = await rendered({ 'app.yaml': application(source) });
    expect(await fieldsAt(set, privileged, hostNetwork)).toEqual([
      'app.yaml:12',
      'app.yaml:8 (charts.example.com/shop-1.2.0/values.yaml:3)',
    ]);
    expect(set.failures).toEqual([]);
    expect(gapsOf(set)).toEqual([]);
    expect(sources.notes()).toEqual([]);
  });

  it('are the newest in the range of a HelmRelease, as Helm chooses, which is noted', async () => {
    const spec =
      '  chart: {spec: {chart: shop, version: ">=1.0.0 <2", sourceRef: {kind: HelmRepository, name: stable}, valuesFiles: [values-small.yaml]}}\n';
    const repositories =
      'apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: stable, namespace: web}\nspec: {url: https://charts.example.com}\n';
    const { set, sources } = await rendered({ 'release.yaml': release(spec), 'repositories.yaml': repositories });
    expect(imagesOf(set)).toEqual(['small:1']);
    expect(await fieldsAt(set, image)).toEqual(['release.yaml:5 (charts.example.com/shop-1.10.0/values-small.yaml:1)']);
    expect(sources.notes()).toEqual([
      expect.stringMatching(/^chart shop >=1\.0\.0 <2 of https:\/\/charts\.example\.com is 1\.10\.0 \(sha256:[0-9a-f]{64}\)$/),
    ]);
  });

  it('come from a registry by tag, range and digest', async () => {
    const repositories = (ref: string) =>
      `apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: shop, namespace: web}\nspec: {url: oci://ghcr.io/org/charts/shop, ref: ${ref}}\n`;
    const spec = '  chartRef: {kind: OCIRepository, name: shop}\n  values: {image: "mine:1"}\n';
    for (const ref of ['{tag: 1.2.0}', '{semver: "1.x"}']) {
      const { set } = await rendered({ 'release.yaml': release(spec), 'repositories.yaml': repositories(ref) });
      expect(imagesOf(set)).toEqual(['mine:1']);
      const version = ref.includes('tag') ? '1.2.0' : '1.3.0';
      expect(await fieldsAt(set, image, hostNetwork)).toEqual([
        'release.yaml:6',
        `release.yaml:5 (ghcr.io/org/charts/shop-${version}/values.yaml:3)`,
      ]);
    }
    const { set } = await rendered({
      'app.yaml': application('    repoURL: ghcr.io/org/charts\n    chart: shop\n    targetRevision: 1.2.0\n'),
    });
    expect(imagesOf(set)).toEqual(['web:1']);
  });

  it('that do not render are a gap at the line that asks for them', async () => {
    const source =
      '    repoURL: https://charts.example.com\n    chart: bad\n    targetRevision: 1.0.0\n    helm: {values: "privileged: true"}\n';
    const { set } = await rendered({ 'app.yaml': application(source) });
    expect(set.failures).toEqual([]);
    expect(set.gaps).toMatchObject([
      {
        ...{
          file: 'app.yaml',
          line: 8,
          subject: 'chart bad of https://charts.example.com as Application argocd/shop deploys it',
        },
        reason: expect.stringMatching(/^charts\.example\.com\/bad-1\.0\.0\/templates\/bad\.yaml:1: .*no/),
      },
    ]);
  });

  it('that were not fetched are a gap with the reason', async () => {
    const source = '    repoURL: https://charts.example.com\n    chart: shop\n    targetRevision: 7.0.0\n';
    const { set } = await rendered({ 'app.yaml': application(source) });
    expect(gapsOf(set)).toEqual([
      'chart shop 7.0.0 of https://charts.example.com: the repository https://charts.example.com/ has no version 7.0.0 of chart shop',
    ]);
  });

  describe('as dependencies of a chart', () => {
    const own = (dependencies: string) => ({
      'charts/web/Chart.yaml': `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n${dependencies}`,
      'charts/web/values.yaml': 'shop:\n  image: from-parent:1\n',
    });
    const shop = (version: string, more = '') =>
      `  - name: shop\n    version: "${version}"\n    repository: https://charts.example.com\n${more}`;

    it('are rendered, at the line of the dependency or of the values', async () => {
      const { set } = await rendered(own(shop('1.2.0')));
      expect(set.gaps).toEqual([]);
      expect(imagesOf(set)).toEqual(['from-parent:1']);
      expect(await fieldsAt(set, image, privileged)).toEqual([
        'charts/web/values.yaml:2',
        'charts/web/Chart.yaml:5 (charts.example.com/shop-1.2.0/values.yaml:2)',
      ]);
    });

    it('have the version of Chart.lock, and the newest of the range without', async () => {
      const chart = own(shop('>=1.0.0'));
      const lock = 'dependencies:\n- name: shop\n  repository: https://charts.example.com\n  version: 1.2.0\n';
      for (const [files, version] of [
        [{ ...chart, 'charts/web/Chart.lock': lock }, '1.2.0'],
        [chart, '1.10.0'],
      ] as const) {
        const { set } = await rendered(files);
        expect(await fieldsAt(set, privileged)).toEqual([
          `charts/web/Chart.yaml:5 (charts.example.com/shop-${version}/values.yaml:2)`,
        ]);
      }
    });

    it('may be two versions by two aliases', async () => {
      const { set } = await rendered(own(`${shop('1.2.0', '    alias: one\n')}${shop('1.10.0', '    alias: two\n')}`));
      expect(set.failures).toEqual([]);
      expect(set.resources).toHaveLength(2);
      expect((await fieldsAt(set, privileged)).every((place) => place.startsWith('charts/web/Chart.yaml:'))).toBe(true);
    });

    it('that are missing are a gap with the reason, one of two versions as well, and of a chart by file://', async () => {
      const two = `${shop('1.2.0', '    alias: one\n')}${shop('9.0.0', '    alias: two\n')}`;
      const inner = {
        'charts/outer/Chart.yaml':
          'apiVersion: v2\nname: outer\nversion: 1.0.0\ndependencies:\n  - {name: web, version: 1.0.0, repository: "file://../web"}\n',
      };
      const { set } = await rendered({ ...own(two), ...inner });
      expect(set.failures).toEqual([]);
      expect(set.gaps.map(({ subject, reason }) => `${subject}: ${reason}`)).toEqual(
        ['outer', 'web'].map(
          (name) =>
            `dependency shop of chart charts/${name}: it is not in charts/${name}/charts/, and the repository https://charts.example.com/ has no version 9.0.0 of chart shop`,
        ),
      );
    });

    it('that the values switch off are not a gap', async () => {
      const { set } = await rendered({
        ...own(shop('9.0.0', '    condition: shop.enabled\n')),
        'charts/web/values.yaml': 'shop: {enabled: false}\n',
      });
      expect(set.gaps).toEqual([]);
    });
  });
});
