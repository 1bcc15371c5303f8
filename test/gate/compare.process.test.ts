import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/model/verdict.ts';
import { divide, judge, merge } from '../shards/run.ts';
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
  return (await judge({ workspace: folder, engines: 'cel', raw: { onlyNew: true }, context: { baseSha } })).verdict;
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
    const { verdict } = await judge({ workspace: folder, engines: 'cel', raw: { onlyNew: true }, context: { baseSha } });
    expect(critical(verdict)).toEqual([old]);
  });
});

describe.skipIf(helm === undefined)(`a base that does not render${noHelm}`, () => {
  const pod = (name: string, container = 'c') =>
    `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n    - name: ${container}\n      image: registry.example.com/a:1\n      securityContext: { privileged: true }\n`;
  const made = '{{ required "no file was made" (.Files.Get "files/made.txt") }}';
  const base = {
    '.gitignore': 'app/files/\napp/templates/made.yaml\n',
    '.k8s-gate.yaml': 'version: 1\ngenerated: [app/files/**, app/templates/made.yaml]\n',
    'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 0.1.0\n',
    'app/templates/pod.yaml': pod(made),
    'README.md': 'a',
  };
  const step = { 'app/files/made.txt': 'p' };
  const unrendered = ({ comparison }: Verdict) =>
    comparison?.status === 'compared'
      ? comparison.unrendered?.map(({ what, ...counts }) => [what, counts.new, counts.unchanged])
      : undefined;

  it('is reported, and makes nothing new of what the change leaves as it is', async () => {
    const verdict = await changed(base, { 'README.md': 'b' }, step);
    expect(critical(verdict)).toEqual([old]);
    expect(verdict.outcome).toBe('pass');
    expect(unrendered(verdict)).toEqual([['chart app', 0, verdict.findings.length]]);
  });

  it.each<[string, Tree, Tree]>([
    ['the chart', { 'app/values.yaml': 'a: 1\n' }, step],
    ['what the missing part may be made from', { 'lib/templates/_helpers.tpl': 'a' }, step],
    ['a value outside of the chart', { 'env/values-production.yaml': 'a: 1\n' }, step],
  ])('hides nothing where the change touches %s', async (_what, head, generated) => {
    const verdict = await changed(base, head, generated);
    expect(critical(verdict)[0]).toEqual(['new', undefined]);
    expect(verdict.outcome).toBe('block');
    expect(unrendered(verdict)).toEqual([['chart app', verdict.findings.length, 0]]);
  });

  it('hides nothing of a file that no commit has', async () => {
    const own = { ...base, 'app/templates/pod.yaml': `{{- if eq "x" (${made.slice(2, -2)}) }}\n${pod('q')}{{ end }}` };
    const verdict = await changed(own, { 'README.md': 'b' }, { ...step, 'app/templates/made.yaml': pod(made) });
    expect(critical(verdict)).toEqual([['new', undefined]]);
    expect(verdict.outcome).toBe('block');
  });

  it('hides nothing that is not committed yet', async () => {
    const { folder } = await checkOut({ base, head: {} });
    for (const [name, text] of Object.entries({
      ...step,
      'app/templates/pod.yaml': pod(made, 'd'),
    })) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const baseSha = execFileSync('git', ['-C', folder, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
    const { verdict } = await judge({ workspace: folder, engines: 'cel', raw: { onlyNew: true }, context: { baseSha } });
    expect(critical(verdict)).toEqual([['new', undefined]]);
  });
});

describe.skipIf(helm === undefined)(`dependencies that a step builds${noHelm}`, () => {
  const helper = (image: string) =>
    `{{- define "lib.pod" }}\nspec:\n  containers:\n    - name: c\n      image: registry.example.com/${image}\n      securityContext:\n        privileged: true\n{{- end }}\n`;
  const lib = (image: string) => ({
    'Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 0.1.0\n',
    'templates/_helpers.tpl': helper(image),
    'templates/pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata: { name: lib }\n{{ include "lib.pod" . }}`,
  });
  const below = (folder: string, files: Tree): Tree =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
  const base = {
    '.gitignore': 'app/charts/\n',
    '.k8s-gate.yaml': 'version: 1\ngenerated: [app/charts/**]\nexclude: [src/**]\n',
    'app/Chart.yaml':
      'apiVersion: v2\nname: app\nversion: 0.1.0\ndependencies:\n  - { name: lib, version: 0.1.0, repository: "https://charts.example.com" }\n',
    'app/values.yaml': 'a: 1\n',
    'app/templates/pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: app }\n{{ include "lib.pod" . }}',
    ...below('src/lib', lib('a:1')),
  };

  it('are those of the base as well, where the change leaves what they are built from as it is', async () => {
    const verdict = await changed(base, { 'app/values.yaml': 'a: 2\n' }, below('app/charts/lib', lib('a:1')));
    expect(critical(verdict)).toEqual([old]);
    expect(verdict.outcome).toBe('pass');
  });

  it('are new where the change touches what they are built from', async () => {
    const head = { 'src/lib/templates/_helpers.tpl': helper('evil:1') };
    const verdict = await changed(
      base,
      head,
      below('app/charts/lib', { ...lib('a:1'), 'templates/_helpers.tpl': helper('evil:1') }),
    );
    expect(critical(verdict)).toEqual([['new', undefined]]);
    expect(verdict.outcome).toBe('block');
  });
});

describe.skipIf(helm === undefined)(`names with a random part${noHelm}`, () => {
  const pod = (name: string, image = 'registry.example.com/a:1') =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: "${name}" }\nspec:\n  containers:\n    - name: c\n      image: ${image}\n      securityContext: { privileged: true }\n`;
  const random = pod('app-test-{{ randAlphaNum 5 | lower }}');
  const chart = {
    'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 0.1.0\n',
    'app/values.yaml': 'a: 1\n',
    'app/values-production.yaml': 'a: 2\n',
    'app/templates/test.yaml': random,
  };

  it('are compared by what is stable, in one row for all environments', async () => {
    const verdict = await changed(chart, { 'app/values.yaml': 'a: 3\n' });
    expect(verdict.outcome).toBe('pass');
    expect(critical(verdict)).toEqual([old]);
    expect(verdict.findings.every(({ state }) => state === 'unchanged')).toBe(true);
    expect(
      verdict.findings.flatMap(({ finding }) => finding.resources).every((label) => /^Pod app-test-[a-z0-9?]{5}$/.test(label)),
    ).toBe(true);
  });

  it.each<[string, string, string | undefined]>([
    ['another image', random.replace('a:1', 'evil:1'), 'the change touches the image of container c'],
    ['a second one', `${random}---\n${random}`, undefined],
  ])('hide nothing of %s', async (_what, text, why) => {
    const verdict = await changed(chart, { 'app/templates/test.yaml': text });
    expect(critical(verdict)).toContainEqual(['new', why]);
    expect(verdict.outcome).toBe('block');
  });

  it('are matched by waivers as they are written', async () => {
    const waivers = `version: 1\nwaivers:\n  - { rule: cel/privileged, target: "Pod app-test-*", reason: "a test pod of the vendor", owner: team-shop, expires: ${new Date(Date.now() + 200 * 86_400_000).toISOString().slice(0, 10)} }\n`;
    const verdict = await changed({ 'README.md': 'a', '.k8s-gate/waivers.yaml': waivers }, chart);
    expect(verdict.waivers.map(({ status }) => status)).toEqual(['in-force']);
    expect(verdict.findings.filter(({ action }) => action === 'block')).toEqual([]);
  });

  it('are the same for all shards and their merge', async () => {
    const { folder } = await checkOut({ base: chart, head: { 'app/templates/other.yaml': pod('b-{{ uuidv4 }}') } });
    const asked = { workspace: folder, engines: 'cel' };
    const whole = await judge(asked);
    const { folder: reports } = await divide(asked, 3);
    const merged = await merge(asked, reports);
    expect(merged.verdict.errors).toEqual([]);
    expect(merged.verdict.counts).toEqual(whole.verdict.counts);
  });
});

describe.skipIf(helm === undefined)(`Helm test hooks${noHelm}`, () => {
  const pod = (hook: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: t, annotations: { helm.sh/hook: "${hook}" } }\nspec:\n  containers:\n    - name: c\n      image: registry.example.com/a:1\n      securityContext: { privileged: true }\n`;
  const chart = (hook: string) => ({
    'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 0.1.0\n',
    'app/templates/tests/t.yaml': pod(hook),
  });
  const judged = async (files: Tree) => {
    const { folder } = await checkOut({ base: files, head: {} });
    const { verdict } = await judge({ workspace: folder, engines: 'cel' });
    return [verdict.outcome, verdict.findings[0]?.decidedBy];
  };

  it.each<[string, Tree, readonly unknown[]]>([
    ['a test', chart('test'), ['warn', 'test-hook']],
    ['a test that is run after each install', chart('test,post-install'), ['block', 'default']],
    ['the annotation in a plain manifest', { 'deploy/t.yaml': pod('test') }, ['block', 'default']],
    ['the same pod in a chart and as a plain manifest', { ...chart('test'), 'deploy/t.yaml': pod('test') }, ['block', 'default']],
  ])('warn at most: %s', async (_what, files, answer) => {
    expect(await judged(files)).toEqual(answer);
  });
});

describe.skipIf(kustomize === undefined)(`a kustomization of the base that does not build${noKustomize}`, () => {
  const base = {
    'base/kustomization.yaml': 'resources: [web.yaml]\n',
    'base/web.yaml': privilegedDeployment,
    'overlay/kustomization.yaml': 'resources: [../base]\npatches: [{ path: missing.yaml }]\n',
  };

  it('is reported, and its findings are new once the change makes it build', async () => {
    const verdict = await changed(base, { 'overlay/kustomization.yaml': 'resources: [../base]\nnamePrefix: a-\n' });
    const { comparison } = verdict;
    expect(comparison?.status === 'compared' ? comparison.unrendered?.map(({ what }) => what) : undefined).toContain(
      'kustomization overlay',
    );
    expect(verdict.outcome).toBe('block');
  });
});

describe.skipIf(kustomize === undefined)(`the hash in a generated name${noKustomize}`, () => {
  const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: owner, annotations: { k8s-gate.io/severity: high } }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps] }]
  validations: [{ expression: 'has(object.metadata.labels) && "owner" in object.metadata.labels', message: no owner }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: owner }
spec: { policyName: owner, validationActions: [Deny] }
`;
  const base = {
    '.k8s-gate/policies/owner.yaml': policy,
    'app/kustomization.yaml': 'configMapGenerator: [{ name: web, literals: [a=1] }]\n',
  };
  const state = async (head: string) => {
    const { findings } = await changed(base, { 'app/kustomization.yaml': head });
    return findings.filter(({ finding }) => finding.rule === 'owner').map((judged) => [judged.state, judged.finding.resources]);
  };

  it('makes nothing new', async () => {
    expect(await state('configMapGenerator: [{ name: web, literals: [a=2] }]\n')).toEqual([
      ['unchanged', ['ConfigMap web-??????????']],
    ]);
  });

  it('hides no other ConfigMap', async () => {
    const states = await state('configMapGenerator: [{ name: web, literals: [a=2] }, { name: api, literals: [a=1] }]\n');
    expect(states).toContainEqual(['new', ['ConfigMap api-??????????']]);
  });
});
