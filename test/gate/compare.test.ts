import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/model/verdict.ts';
import { judge } from '../shards/run.ts';
import { privilegedDeployment } from '../support/manifests.ts';
import { checkOut } from '../support/pull-request.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const helm = await installedTool('helm');
const kustomize = await installedTool('kustomize');
const noHelm = helm === undefined ? ' (skipped: no helm in the tool cache)' : '';
const noKustomize = kustomize === undefined ? ' (skipped: no kustomize in the tool cache)' : '';

type Tree = Readonly<Record<string, string>>;

/** The verdict of a change with `only-new`, by the gate in this process. `generated` are files that a step made: no commit has them. */
async function changed(base: Tree, head: Tree, generated: Tree = {}): Promise<Verdict> {
  const { folder, baseSha } = await checkOut({ base, head });
  for (const [name, text] of Object.entries(generated)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return (await judge({ workspace: folder, engines: 'cel', raw: { onlyNew: 'true' }, context: { baseSha } })).verdict;
}

const critical = ({ findings }: Verdict) =>
  findings.filter(({ finding }) => finding.severity === 'critical').map(({ state, newBecause }) => [state, newBecause]);
const because = (part: string) => ['new', `the change touches ${part}`];
const old = ['unchanged', undefined];

describe('an old critical finding', () => {
  const pod = (image: string, more = '', top = '') =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n${top}  containers:\n    - name: a\n      image: ${image}\n${more}      securityContext: { privileged: true }\n`;

  it.each<[string, string, readonly unknown[]]>([
    ['the image', pod('registry.example.com/evil:1'), because('the image of container a')],
    [
      'the command',
      pod('registry.example.com/a:1', '      command: [sh, -c, "nsenter -t 1 -a sh"]\n'),
      because('the command of container a'),
    ],
    [
      'the pod',
      pod('registry.example.com/a:1', '', '  shareProcessNamespace: true\n'),
      because('the host namespaces of the pod'),
    ],
    ['nothing of its container', `# a note\n${pod('registry.example.com/a:1', '', '  nodeName: b\n')}`, old],
  ])('is judged by whether the change touches %s', async (_what, head, state) => {
    const verdict = await changed({ 'deploy/a.yaml': pod('registry.example.com/a:1') }, { 'deploy/a.yaml': head });
    expect(critical(verdict)).toEqual([state]);
    expect(verdict.outcome).toBe(state === old ? 'pass' : 'block');
  });

  it('is old where the file moves', async () => {
    const { folder, baseSha } = await checkOut({
      base: { 'a/web.yaml': privilegedDeployment },
      head: { 'b/web.yaml': privilegedDeployment },
    });
    rmSync(path.join(folder, 'a'), { recursive: true });
    const { verdict } = await judge({ workspace: folder, engines: 'cel', raw: { onlyNew: 'true' }, context: { baseSha } });
    expect(critical(verdict)).toEqual([old]);
  });
});

describe.skipIf(helm === undefined)(`a base that does not render${noHelm}`, () => {
  const template =
    'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n    - name: c\n      image: registry.example.com/a:1\n      securityContext: { privileged: true }\n';
  const base = {
    '.gitignore': 'app/charts/\n',
    'app/Chart.yaml':
      'apiVersion: v2\nname: app\nversion: 0.1.0\ndependencies: [{ name: lib, version: 0.1.0, repository: "oci://registry.example.com/charts" }]\n',
    'app/templates/pod.yaml': template,
    'README.md': 'a',
  };
  const lib = {
    'app/charts/lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 0.1.0\n',
    'app/charts/lib/templates/x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n',
  };
  const unrendered = ({ comparison }: Verdict) =>
    comparison?.status === 'compared'
      ? comparison.unrendered?.map(({ what, ...counts }) => [what, counts.new, counts.unchanged])
      : undefined;

  it('is reported, and makes nothing new of what the change leaves as it is', async () => {
    const verdict = await changed(base, { 'README.md': 'b' }, lib);
    expect(critical(verdict)).toEqual([old]);
    expect(verdict.outcome).toBe('pass');
    expect(unrendered(verdict)).toEqual([['chart app', 0, verdict.findings.length]]);
  });

  it.each<[string, Tree, Tree]>([
    ['the chart', { 'app/values.yaml': 'a: 1\n' }, lib],
    ['what the missing part may be made from', { 'lib/templates/_helpers.tpl': 'a' }, lib],
    ['a value outside of the chart', { 'env/values-production.yaml': 'a: 1\n' }, lib],
  ])('hides nothing where the change touches %s', async (_what, head, generated) => {
    const verdict = await changed(base, head, generated);
    expect(critical(verdict)[0]).toEqual(['new', undefined]);
    expect(verdict.outcome).toBe('block');
    expect(unrendered(verdict)).toEqual([['chart app', verdict.findings.length, 0]]);
  });

  it('hides nothing of a file that no commit has', async () => {
    const { folder, baseSha } = await checkOut({ base: { ...base, 'app/templates/pod.yaml': '' }, head: { 'README.md': 'b' } });
    mkdirSync(path.join(folder, 'app/charts/lib/templates'), { recursive: true });
    writeFileSync(path.join(folder, 'app/charts/lib/Chart.yaml'), lib['app/charts/lib/Chart.yaml']);
    writeFileSync(path.join(folder, 'app/charts/lib/templates/x.yaml'), template);
    const { verdict } = await judge({ workspace: folder, engines: 'cel', raw: { onlyNew: 'true' }, context: { baseSha } });
    expect(critical(verdict)).toEqual([['new', undefined]]);
    expect(verdict.outcome).toBe('block');
  });

  it('hides nothing that is not committed yet', async () => {
    const { folder } = await checkOut({ base, head: {} });
    for (const [name, text] of Object.entries({ ...lib, 'app/templates/pod.yaml': template.replace('name: c', 'name: d') })) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const baseSha = execFileSync('git', ['-C', folder, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
    const { verdict } = await judge({ workspace: folder, engines: 'cel', raw: { onlyNew: 'true' }, context: { baseSha } });
    expect(critical(verdict)).toEqual([['new', undefined]]);
  });
});

describe.skipIf(kustomize === undefined)(`a kustomization of the base that does not build${noKustomize}`, () => {
  const base = {
    'base/kustomization.yaml': 'resources: [web.yaml]\n',
    'base/web.yaml': privilegedDeployment,
    'overlay/kustomization.yaml': 'resources: [../base]\npatches: [{ path: missing.yaml }]\n',
  };

  it('is reported, and its findings are new once the change makes it build', async () => {
    const verdict = await changed(base, { 'overlay/kustomization.yaml': 'resources: [../base]\n' });
    const { comparison } = verdict;
    expect(comparison?.status === 'compared' ? comparison.unrendered?.map(({ what }) => what) : undefined).toContain(
      'kustomization overlay',
    );
    expect(verdict.outcome).toBe('block');
  });
});
