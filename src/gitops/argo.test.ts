import { describe, expect, it } from 'vitest';
import { parseYaml } from '../yaml/yaml.ts';
import { readApplication } from './argo.ts';
import { parseImage } from './argo-kustomize.ts';
import type { Pointer } from './deployable.ts';
import type { Here } from './here.ts';
import { workspaceOf } from './workspace.ts';

const here: Here = {
  repositories: ['github.com/org/repo'],
  revisions: ['main'],
  workspace: workspaceOf([
    'charts/shop/Chart.yaml',
    'charts/shop/values-prod.yaml',
    'values/a.yaml',
    'values/b.yaml',
    'apps/web/kustomization.yaml',
    'plain/deploy.yaml',
  ]),
};

/** An Application whose source is given as YAML of one line. */
function read(source: string, extra = '', at = here) {
  const spec = `{project: shop, destination: {name: prod, namespace: web}, ${extra} source: ${source}}`;
  return readSpecText(spec, at);
}

function readSpecText(spec: string, at = here) {
  const object = parseYaml({ file: 'app.yaml', text: `metadata: {name: app}\nspec: ${spec}` })[0]?.value;
  const application = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', name: 'app', object } as Pointer;
  return readApplication(application, at);
}

const repository = 'repoURL: "https://github.com/org/repo.git"';

describe('an Application', () => {
  it('that names a chart is a release with its values in the order in which Helm reads them', () => {
    const helm = `{releaseName: shop, valueFiles: [values-prod.yaml, /values/a.yaml], values: "a: 1", parameters: [{name: b, value: "x,y"}, {name: c, value: "1", forceString: true}]}`;
    expect(read(`{${repository}, path: charts/shop, helm: ${helm}}`)).toEqual([
      {
        kind: 'release',
        at: ['spec', 'source', 'path'],
        destination: { cluster: 'prod', namespace: 'web', project: 'shop' },
        chart: { kind: 'folder', folder: 'charts/shop' },
        name: 'shop',
        namespace: 'web',
        values: [
          {
            kind: 'file',
            path: 'charts/shop/values-prod.yaml',
            optional: false,
            at: ['spec', 'source', 'helm', 'valueFiles', 0],
          },
          { kind: 'file', path: 'values/a.yaml', optional: false, at: ['spec', 'source', 'helm', 'valueFiles', 1] },
          { kind: 'text', text: 'a: 1', at: ['spec', 'source', 'helm', 'values'] },
        ],
        parameters: [
          { kind: 'value', name: 'b', value: 'x\\,y', at: ['spec', 'source', 'helm', 'parameters', 0, 'value'] },
          { kind: 'string', name: 'c', value: '1', at: ['spec', 'source', 'helm', 'parameters', 1, 'value'] },
        ],
        includeCrds: true,
        options: [],
        apiVersions: [],
        post: [],
      },
    ]);
  });

  it('takes valuesObject instead of values, and reads patterns of values files in the order of their names', () => {
    const [release] = read(
      `{${repository}, path: charts/shop, helm: {valueFiles: ["/values/*.yaml"], values: "a: 1", valuesObject: {a: 2}}}`,
    );
    expect(release).toMatchObject({
      values: [{ path: 'values/a.yaml' }, { path: 'values/b.yaml' }, { kind: 'inline', values: { a: 2 } }],
    });
  });

  it('with several sources resolves `$ref` to the source of that name', () => {
    const sources = `[{repoURL: "https://charts.example.com", chart: redis, targetRevision: 18.0.0, helm: {valueFiles: ["$values/values/a.yaml"]}}, {${repository}, ref: values}]`;
    expect(readSpecText(`{destination: {}, sources: ${sources}}`)).toMatchObject([
      {
        kind: 'release',
        chart: { kind: 'repository', url: 'https://charts.example.com', name: 'redis', version: '18.0.0' },
        values: [{ path: 'values/a.yaml', at: ['spec', 'sources', 0, 'helm', 'valueFiles', 0] }],
      },
    ]);
  });

  it('puts the build environment into parameters', () => {
    const [release] = read(
      `{${repository}, path: charts/shop, helm: {parameters: [{name: n, value: "$ARGOCD_APP_NAME-\${ARGOCD_APP_NAMESPACE}-$HOME-$$"}]}}`,
    );
    expect(release).toMatchObject({ parameters: [{ value: 'app-web--$' }] });
  });

  it('that names a kustomization changes it as `kustomize edit` would', () => {
    const kustomize = `{namePrefix: a-, images: ["web=reg.example.com/web:2", "redis@sha256:ab"], replicas: [{name: web, count: "3"}], commonLabels: {team: a}, labelWithoutSelector: true, patches: [{patch: "[]"}]}`;
    expect(read(`{${repository}, path: ./apps/web/, kustomize: ${kustomize}}`)).toMatchObject([
      {
        kind: 'kustomization',
        folder: 'apps/web',
        generate: false,
        overrides: {
          namePrefix: { value: 'a-' },
          images: {
            value: [
              { name: 'web', newName: 'reg.example.com/web', newTag: '2' },
              { name: 'redis', digest: 'sha256:ab' },
            ],
          },
          replicas: { value: [{ name: 'web', count: 3 }] },
          labels: { value: [{ pairs: { team: 'a' }, includeSelectors: false }] },
          patches: { value: [{ patch: '[]' }] },
        },
      },
    ]);
  });

  it('that names a folder of manifests is that folder, unless a block of settings decides otherwise', () => {
    expect(read(`{${repository}, path: plain}`)).toMatchObject([
      { kind: 'directory', folder: 'plain', files: ['plain/deploy.yaml'] },
    ]);
    expect(read(`{${repository}, path: plain, directory: {recurse: true, exclude: "x*"}}`)).toMatchObject([
      { kind: 'directory', files: ['plain/deploy.yaml'] },
    ]);
    expect(read(`{${repository}, path: charts/shop, directory: {recurse: true}}`)).toMatchObject([{ kind: 'directory' }]);
    expect(read(`{${repository}, path: charts/shop, directory: {files: []}}`)).toMatchObject([{ kind: 'release' }]);
  });

  it.each([
    [
      'another repository',
      `{repoURL: "https://github.com/other/repo", path: plain}`,
      ['spec', 'source', 'repoURL'],
      'it is in another repository',
    ],
    [
      'another revision',
      `{${repository}, path: plain, targetRevision: v1.2.0}`,
      ['spec', 'source', 'targetRevision'],
      'it is deployed at the revision v1.2.0, not at this one',
    ],
    [
      'a folder that does not exist',
      `{${repository}, path: nowhere}`,
      ['spec', 'source', 'path'],
      'this repository has no such folder',
    ],
    [
      'a path outside the repository',
      `{${repository}, path: ../plain}`,
      ['spec', 'source', 'path'],
      'this repository has no such folder',
    ],
    [
      'a plugin',
      `{${repository}, path: plain, plugin: {name: x}}`,
      ['spec', 'source', 'plugin'],
      'a config management plugin renders it, which the gate does not run',
    ],
    [
      'a values file that is downloaded',
      `{${repository}, path: charts/shop, helm: {valueFiles: ["https://x/v.yaml"]}}`,
      ['spec', 'source', 'helm', 'valueFiles', 0],
      'https://x/v.yaml is downloaded when it is deployed',
    ],
    [
      'a values file of another repository',
      `{${repository}, path: charts/shop, helm: {valueFiles: ["$other/v.yaml"]}}`,
      ['spec', 'source', 'helm', 'valueFiles', 0],
      'no source has the ref other',
    ],
  ])('of %s is unavailable', (_name, source, at, reason) => {
    expect(read(source)).toMatchObject([{ kind: 'unavailable', at, reason }]);
  });

  it.each(['HEAD', 'main', 'refs/heads/main', '""'])('at the revision %s is of this change', (revision) => {
    expect(read(`{${repository}, path: plain, targetRevision: ${revision}}`)).toMatchObject([{ kind: 'directory' }]);
  });

  it('is taken for one of this repository if nothing is known of the repository', () => {
    const unknown = { ...here, repositories: [], revisions: [] };
    expect(read('{repoURL: "https://git.example.com/x", path: plain, targetRevision: v1}', '', unknown)).toMatchObject([
      { kind: 'directory' },
    ]);
  });

  it('never takes an artifact of a registry for a folder of this repository', () => {
    const at = { ...here, repositories: [] };
    expect(read('{repoURL: "oci://registry.example.com/web", path: plain}', '', at)).toMatchObject([
      { kind: 'unavailable', reason: 'it is in another repository' },
    ]);
  });

  it.each(['manifests: ["{}"]', 'source: {path: plain}', 'sources: [{path: plain}]', 'revision: other'])(
    'that starts a sync with %s is reported as well as its spec',
    (sync) => {
      expect(readSpecText(`{source: {${repository}, path: plain}}\noperation: {sync: {${sync}}}`)).toMatchObject([
        { kind: 'directory' },
        { kind: 'unavailable', at: ['operation', 'sync', sync.split(':')[0]] },
      ]);
    },
  );

  it('that starts a sync of what its spec names deploys nothing else', () => {
    expect(readSpecText(`{source: {${repository}, path: plain}}\noperation: {sync: {prune: true}}`)).toHaveLength(1);
  });

  it('with an invalid spec is reported at the field', () => {
    expect(read('{repoURL: [], path: plain}')).toEqual([
      {
        at: ['spec', 'source', 'repoURL'],
        reason: expect.stringContaining('`spec.source.repoURL` must be a string, not a list'),
      },
    ]);
  });
});

