import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repository, runGate } from '../support/gate-process.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const check = async (files: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runGate(['check', '--engines', 'cel', ...args], await repository(files));

describe('the verdict as exit code', () => {
  it('passes what no policy refuses', async () => {
    const run = await check({ 'web.yaml': goodDeployment });
    expect(run.stdout).toMatch(/^PASS {2}no findings/);
    expect(run.stdout).toContain('Coverage: 1 file, 1 resource, 1 image');
    expect(run.code).toBe(0);
  });

  it('blocks a privileged container, at its line', async () => {
    const line = privilegedDeployment.split('\n').findIndex((text) => text.includes('privileged: true')) + 1;
    const run = await check({ 'web.yaml': privilegedDeployment });
    expect(run.stdout).toContain(`web.yaml:${line}`);
    expect(run.code).toBe(1);
  });

  it('blocks in an environment what only warns elsewhere', async () => {
    const config =
      'version: 1\nenvironments:\n  production:\n    paths: [production/**]\n    severity: { high: block, medium: block, low: block }\n';
    const latest = goodDeployment.replace(':2.4.1', ':latest');
    expect((await check({ '.k8s-gate.yaml': config, 'production/web.yaml': latest })).code).toBe(1);
    expect((await check({ '.k8s-gate.yaml': config, 'staging/web.yaml': latest })).code).toBe(0);
  });

  it('reads YAML as Kubernetes does: `yes` is true', async () => {
    const host = goodDeployment.replace(
      'automountServiceAccountToken: false',
      'automountServiceAccountToken: false\n      hostNetwork: yes',
    );
    expect((await check({ 'web.yaml': host }, '--severity', 'high=block')).code).toBe(1);
  });

  it('lists in the JSON report which engine evaluated what', async () => {
    const run = await check({ 'web.yaml': goodDeployment }, '--output', 'json=-');
    const report = JSON.parse(run.stdout);
    expect(report).toMatchObject({ outcome: expect.stringMatching(/^(pass|warn)$/) });
    expect(JSON.stringify(report)).toContain('Deployment shop/web');
  });
});

describe('engines that are not available', () => {
  // No Go on the path, an empty cache and a mirror that nobody serves: what a laptop behind a closed network has.
  const nothing = { PATH: '/nonexistent', HOME: emptyFolder(), XDG_CACHE_HOME: emptyFolder() };
  const args = ['check', '--mirror', 'http://127.0.0.1:1'];

  it('are left out and reported by default', async () => {
    const run = await runGate(args, await repository({ 'web.yaml': goodDeployment }), nothing);
    expect(run.stdout).toMatch(/trivy \S+ is not installed/);
    expect(run.stdout).toMatch(/kube-linter \S+ is not installed/);
    expect(run.code).toBe(0);
  });

  it('are an error where they must run', async () => {
    const run = await runGate([...args, '--engines', 'strict'], await repository({ 'web.yaml': goodDeployment }), nothing);
    expect(run.stdout).toMatch(/^ERROR/);
    expect(run.code).toBe(2);
  });
});

/** Bad input -> what the message has to name. Each is exit code 2: the gate could not judge. */
const badInput: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  ['broken YAML', { 'web.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n' }, ['web.yaml:']],
  [
    'a duplicate key',
    { 'web.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\n' },
    ['web.yaml:5', 'name'],
  ],
  [
    'an unknown configuration key',
    { 'web.yaml': goodDeployment, '.k8s-gate.yaml': 'version: 1\nexlude: [a]\n' },
    ['.k8s-gate.yaml:2', 'exclude'],
  ],
  [
    'a configuration under another name',
    { 'web.yaml': goodDeployment, '.k8s-gate.yml': 'version: 1\nseverity: { high: block }\n' },
    ['.k8s-gate.yml:1', '`.k8s-gate.yaml`'],
  ],
  [
    'waivers under another name',
    { 'web.yaml': goodDeployment, '.k8s-gate/waivers.yml': 'version: 1\n' },
    ['.k8s-gate/waivers.yml:1', '`.k8s-gate/waivers.yaml`'],
  ],
  ['nothing to judge', { 'README.md': 'no manifests' }, ['manifest']],
  [
    'a missing values file',
    {
      '.k8s-gate.yaml': 'version: 1\nhelm:\n  charts:\n    - path: chart\n      releases: [{ values: [values-prod.yaml] }]\n',
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/templates/web.yaml': goodDeployment,
    },
    ['values-prod.yaml'],
  ],
  [
    'a chart that does not render',
    {
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/templates/web.yaml': 'a: b\nc: {{ .Values.a.b.c }}\n',
    },
    ['chart/templates/web.yaml:2'],
  ],
  [
    'a policy that does not compile',
    {
      'web.yaml': goodDeployment,
      '.k8s-gate/policies/mine.yaml':
        'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata:\n  name: mine\nspec:\n  matchConstraints:\n    resourceRules:\n      - { apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }\n  validations:\n    - expression: object.spec.(\n',
    },
    ['.k8s-gate/policies/mine.yaml:'],
  ],
];

