import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repository, runGate } from '../support/gate-process.ts';
import { goodDeployment } from '../support/manifests.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

afterAll(removeTempFolders);

const [helm, kustomize] = await Promise.all([installedTool('helm'), installedTool('kustomize')]);
const secret = 'outside-canary-4711';
const chart = 'apiVersion: v2\nname: c\nversion: 1.0.0\n';
const values = 'version: 1\nhelm: { charts: [{ path: c, releases: [{ values: [v.yaml] }] }] }\n';

interface Link {
  readonly at: string;
  /** Below a folder outside the repository. */
  readonly to: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly config?: string;
}

/** What is outside: of every kind that the gate could read, each with the canary in it. */
const outside = {
  'manifest.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${secret}}\n`,
  text: `${secret}\n`,
  'chart/Chart.yaml': chart.replace('name: c', `name: ${secret}`),
  'k/kustomization.yaml': `namePrefix: ${secret}\n`,
  'values.yaml': `a: ${secret}\n`,
  'policy.yaml': `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: ${secret}}\n`,
  'waivers.yaml': `${secret}: 1\n`,
  'gate.yaml': `${secret}: 1\n`,
  'scan.sarif': `{"${secret}": 1}`,
};

async function run({ at, to, files, config }: Link) {
  const elsewhere = emptyFolder();
  for (const [name, text] of Object.entries(outside)) {
    mkdirSync(path.dirname(path.join(elsewhere, name)), { recursive: true });
    writeFileSync(path.join(elsewhere, name), text);
  }
  const folder = await repository({
    'good.yaml': goodDeployment,
    ...files,
    ...(config !== undefined && { '.k8s-gate.yaml': config }),
  });
  mkdirSync(path.dirname(path.join(folder, at)), { recursive: true });
  symlinkSync(path.join(elsewhere, to), path.join(folder, at));
  return runGate(['check', '--engines', 'cel,sarif', '-o', 'terminal', '-o', 'json=-'], folder);
}

describe('a symlink out of the repository', () => {
  it.each<[string, Link]>([
    ['a manifest', { at: 'a.yaml', to: 'manifest.yaml' }],
    ['a policy', { at: '.k8s-gate/policies/p.yaml', to: 'policy.yaml' }],
    ['the waivers', { at: '.k8s-gate/waivers.yaml', to: 'waivers.yaml' }],
    ['the configuration', { at: '.k8s-gate.yaml', to: 'gate.yaml' }],
    ['a kustomization', { at: 'k/kustomization.yaml', to: 'k/kustomization.yaml' }],
    ['a base', { at: 'base', to: 'k', files: { 'k/kustomization.yaml': 'resources: [../base]\n' } }],
    [
      'a file of a generator',
      { at: 'k/x', to: 'text', files: { 'k/kustomization.yaml': 'configMapGenerator: [{name: a, files: [x]}]\n' } },
    ],
    ['a Chart.yaml', { at: 'c/Chart.yaml', to: 'chart/Chart.yaml', files: { 'c/values.yaml': '{}\n' } }],
    [
      'a file of a chart',
      { at: 'c/files/x', to: 'text', files: { 'c/Chart.yaml': chart, 'c/templates/a.yaml': '# {{ .Files.Get "files/x" }}\n' } },
    ],
    ['values', { at: 'c/v.yaml', to: 'values.yaml', files: { 'c/Chart.yaml': chart }, config: values }],
    [
      'a result file',
      { at: 'scan.sarif', to: 'scan.sarif', config: 'version: 1\nengines: { sarif: { files: [scan.sarif] } }\n' },
    ],
  ])('is refused and not followed: %s', async (_what, link) => {
    const result = await run(link);
    expect(result.code).toBe(2);
    expect(result.stdout + result.stderr).toContain('symlink');
    expect(result.stdout + result.stderr).not.toContain(secret);
  });

  it.each<[string, Link]>([
    ['a folder of manifests', { at: 'more', to: '.' }],
    ['a file of no kind that is judged', { at: 'README', to: 'text' }],
  ])('is left out and listed: %s', async (_what, link) => {
    const result = await run(link);
    expect(result.stdout).toContain(`"${link.at}"`);
    expect(result.stdout + result.stderr).not.toContain(secret);
  });
});

describe('a path out of the repository', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['of a resource', { 'k/kustomization.yaml': 'resources: [../../../../../../etc/passwd]\n' }],
    ['of a generator, absolute', { 'k/kustomization.yaml': 'configMapGenerator: [{name: a, files: [/etc/passwd]}]\n' }],
    [
      'of a generator, behind a key',
      { 'k/kustomization.yaml': 'secretGenerator: [{name: a, files: [x=../../../../../../etc/passwd]}]\n' },
    ],
    ['of an environment file', { 'k/kustomization.yaml': 'configMapGenerator: [{name: a, envs: [/etc/passwd]}]\n' }],
    ['of a patch', { 'k/kustomization.yaml': 'patches: [{path: /etc/passwd}]\n' }],
    ['of values', { 'c/Chart.yaml': chart, '.k8s-gate.yaml': values.replace('v.yaml', '../../../../../../etc/passwd') }],
    ['of a result file', { '.k8s-gate.yaml': 'version: 1\nengines: { sarif: { files: [/etc/passwd] } }\n' }],
    ['of VEX', { '.k8s-gate/waivers.yaml': 'version: 1\nvex: [{ file: ../../etc/passwd, owner: team, expires: 2027-01-01 }]\n' }],
  ])('is refused: %s', async (_what, files) => {
    const result = await runGate(
      ['check', '--engines', 'cel,sarif', '-o', 'terminal'],
      await repository({ 'good.yaml': goodDeployment, ...files }),
    );
    expect(result.code).toBe(2);
    expect(result.stdout + result.stderr).not.toContain('root:');
  });
});

it.skipIf(helm === undefined || kustomize === undefined)(
  'the renderers are there, so that not their absence is what fails',
  () => {
    expect([helm?.id, kustomize?.id]).toEqual(['helm', 'kustomize']);
  },
);
