// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Flux are written like this.
import { afterAll, describe, expect, it } from 'vitest';
import { pointerFindings } from '../../src/findings/pointers.ts';
import { valueAt } from '../../src/model/field-path.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { application, chart, gapsOf, kustomization, missing, privileged, run } from './pointer-support.ts';

type Files = Readonly<Record<string, string>>;

const pod = (name: string, value: boolean) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  containers:\n    - name: a\n      image: web:1\n      securityContext: {privileged: ${value}}\n`;
const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '  ');
const release = (spec: string, version = 'v2') =>
  `apiVersion: helm.toolkit.fluxcd.io/${version}\nkind: HelmRelease\nmetadata: {name: app, namespace: shop}\nspec:\n${indented(spec)}\n`;
const flux = (spec: string, version = 'v1', name = 'web') =>
  `apiVersion: kustomize.toolkit.fluxcd.io/${version}\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec:\n  sourceRef: {kind: GitRepository, name: flux-system}\n${indented(spec)}\n`;
const ofGit = (more = '') =>
  `chart:\n  spec:\n    chart: ./charts/app\n    sourceRef: {kind: GitRepository, name: flux-system}\n${more}`;
const map = (file: string, text: string): Files => ({
  [file]: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: shop}\ndata:\n  values.yaml: '${text}'\n`,
});
const closed =
  '[{target: {kind: Pod}, patch: "- {op: replace, path: /spec/containers/0/securityContext/privileged, value: false}"}]';
/** A kustomization that makes what it uses harmless. */
const patched = {
  'k/kustomization.yaml': `resources: [sub/pod.yaml]\npatches: ${closed}\n`,
  'k/sub/pod.yaml': pod('hidden', true),
};

async function privilegedPods(files: Files): Promise<readonly string[]> {
  const set = await run(files);
  expect([...gapsOf(set), ...set.failures.map(({ message }) => message)]).toEqual([]);
  return set.resources.filter(({ object }) => valueAt(object, privileged) === true).map(({ name }) => name);
}