describe('bad input', () => {
  it.each(badInput)('names the place: %s', async (_name, files, named) => {
    const run = await check(files);
    for (const text of named) expect(run.stdout + run.stderr).toContain(text);
    expect(run.code).toBe(2);
  });

  it('warns of what it can’t evaluate for want of something elsewhere, at its line', async () => {
    const run = await check({
      'chart/Chart.yaml':
        'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n  - { name: redis, version: 1.0.0, repository: "https://charts.example.com" }\n',
      'chart/templates/web.yaml': goodDeployment,
    });
    expect(run.stdout).toContain('chart/Chart.yaml:5');
    expect(run.stdout).toContain('dependency redis of chart chart');
    expect(run.stdout).toMatch(/^WARN/m);
    expect(run.code).toBe(0);
  });

  it('warns of a remote base, even where there is nothing else', async () => {
    const run = await check({ 'kustomization.yaml': 'resources:\n  - https://example.com/base\n' });
    for (const text of ['kustomization.yaml:2', 'https://example.com/base', 'WARN']) expect(run.stdout).toContain(text);
    expect(run.code).toBe(0);
  });

  it('names an invalid image reference, where no engine was to scan it', async () => {
    const run = await check({ 'web.yaml': goodDeployment.replace('/shop/web:2.4.1', '/Shop/Web:2.4.1') });
    expect(run.stdout).toMatch(/Shop\/Web:2\.4\.1" at web\.yaml:\d+:\d+: it is no image reference/);
    expect(run.code).toBe(0);
  });

  it.each([
    [['chek'], 'check'],
    [['check', '--enginess', 'cel'], '--engines'],
    [['check', '--engines', 'cell'], 'cel'],
    [['check', '--severity', 'high=blok'], 'block'],
    [['check', '--engines', 'cel', '--tool', 'trvy=/bin/true'], '`trivy`'],
    [['check', '--engines', 'cel', '--only-new'], '--base'],
    [['engines', 'instal'], 'install'],
    [['explain', 'no-latest-tags'], 'no-latest-tag'],
  ])('offers the nearest word for %j', async (args, near) => {
    const run = await runGate(args, await repository({ 'web.yaml': goodDeployment }));
    expect(run.stderr).toContain(near);
    expect(run.code).toBe(2);
  });
});

describe('help', () => {
  it.each([[['--help']], [['check', '--help']], [['engines', '--help']], [['explain', '--help']], [['init', '--help']]])(
    'of %j',
    async (args) => {
      const run = await runGate(args, root);
      expect(run.stdout).toContain('Usage: k8s-gate');
      expect(run.code).toBe(0);
    },
  );
});

describe('the other commands', () => {
  it('init writes a configuration that check takes', async () => {
    const folder = await repository({ 'overlays/production/web.yaml': goodDeployment });
    expect((await runGate(['init'], folder)).code).toBe(0);
    expect(readFileSync(path.join(folder, '.k8s-gate.yaml'), 'utf8')).toContain('production:');
    expect((await runGate(['check', '--engines', 'cel'], folder)).code).toBe(0);
    expect((await runGate(['init'], folder)).code).toBe(0);
  });

  it('explain describes why a rule exists and how to fix it', async () => {
    const run = await runGate(['explain', 'no-latest-tag'], root);
    expect(run.stdout).toMatch(/Fix: \S/);
    expect(run.code).toBe(0);
  });

  it('engines list names every engine with its state', async () => {
    const run = await runGate(['engines', 'list'], root);
    for (const id of ['trivy', 'kube-linter', 'kyverno', 'opa', 'helm', 'kustomize']) expect(run.stdout).toContain(id);
    expect(run.code).toBe(0);
  });
});
