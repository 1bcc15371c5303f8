// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Flux are written like this.
import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { application, chart, fieldsAt, gapsOf, image, kustomization, missing, privileged, run } from './pointer-support.ts';

const indented = (lines: string): readonly string[] => lines.split('\n').map((line) => `  ${line}`);
const release = (lines: string) =>
  [
    'apiVersion: helm.toolkit.fluxcd.io/v2',
    'kind: HelmRelease',
    'metadata: {name: app, namespace: web}',
    'spec:',
    '  chart: {spec: {chart: ./charts/app, sourceRef: {kind: GitRepository, name: flux-system}}}',
    ...indented(lines),
    '',
  ].join('\n');
const flux = (lines: string) =>
  [
    'apiVersion: kustomize.toolkit.fluxcd.io/v1',
    'kind: Kustomization',
    'metadata: {name: web, namespace: flux-system}',
    'spec:',
    '  path: ./web',
    '  sourceRef: {kind: GitRepository, name: flux-system}',
    ...indented(lines),
    '',
  ].join('\n');
const pod = kustomization['web/pod.yaml'];

describe.skipIf(missing)(
  `changes of pointers, live${missing ? ' (skipped: no helm or kustomize in the tool cache)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it('apply the post-renderers and the common metadata of a HelmRelease, each at its line', async () => {
      const set = await run({
        ...chart,
        'flux/app.yaml': release(
          [
            'postRenderers:',
            '  - kustomize:',
            '      images:',
            '        - name: web',
            '          newTag: "9"',
            '  - kustomize:',
            '      patches:',
            '        - target: {kind: Pod}',
            '          patch: |',
            '            - op: add',
            '              path: /spec/hostNetwork',
            '              value: true',
            'commonMetadata:',
            '  labels:',
            '    team: a',
          ].join('\n'),
        ),
      });
      expect(gapsOf(set)).toEqual([]);
      expect(await fieldsAt(set, 'Pod', image)).toContain('web:9 at flux/app.yaml:10');
      expect(await fieldsAt(set, 'Pod', ['spec', 'hostNetwork'])).toContain('true at flux/app.yaml:17');
      expect(await fieldsAt(set, 'Pod', ['metadata', 'labels', 'team'])).toContain('a at flux/app.yaml:20');
      expect(await fieldsAt(set, 'Pod', privileged)).toContain('false at charts/app/values.yaml:1');
    });

    it('evaluate the chart without a post-renderer that kustomize refuses, which is a gap', async () => {
      const set = await run({
        ...chart,
        'flux/app.yaml': release(
          'postRenderers:\n  - kustomize: {patches: [{target: {kind: Pod}, patch: "- {op: remove, path: /spec/nowhere}"}]}',
        ),
      });
      expect(gapsOf(set)).toEqual([
        expect.stringMatching(/^7: chart charts\/app with the post-renderers .*evaluated without them$/),
      ]);
      expect(await fieldsAt(set, 'Pod', image)).toHaveLength(2);
    });

    it('evaluate a hook that a post-renderer changes with and without it', async () => {
      const template = chart['charts/app/templates/pod.yaml'].replace(
        'metadata: {',
        'metadata: {annotations: {helm.sh/hook: pre-install}, ',
      );
      const patch = '- {op: replace, path: /spec/containers/0/securityContext/privileged, value: false}';
      const set = await run({
        ...chart,
        'charts/app/templates/pod.yaml': template,
        'flux/app.yaml': release(
          `values: {privileged: true}\npostRenderers:\n  - kustomize: {patches: [{target: {kind: Pod}, patch: "${patch}"}]}`,
        ),
      });
      const values = (await fieldsAt(set, 'Pod', privileged)).map((one) => one.split(' ')[0]);
      expect(values.toSorted()).toEqual(['false', 'false', 'true']);
    });

    it('make a kustomization of a folder that has none, as Flux does', async () => {
      const set = await run({
        'web/pod.yaml': pod,
        'web/more/api.yml': pod.replaceAll('web', 'api'),
        'web/built/kustomization.yaml': 'resources: [cron.yaml]\nnamePrefix: in-\n',
        'web/built/cron.yaml': pod.replaceAll('web', 'cron'),
        'flux/web.yaml': flux(
          'targetNamespace: shop\nimages:\n  - name: web\n    newTag: "9"\npostBuild: {substitute: {A: b}}\ncommonMetadata:\n  annotations: {owner: me}',
        ),
      });
      expect(set.failures).toEqual([]);
      expect(gapsOf(set)).toEqual([]);
      const deployed = set.resources.filter(({ namespace }) => namespace === 'shop');
      expect(deployed.map(({ name }) => name).toSorted()).toEqual(['api', 'in-cron', 'web']);
      const images = await fieldsAt(set, 'Pod', image);
      expect(images).toContain('web:9 at flux/web.yaml:10');
      expect(images.filter((one) => one === 'api:1 at web/more/api.yml:7')).toHaveLength(2);
      expect(await fieldsAt(set, 'Pod', ['metadata', 'namespace'])).toContain('shop at flux/web.yaml:7');
      expect(await fieldsAt(set, 'Pod', ['metadata', 'annotations', 'owner'])).toContain('me at flux/web.yaml:13');
    });

    it('report a folder that Flux cannot make a kustomization of, and evaluate its manifests as they are', async () => {
      const set = await run({
        'web/pod.yaml': pod,
        'web/values.yaml': 'replicas: 1\n',
        'flux/web.yaml': flux('targetNamespace: shop'),
      });
      expect(gapsOf(set)).toEqual([
        expect.stringMatching(/^5: folder web as this Kustomization changes it: the kustomization does not build/),
      ]);
      expect(await fieldsAt(set, 'Pod', image)).toEqual(['web:1 at web/pod.yaml:7']);
    });

    it('replace the prefix of a kustomization instead of adding one, as Argo CD and Flux do', async () => {
      const own = 'resources: [pod.yaml]\nnamePrefix: own-\nimages: [{name: web, newTag: "2"}]\n';
      const files = { ...kustomization, 'web/kustomization.yaml': own };
      const argo = application('path: web\nkustomize: {namePrefix: eu-, images: ["web=reg/web"]}');
      const [, byArgo] = await podsOf({ ...files, 'apps/shop.yaml': argo });
      expect(byArgo).toBe('eu-web reg/web:1');
      const [, byFlux] = await podsOf({
        ...files,
        'flux/web.yaml': flux('namePrefix: eu-\nimages: [{name: web, newName: reg/web}]'),
      });
      expect(byFlux).toBe('eu-web reg/web:2');
    });

    it('read a patch of Argo CD that is a file of the folder', async () => {
      const set = await run({
        ...kustomization,
        'web/patches/open.yaml': '# why\n- op: replace\n  path: /spec/containers/0/securityContext/privileged\n  value: true\n',
        'apps/shop.yaml': application(
          'path: web\nkustomize:\n  patches:\n    - path: patches/open.yaml\n      target: {kind: Pod}',
        ),
      });
      expect(await fieldsAt(set, 'Pod', privileged)).toContain('true at web/patches/open.yaml:4');
    });

    it('report a label that Argo CD would refuse to set, unless it is forced to', async () => {
      const files = { ...kustomization, 'web/kustomization.yaml': 'resources: [pod.yaml]\ncommonLabels: {team: a}\n' };
      const set = await run({ ...files, 'apps/shop.yaml': application('path: web\nkustomize: {commonLabels: {team: b}}') });
      expect(gapsOf(set)).toEqual([
        '9: kustomization web as this Application changes it: Argo CD refuses it: the kustomization already has the label team',
      ]);
      const forced = await run({
        ...files,
        'apps/shop.yaml': application('path: web\nkustomize: {commonLabels: {team: b}, forceCommonLabels: true}'),
      });
      expect(gapsOf(forced)).toEqual([]);
      expect(await fieldsAt(forced, 'Pod', ['metadata', 'labels', 'team'])).toEqual([
        'a at web/kustomization.yaml:2',
        'b at apps/shop.yaml:9',
      ]);
    });

    it('find values and variables in the ConfigMap that has them', async () => {
      const set = await run({
        ...chart,
        ...kustomization,
        'web/pod.yaml': pod.replace('web:1', 'web:${TAG}'),
        'flux/settings.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: web}\ndata:\n  values.yaml: |\n    # open\n    privileged: true\n',
        'flux/vars.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vars, namespace: flux-system}\ndata:\n  TAG: "5"\n',
        'flux/app.yaml': release('valuesFrom: [{kind: ConfigMap, name: settings}]'),
        'flux/web.yaml': flux('postBuild: {substituteFrom: [{kind: ConfigMap, name: vars}]}'),
      });
      expect(await fieldsAt(set, 'Pod', privileged)).toContain('true at flux/settings.yaml:7');
      expect(await fieldsAt(set, 'Pod', image)).toContain('web:5 at flux/vars.yaml:5');
    });
  },
);

async function podsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { resources } = await run(files);
  return resources
    .filter(({ kind }) => kind === 'Pod')
    .map(({ name, object }) => `${name} ${/"image":"([^"]+)"/.exec(JSON.stringify(object))?.[1] ?? ''}`);
}