describe.skipIf(missing)(`a pointer hides nothing${missing ? ' (skipped: no helm or kustomize)' : ''}`, () => {
  afterAll(removeTempFolders);

  it.each<readonly [string, string, Files]>([
    [
      'a file that a kustomization patches, deployed as it is by Argo CD',
      'hidden',
      { ...patched, 'app.yaml': application('path: k/sub') },
    ],
    [
      'the folder of a kustomization, deployed as a directory',
      'hidden',
      { ...patched, 'app.yaml': application('path: k\ndirectory: {recurse: true, exclude: kustomization.yaml}') },
    ],
    [
      'a file that a kustomization patches, deployed as it is by Flux',
      'hidden',
      { ...patched, 'flux.yaml': flux('path: ./k/sub') },
    ],
    [
      'patchesStrategicMerge of an older Kustomization of Flux',
      'web',
      {
        ...kustomization,
        'flux.yaml': flux(
          'path: ./web\npatchesStrategicMerge:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: web}\n    spec: {containers: [{name: a, securityContext: {privileged: true}}]}',
          'v1beta2',
        ),
      },
    ],
    [
      'patchesJson6902 of an older Kustomization of Flux',
      'web',
      {
        ...kustomization,
        'flux.yaml': flux(
          'path: ./web\npatchesJson6902:\n  - target: {kind: Pod, name: web, version: v1}\n    patch: [{op: replace, path: /spec/containers/0/securityContext/privileged, value: true}]',
          'v1beta2',
        ),
      },
    ],
    [
      'valuesFile of an older HelmRelease',
      'app',
      {
        ...chart,
        'open.yaml': 'image: a\nprivileged: true\n',
        'app.yaml': release(ofGit('    valuesFile: open.yaml\n'), 'v2beta1'),
      },
    ],
    [
      'a chart by a HelmChart',
      'app',
      {
        ...chart,
        'chart.yaml':
          'apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmChart\nmetadata: {name: app, namespace: shop}\nspec:\n  chart: ./charts/app\n  sourceRef: {kind: GitRepository, name: flux-system}\n',
        'app.yaml': release('chartRef: {kind: HelmChart, name: app}\nvalues: {privileged: true}'),
      },
    ],
    [
      'values that a variable opens',
      'app',
      {
        ...chart,
        'clusters/kustomization.yaml': 'resources: [inner.yaml]\n',
        'clusters/inner.yaml': release(ofGit('values: {privileged: "${OPEN}"}')),
        'flux.yaml': flux('path: ./clusters\npostBuild: {substitute: {OPEN: "true"}}'),
      },
    ],
    [
      'the nearer of two ConfigMaps of one name',
      'app',
      {
        ...chart,
        ...map('a/m.yaml', 'privileged: true'),
        ...map('zz/m.yaml', 'privileged: false'),
        'a/app.yaml': release(ofGit('valuesFrom: [{kind: ConfigMap, name: m}]')),
      },
    ],
    [
      'a list in a List',
      'listed',
      {
        ...chart,
        'list.yaml': `apiVersion: v1\nkind: List\nitems:\n  - ${application('path: charts/app\nhelm: {valuesObject: {privileged: true}}').replace('name: shop', 'name: listed').trimEnd().replaceAll('\n', '\n    ')}\n`,
      },
    ],
    [
      'an Application that a kustomization patches',
      'shop',
      {
        ...chart,
        'o/kustomization.yaml':
          'resources: [app.yaml]\npatches:\n  - target: {kind: Application}\n    patch: |\n      - {op: add, path: /spec/source/helm, value: {parameters: [{name: privileged, value: "true"}]}}\n',
        'o/app.yaml': application('path: charts/app'),
      },
    ],
  ])('evaluates %s', async (_name, expected, files) => {
    expect(await privilegedPods(files)).toContain(expected);
  });

  it.each<readonly [string, RegExp, Files]>([
    [
      'a ConfigMap whose text sets several values',
      /the values of ConfigMap m: its text sets several values/,
      {
        ...chart,
        ...map('m.yaml', 'web:2,privileged=true'),
        'app.yaml': release(ofGit('valuesFrom: [{kind: ConfigMap, name: m, targetPath: image}]')),
      },
    ],
    [
      'a ConfigMap that may be another one',
      /several different ones \(a\/m\.yaml, zz\/m\.yaml\)|several different ones \(zz\/m\.yaml, a\/m\.yaml\)/,
      {
        ...chart,
        ...map('a/m.yaml', 'privileged: true'),
        ...map('zz/m.yaml', 'privileged: false'),
        'b/app.yaml': release(ofGit('valuesFrom: [{kind: ConfigMap, name: m}]')),
      },
    ],
    [
      'a parameter that is a file of elsewhere',
      /with the parameter image: https:\/\/x\.example\.com\/a is downloaded/,
      {
        ...chart,
        'app.yaml': application('path: charts/app\nhelm:\n  fileParameters: [{name: image, path: https://x.example.com/a}]'),
      },
    ],
    [
      'values for a chart of k3s',
      /chart traefik with these values/,
      {
        'c.yaml':
          'apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nmetadata: {name: traefik, namespace: kube-system}\nspec: {valuesContent: "hostNetwork: true"}\n',
      },
    ],
  ])('reports %s', async (_name, gap, files) => {
    expect(gapsOf(await run(files)).join('\n')).toMatch(gap);
  });

  it('reports what the Flux Operator deploys', async () => {
    const set = await run({
      'c.yaml':
        'apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: {name: a, namespace: flux-system}\nspec: {resources: []}\n',
    });
    expect(pointerFindings(set).map(({ rule }) => rule)).toEqual(['not-evaluated']);
  });

  it('takes a kustomization with a remote base for a gap, also where pointers deploy and change it', async () => {
    const set = await run({
      'web/kustomization.yaml': 'resources:\n  - https://github.com/org/repo//base?ref=v1\n  - pod.yaml\n',
      'web/pod.yaml': pod('p', true),
      'flux.yaml': flux('path: ./web'),
      'app.yaml': application('path: web\nkustomize: {namePrefix: a-}'),
    });
    expect(set.failures).toEqual([]);
    expect(set.gaps).toMatchObject([{ subject: 'kustomization web', reason: expect.stringContaining('is remote') }]);
  });

  it('reads `valuesFiles` in the place of the values of the chart', async () => {
    const set = await run({
      ...chart,
      'charts/app/templates/pod.yaml': `${chart['charts/app/templates/pod.yaml']}      args: [{{ .Values.extra | default "none" | quote }}]\n`,
      'charts/app/values.yaml': 'image: web:1\nprivileged: true\nextra: own\n',
      'charts/app/prod.yaml': 'image: web:2\nprivileged: false\n',
      'app.yaml': release(
        ofGit('    valuesFiles: [charts/app/prod.yaml, charts/app/absent.yaml]\n    ignoreMissingValuesFiles: true\n'),
      ).replace('name: app, namespace', 'name: prod, namespace'),
    });
    expect(set.failures).toEqual([]);
    const [deployed] = set.resources.filter(({ name }) => name === 'prod').filter(({ kind }) => kind === 'Pod');
    expect(deployed?.object).toMatchObject({ spec: { containers: [{ image: 'web:2', args: ['none'] }] } });
  });
});
