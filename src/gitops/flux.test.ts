import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { Pointer } from './deployable.ts';
import { resolve } from './resolve.ts';
import { workspaceOf } from './workspace.ts';

const workspace = workspaceOf(['charts/redis/Chart.yaml', 'apps/web/kustomization.yaml', 'plain/a.yaml']);

const sources = `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: own, namespace: flux-system}
spec: {url: "ssh://git@github.com/org/repo", ref: {branch: main}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: other, namespace: flux-system}
spec: {url: "https://github.com/org/other"}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: flux-system}
spec: {url: "https://charts.example.com"}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: podinfo, namespace: web}
spec: {url: "oci://ghcr.io/x/charts/podinfo", ref: {tag: 6.5.0}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: web}
data: {values.yaml: "a: 1", tag: "2.0", zone: eu}
`;

async function found(text: string) {
  const all = [sources, text].flatMap((file) => parseYaml({ file: 'x.yaml', text: file }).map(({ value }) => pointerOf(value)));
  const pointers = all.slice(-parseYaml({ file: 'x.yaml', text }).length);
  const resolved = await resolve(pointers, all, {
    here: { repositories: ['github.com/org/repo'], revisions: ['main'], workspace },
    clusters: [],
    goTemplate: () => Promise.reject(new Error('not used')),
    readText: () => Promise.reject(new Error('not used')),
  });
  return resolved.flatMap((one) => one.found);
}

function pointerOf(value: unknown): Pointer {
  const object = value as JsonObject;
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { name, namespace } = metadata;
  return {
    apiVersion: String(object.apiVersion),
    kind: String(object.kind),
    name: String(name),
    ...(typeof namespace === 'string' && { namespace }),
    object,
  };
}

const release = (spec: string) =>
  found(`apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: cache, namespace: web}\nspec: ${spec}`);
const kustomization = (spec: string) =>
  found(
    `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web, namespace: flux-system}\nspec: ${spec}`,
  );
const own = 'sourceRef: {kind: GitRepository, name: own, namespace: flux-system}';

describe('a HelmRelease', () => {
  it('of a chart in this repository has its values above those that it refers to', async () => {
    const spec = `{chart: {spec: {chart: ./charts/redis, ${own}}}, targetNamespace: db, valuesFrom: [{kind: ConfigMap, name: settings}, {kind: ConfigMap, name: settings, valuesKey: tag, targetPath: image.tag}], values: {privileged: true}}`;
    expect(await release(spec)).toMatchObject([
      {
        kind: 'release',
        chart: { kind: 'folder', folder: 'charts/redis' },
        name: 'db-cache',
        namespace: 'db',
        values: [
          { kind: 'text', text: 'a: 1', at: ['data', 'values.yaml'], of: { kind: 'ConfigMap', name: 'settings' } },
          { kind: 'text', text: '{"image":{"tag":"2.0"}}' },
          { kind: 'inline', values: { privileged: true }, at: ['spec', 'values'] },
        ],
      },
    ]);
  });

  it('reports values of the cluster as unavailable, in addition to the release without them', async () => {
    const spec = `{chart: {spec: {chart: ./charts/redis, ${own}}}, valuesFrom: [{kind: Secret, name: passwords}]}`;
    expect(await release(spec)).toMatchObject([
      { kind: 'release', name: 'cache', namespace: 'web' },
      { kind: 'unavailable', what: 'the values of Secret passwords' },
    ]);
  });

  it('of a HelmRepository or an OCIRepository is a chart outside the repository', async () => {
    const http =
      '{chart: {spec: {chart: redis, version: 18.x, sourceRef: {kind: HelmRepository, name: charts, namespace: flux-system}}}}';
    expect(await release(http)).toMatchObject([
      { kind: 'release', chart: { kind: 'repository', url: 'https://charts.example.com', name: 'redis', version: '18.x' } },
    ]);
    expect(await release('{chartRef: {kind: OCIRepository, name: podinfo}}')).toMatchObject([
      { kind: 'release', chart: { kind: 'repository', url: 'oci://ghcr.io/x/charts', name: 'podinfo', version: '6.5.0' } },
    ]);
  });

  it('of another repository, or of a source that is not here, is unavailable', async () => {
    const other =
      '{chart: {spec: {chart: ./charts/redis, sourceRef: {kind: GitRepository, name: other, namespace: flux-system}}}}';
    expect(await release(other)).toMatchObject([{ kind: 'unavailable', reason: 'it is in another repository' }]);
    const missing = '{chart: {spec: {chart: redis, sourceRef: {kind: HelmRepository, name: nowhere}}}}';
    expect(await release(missing)).toMatchObject([
      { kind: 'unavailable', reason: 'this repository has no HelmRepository nowhere' },
    ]);
  });

  it('changes what the chart rendered by its post-renderers, in their order', async () => {
    const spec = `{chart: {spec: {chart: ./charts/redis, ${own}}}, postRenderers: [{kustomize: {images: [{name: redis, newTag: "7"}], patchesJson6902: [{target: {kind: Pod}, patch: [{op: remove, path: /x}]}]}}], commonMetadata: {labels: {team: a}}}`;
    expect(await release(spec)).toMatchObject([
      {
        post: [
          {
            images: { value: [{ name: 'redis', newTag: '7' }] },
            patches: { value: [{ target: { kind: 'Pod' }, patch: '[{"op":"remove","path":"/x"}]' }] },
          },
        ],
        metadata: { labels: { team: 'a' }, annotations: {}, at: ['spec', 'commonMetadata'] },
      },
    ]);
  });
});

