import { afterAll, describe, expect, it } from 'vitest';
import { gateConfig, ports, repository } from '../../test/render/bench.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';
import { madeOf } from './made-of.ts';

afterAll(removeTempFolders);

const of = (kind: 'plain' | 'helm' | 'kustomize' | 'policy', path: string, files: Readonly<Record<string, string>>) => {
  const charts = [{ path: './charts/app', releaseName: 'a', namespace: 'b', releases: [{ values: ['../../env/live.yaml'] }] }];
  const config = gateConfig({ workspace: repository(files), helm: { charts, kubeVersion: '1.34.0', apiVersions: [] } });
  return madeOf({ kind, path }, config, ports.files);
};

describe('what a unit is rendered from', () => {
  it('is its file', async () => {
    expect(await of('plain', 'a.yaml', {})).toMatchObject({ folders: [], files: ['a.yaml'] });
  });

  it('is the chart with charts next to it, however far, and the values of its releases', async () => {
    const dependency = (name: string) => `name: x\ndependencies:\n  - { name: y, repository: "file://../${name}" }\n`;
    const files = {
      'charts/app/Chart.yaml': dependency('lib'),
      'charts/lib/Chart.yaml': 'name: lib\n',
      'charts/lib/requirements.yaml': dependency('base/'),
      'charts/base/Chart.yaml': dependency('app'),
    };
    const made = await of('helm', 'charts/app', files);
    expect(made).toMatchObject({ folders: ['charts/app', 'charts/lib', 'charts/base'], files: ['env/live.yaml'] });
    expect(made?.anywhere?.test('deploy/values\nx.yaml')).toBe(true);
  });

  it('is the kustomization with all that it builds on', async () => {
    const made = await of('kustomize', 'over', {
      'over/kustomization.yaml': 'resources: [../base, a.yaml]\ncomponents: [../part]\npatches: [{ path: patch.yaml }]\n',
      'over/a.yaml': '{}',
      'over/patch.yaml': '{}',
      'base/kustomization.yaml': 'resources: [sub/b.yaml]\n',
      'base/sub/b.yaml': '{}',
      'part/kustomization.yml': '{}',
    });
    expect(made?.folders.toSorted()).toEqual(['base', 'over', 'part']);
    expect(made?.files).toEqual(expect.arrayContaining(['over/a.yaml', 'base/sub/b.yaml', 'over/patch.yaml']));
  });

  it('is not known where there is no kustomization, or for a policy', async () => {
    expect(await of('kustomize', 'over', {})).toBeUndefined();
    expect(await of('policy', 'a.rego', {})).toBeUndefined();
  });
});
