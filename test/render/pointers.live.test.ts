// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Flux are written like this.
import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { application, chart, fieldsAt, gapsOf, image, kustomization, missing, privileged, run } from './pointer-support.ts';

describe.skipIf(missing)(`pointers, live${missing ? ' (skipped: no helm or kustomize in the tool cache)' : ''}`, () => {
  afterAll(removeTempFolders);

  it('render a chart with the values of an Application, in addition to its own', async () => {
    const set = await run({
      ...chart,
      'apps/shop.yaml': application(
        [
          'path: charts/app',
          'helm:',
          '  valuesObject:',
          '    privileged: true',
          '  parameters:',
          '    - name: image',
          '      value: web:2',
        ].join('\n'),
      ),
    });
    expect(set.failures).toEqual([]);
    expect(await fieldsAt(set, 'Pod', privileged)).toEqual(['false at charts/app/values.yaml:1', 'true at apps/shop.yaml:11']);
    expect(await fieldsAt(set, 'Pod', image)).toEqual(['web:1 at charts/app/values.yaml:2', 'web:2 at apps/shop.yaml:14']);
    expect(gapsOf(set)).toEqual([]);
  });

  it('find lines in values that are written as text', async () => {
    const set = await run({
      ...chart,
      'apps/shop.yaml': application(
        ['path: charts/app', 'helm:', '  values: |', '    image: web:3', '    privileged: true'].join('\n'),
      ),
    });
    expect(await fieldsAt(set, 'Pod', privileged)).toContain('true at apps/shop.yaml:12');
    expect(await fieldsAt(set, 'Pod', image)).toContain('web:3 at apps/shop.yaml:11');
  });

  it('read values files relative to the chart and to the repository', async () => {
    const set = await run({
      ...chart,
      'charts/app/values-eu.yaml': 'image: web:eu\n',
      'values/prod.yaml': '# production\nprivileged: true\n',
      'apps/shop.yaml': application('path: charts/app\nhelm: {valueFiles: [values-eu.yaml, /values/prod.yaml]}'),
    });
    expect(await fieldsAt(set, 'Pod', privileged)).toContain('true at values/prod.yaml:2');
    expect(await fieldsAt(set, 'Pod', image)).toContain('web:eu at charts/app/values-eu.yaml:1');
  });

  it('report a values file that does not exist', async () => {
    const set = await run({ ...chart, 'apps/shop.yaml': application('path: charts/app\nhelm: {valueFiles: [nowhere.yaml]}') });
    expect(gapsOf(set)).toEqual(['8: chart charts/app: the values file charts/app/nowhere.yaml does not exist']);
  });

  it('build a kustomization with the images and patches of an Application', async () => {
    const set = await run({
      ...kustomization,
      'apps/shop.yaml': application(
        [
          'path: web',
          'kustomize:',
          '  images:',
          '    - web=reg.example.com/web:9',
          '  patches:',
          '    - target: {kind: Pod}',
          '      patch: |',
          '        - {op: replace, path: /spec/containers/0/securityContext/privileged, value: true}',
        ].join('\n'),
      ),
    });
    expect(set.failures).toEqual([]);
    expect(await fieldsAt(set, 'Pod', image)).toEqual(['web:1 at web/pod.yaml:7', 'reg.example.com/web:9 at apps/shop.yaml:11']);
    expect(await fieldsAt(set, 'Pod', privileged)).toEqual(['false at web/pod.yaml:8', 'true at apps/shop.yaml:15']);
  });

  it('evaluate a kustomization as it is and as another pointer changes it, whichever comes first', async () => {
    for (const names of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const [changed = '', plain = ''] = names;
      const set = await run({
        ...kustomization,
        // Part of another one, so that it is built for its pointers only.
        'over/kustomization.yaml': 'resources: [../web]\nimages: [{name: web, newTag: over}]\n',
        [`apps/${changed}.yaml`]: application('path: web\nkustomize: {images: ["web:9"]}').replace(
          'name: shop',
          `name: ${changed}`,
        ),
        [`apps/${plain}.yaml`]: application('path: web').replace('name: shop', `name: ${plain}`),
      });
      const images = (await fieldsAt(set, 'Pod', image)).map((one) => one.split(' ')[0]);
      expect(images.toSorted()).toEqual(['web:1', 'web:9', 'web:over']);
    }
  });

  it('name the image of an override as the kustomization itself has renamed it', async () => {
    const set = await run({
      ...kustomization,
      'web/kustomization.yaml': 'resources: [pod.yaml]\nimages: [{name: web, newName: mirror/web}]\n',
      'apps/shop.yaml': application('path: web\nkustomize: {images: ["web:9"]}'),
    });
    expect((await fieldsAt(set, 'Pod', image)).map((one) => one.split(' ')[0])).toEqual(['mirror/web:1', 'web:9']);
  });

  it('substitute variables for a Flux Kustomization, and report those that are not known', async () => {
    const flux = [
      'apiVersion: kustomize.toolkit.fluxcd.io/v1',
      'kind: Kustomization',
      'metadata: {name: web, namespace: flux-system}',
      'spec:',
      '  path: ./web',
      '  sourceRef: {kind: GitRepository, name: flux-system}',
      '  postBuild:',
      '    substitute:',
      '      TAG: "7"',
      '    substituteFrom:',
      '      - {kind: Secret, name: cluster}',
      '',
    ].join('\n');
    const set = await run({
      'web/kustomization.yaml': 'resources: [pod.yaml]\n',
      'web/pod.yaml': kustomization['web/pod.yaml']
        .replace('web:1', 'web:${TAG}')
        .replace('name: web}', 'name: web, labels: {zone: "${ZONE}"}}'),
      'flux/web.yaml': flux,
    });
    expect(await fieldsAt(set, 'Pod', image)).toContain('web:7 at flux/web.yaml:9');
    expect(gapsOf(set)).toEqual(['11: ${ZONE} in web: Secret cluster is not in this repository, so its values are not known']);
  });

  it('render what a HelmRelease sets, in the namespace that it targets', async () => {
    const set = await run({
      ...chart,
      'flux/app.yaml':
        'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: app, namespace: flux-system}\nspec:\n  targetNamespace: shop\n  chart: {spec: {chart: ./charts/app, sourceRef: {kind: GitRepository, name: flux-system}}}\n  values:\n    privileged: true\n',
    });
    expect(await fieldsAt(set, 'Pod', privileged)).toContain('true at flux/app.yaml:8');
    expect(set.resources.find(({ name }) => name === 'shop-app')?.namespace).toBe('shop');
  });

  it('follow an Application that deploys others, and stop where one deploys itself', async () => {
    const set = await run({
      ...chart,
      'root.yaml': application('path: apps').replace('name: shop', 'name: root'),
      'apps/kustomization.yaml': 'resources: [shop.yaml, self.yaml]\n',
      'apps/shop.yaml': application('path: charts/app\nhelm: {valuesObject: {privileged: true}}'),
      'apps/self.yaml': application('path: apps').replace('name: shop', 'name: self'),
    });
    expect(set.failures).toEqual([]);
    expect((await fieldsAt(set, 'Pod', privileged)).filter((one) => one.startsWith('true'))).toHaveLength(1);
  });

  it('make Applications of an ApplicationSet with Go templates', async () => {
    const text = [
      'apiVersion: argoproj.io/v1alpha1',
      'kind: ApplicationSet',
      'metadata: {name: all, namespace: argocd}',
      'spec:',
      '  goTemplate: true',
      '  generators:',
      '    - list: {elements: [{env: dev, open: "false"}, {env: prod, open: "true"}]}',
      '  template:',
      "    metadata: {name: 'app-{{ .env }}'}",
      '    spec:',
      "      destination: {namespace: '{{ .env | upper | lower }}'}",
      '      source:',
      '        repoURL: https://git.example.com/org/repo',
      '        path: charts/app',
      '        helm:',
      '          parameters:',
      '            - name: privileged',
      "              value: '{{ .open }}'",
      '',
    ].join('\n');
    const set = await run({ ...chart, 'set.yaml': text });
    expect(set.resources.filter(({ kind }) => kind === 'Pod').map(({ name, namespace }) => `${namespace}/${name}`)).toEqual([
      'default/app',
      'dev/app-dev',
      'prod/app-prod',
    ]);
    expect(await fieldsAt(set, 'Pod', privileged)).toContain('true at set.yaml:18');
  });

  it.each(['--set-file=image=/etc/hostname', '--output-dir=out', '-f', 'Shop', 'a b', 'a'.repeat(54)])(
    'refuse %s as the name of a release, which Helm may take for an option',
    async (name) => {
      const set = await run({
        ...chart,
        'apps/shop.yaml': application(`path: charts/app\nhelm: {releaseName: ${JSON.stringify(name)}}`),
      });
      expect(set.failures).toEqual([]);
      expect(gapsOf(set)).toEqual([
        expect.stringContaining(`8: chart charts/app as release ${JSON.stringify(name)}: the name is not valid`),
      ]);
      expect(set.resources.filter(({ kind }) => kind === 'Pod')).toHaveLength(1);
    },
  );

  it('report a chart of another repository, and what a plugin renders', async () => {
    const set = await run({
      'plain/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
      'apps/a.yaml': application('chart: redis\ntargetRevision: 18.0.0'),
      'apps/b.yaml': application('path: plain\nplugin: {name: x}'),
    });
    expect(gapsOf(set)).toEqual([
      '8: chart redis 18.0.0 of https://git.example.com/org/repo: the chart is not in this repository',
      '9: path plain of https://git.example.com/org/repo: a config management plugin renders it, which the gate does not run',
    ]);
  });

  it('report a file of overrides that no Application of the repository uses', async () => {
    const source = { 'charts/app/.argocd-source-shop.yaml': 'helm: {parameters: [{name: privileged, value: "true"}]}\n' };
    const unused = [
      'what Argo CD deploys with charts/app/.argocd-source-shop.yaml: it changes what Argo CD renders from its folder, and no Application that is evaluated uses it',
    ];
    const subjects = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
      (await run({ ...chart, ...source, ...files })).gaps.map(({ subject, reason }) => `${subject}: ${reason}`);
    expect(await subjects({})).toEqual(unused);
    expect(await subjects({ 'apps/other.yaml': application('path: charts/app').replace('name: shop', 'name: other') })).toEqual(
      unused,
    );
    expect(await subjects({ 'apps/shop.yaml': application('path: charts/app') })).toEqual([]);
  });

  it('make it a gap, not a failure, that a chart which they deploy does not render with its own values', async () => {
    const broken = { ...chart, 'charts/app/values.yaml': 'privileged: false\nimage: {a: [b]}\n' };
    const template = chart['charts/app/templates/pod.yaml'].replace('| quote', '| trunc 63 | quote');
    const set = await run({
      ...broken,
      'charts/app/templates/pod.yaml': template,
      'apps/shop.yaml': application('path: charts/app\nhelm: {valuesObject: {image: "web:1", privileged: true}}'),
    });
    expect(set.failures).toEqual([]);
    expect(set.gaps.map(({ subject }) => subject)).toEqual(['chart charts/app with its own values']);
    expect(await fieldsAt(set, 'Pod', privileged)).toEqual(['true at apps/shop.yaml:9']);
  });

  it('add environments to what several of them deploy as it is, and take none away', async () => {
    const severity = { critical: 'block', high: 'block', medium: 'allow', low: 'allow', unknown: 'warn' } as const;
    const environments = ['production', 'staging'].map((name) => ({
      name,
      match: { paths: [`clusters/${name}/**`], namespaces: name === 'production' ? ['shop'] : [], labels: {} },
      severity,
    }));
    const to = (name: string, folder: string) => application(`path: ${folder}`).replace('name: shop', `name: ${name}`);
    const base = { 'over/kustomization.yaml': 'resources: [../web]\n', ...kustomization };
    const set = await run(
      {
        ...base,
        'clusters/staging/web.yaml': to('a', 'web'),
        'clusters/production/web.yaml': to('b', 'web'),
        'plain/pod.yaml': kustomization['web/pod.yaml'],
        'clusters/staging/plain.yaml': to('c', 'plain'),
      },
      { environments },
    );
    const pods = set.resources.filter(({ kind }) => kind === 'Pod');
    expect(pods.map(({ source: { unit }, environments: own }) => `${unit}: ${own.join()}`).toSorted()).toEqual([
      // Nothing names its namespace, so it may be deployed to production as well.
      'over: production',
      'plain/pod.yaml: production,staging',
      'web: production,staging',
    ]);
  });

  it('give what they deploy the environments that they are in', async () => {
    const environments = [
      {
        name: 'production',
        match: { paths: ['clusters/prod/**'], namespaces: [], labels: {} },
        severity: { critical: 'block', high: 'block', medium: 'allow', low: 'allow', unknown: 'warn' },
      },
    ] as const;
    const set = await run({ ...chart, 'clusters/prod/shop.yaml': application('path: charts/app') }, { environments });
    expect(set.resources.filter(({ kind }) => kind === 'Pod').map(({ environments: own }) => own)).toEqual([[], ['production']]);
    const plain = { 'plain/pod.yaml': kustomization['web/pod.yaml'], 'clusters/prod/plain.yaml': application('path: plain') };
    const asTheyAre = await run(
      { ...kustomization, ...plain, 'clusters/prod/web.yaml': application('path: web') },
      { environments },
    );
    expect(asTheyAre.resources.filter(({ kind }) => kind === 'Pod').map(({ environments: own }) => own)).toEqual([
      ['production'],
      ['production'],
    ]);
  });
});