describe('a Flux Kustomization', () => {
  it('builds its path with what it adds', async () => {
    const spec = `{path: ./apps/web, ${own}, targetNamespace: web, images: [{name: a, newTag: "1"}], patches: [{patch: "[]"}]}`;
    expect(await kustomization(spec)).toMatchObject([
      {
        kind: 'kustomization',
        folder: 'apps/web',
        generate: false,
        overrides: {
          namespace: { value: 'web' },
          images: { value: [{ name: 'a', newTag: '1' }] },
          patches: { value: [{ patch: '[]' }], at: ['spec', 'patches'] },
        },
      },
    ]);
  });

  it('of a folder without a kustomization generates one', async () => {
    expect(await kustomization(`{path: ./plain, ${own}}`)).toMatchObject([{ folder: 'plain', generate: true }]);
  });

  it('takes substitutions from its spec before those of ConfigMaps, and reports what it cannot know', async () => {
    const from = '[{kind: ConfigMap, name: missing}, {kind: Secret, name: secret}]';
    const [found] = await kustomization(
      `{path: ./apps/web, ${own}, postBuild: {substitute: {zone: us}, substituteFrom: ${from}}}`,
    );
    expect(found).toMatchObject({
      substitutions: { values: { zone: { value: 'us' } }, unknown: [{ what: 'ConfigMap missing' }, { what: 'Secret secret' }] },
    });
  });

  it('of the source that bootstrap made, which is not in the repository, is of this repository', async () => {
    expect(await kustomization('{path: ./plain, sourceRef: {kind: GitRepository, name: flux-system}}')).toMatchObject([
      { kind: 'kustomization', folder: 'plain' },
    ]);
  });
});

describe('a HelmChart of k3s', () => {
  it('takes values of a HelmChartConfig of the same name', async () => {
    const text = `apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: traefik, namespace: kube-system}
spec: {chart: traefik, repo: "https://traefik.example.com", version: 1.2.3, valuesContent: "a: 1", set: {b: "2"}}
---
apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata: {name: traefik, namespace: kube-system}
spec: {valuesContent: "a: 2"}
`;
    expect(await found(text)).toMatchObject([
      {
        kind: 'release',
        chart: { kind: 'repository', name: 'traefik', version: '1.2.3' },
        values: [{ text: 'a: 1' }, { text: 'a: 2' }],
        parameters: [{ name: 'b', value: '2' }],
      },
    ]);
  });
});