describe('an image of kustomize', () => {
  it.each([
    ['nginx:1.25', { name: 'nginx', newTag: '1.25' }],
    ['nginx=reg:5000/n', { name: 'nginx', newName: 'reg:5000/n' }],
    ['reg:5000/n:1@sha256:ab', { name: 'reg:5000/n', newTag: '1', digest: 'sha256:ab' }],
    ['nginx=*:2', { name: 'nginx', newName: '*', newTag: '2' }],
  ])('%s is read as `kustomize edit set image` reads it', (text, image) => {
    expect(parseImage(text)).toEqual(image);
  });
});

describe('a .argocd-source.yaml', () => {
  it('that names a plugin makes what is deployed unknown, as the Application itself would', () => {
    const sourceFiles = new Map([['plain/.argocd-source.yaml', 'plugin: {name: own}\n']]);
    const found = read(`{${repository}, path: plain}`, '', { ...here, sourceFiles });
    expect(found).toMatchObject([{ kind: 'unavailable', reason: expect.stringContaining('a config management plugin') }]);
  });
});

describe('the namespace that an Application creates', () => {
  const metadata = (label: string) =>
    `syncPolicy: {managedNamespaceMetadata: {labels: {${label}}}, syncOptions: [CreateNamespace=true]},`;
  const found = (label: string) => read(`{${repository}, path: plain}`, metadata(label)).slice(1);

  it('is a gap if a label of it decides what it accepts', () => {
    expect(found('pod-security.kubernetes.io/enforce: privileged')).toMatchObject([
      {
        kind: 'unavailable',
        what: 'namespace web',
        at: ['spec', 'syncPolicy', 'managedNamespaceMetadata', 'labels', 'pod-security.kubernetes.io/enforce'],
      },
    ]);
    expect(found('team: shop')).toEqual([]);
  });
});
