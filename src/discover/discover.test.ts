import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gateConfig, repository } from '../../test/render/bench.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { discover } from './discover.ts';

const find = (files: Readonly<Record<string, string>>, part: Partial<Parameters<typeof gateConfig>[0]> = {}) =>
  discover(gateConfig({ workspace: repository(files), ...part }), { files: createNodeFiles() });
const pathsOf = (units: readonly { readonly path: string }[]) => units.map((unit) => unit.path);
const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n';
const chart = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';

describe('discover', () => {
  afterAll(removeTempFolders);

  it('distinguishes manifests from other YAML, and reports what it skipped', async () => {
    const found = await find({
      'a.yaml': pod,
      'b.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}',
      'compose.yaml': 'services: {web: {image: nginx}}\n',
      'tsconfig.json': '{ // a comment\n "compilerOptions": {} }\n',
      'node_modules/x/pod.yaml': pod,
      'README.md': '# no',
    });
    expect(found.plain.map((source) => source.path)).toEqual(['a.yaml', 'b.json']);
    expect(found.skipped).toEqual([
      { kind: 'plain', path: 'compose.yaml', status: 'skipped', resources: 0, reason: 'not a Kubernetes manifest' },
      { kind: 'plain', path: 'tsconfig.json', status: 'skipped', resources: 0, reason: 'not a Kubernetes manifest' },
    ]);
    expect(found.failures).toEqual([]);
  });

  it('lists what the API server would not accept, and YAML that kubectl cannot read, with the reason', async () => {
    const found = await find({
      'a.yaml': `${pod}---\nname: {{ x }}\n`,
      'cookie.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: {{ cookiecutter.name }}}\n',
      'kind.yaml': 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n',
      'mkdocs.yml': 'markdown_extensions:\n- x: !!python/name:a.b\nkind: {a: 1, a: 2}\n',
    });
    expect(found.failures).toEqual([]);
    expect(found.plain.map(({ path: file, skipped }) => [file, skipped])).toEqual([
      ['a.yaml', [expect.objectContaining({ line: 5, reason: expect.stringContaining('not a Kubernetes manifest') })]],
    ]);
    expect(found.skipped.map((unit) => [unit.path, unit.reason?.slice(0, 25)])).toEqual([
      ['cookie.yaml', 'templated text, which kub'],
      ['kind.yaml', 'kind.x-k8s.io/v1alpha4 Cl'],
      ['mkdocs.yml', 'not a Kubernetes manifest'],
    ]);
  });

  it('skips what is neither UTF-8 nor a manifest, and fails where a manifest might be in other bytes', async () => {
    const workspace = repository({ 'deploy/a.yaml': pod });
    const write = (name: string, bytes: Buffer) => writeFileSync(path.join(workspace, name), bytes);
    write('names.yaml', Buffer.from('city: Orl\u00e9ans\n', 'latin1'));
    write('latin1.yaml', Buffer.from(`${pod}# Orl\u00e9ans\n`, 'latin1'));
    write('wide.yaml', Buffer.from(`\ufeff${pod}`, 'utf16le'));
    write('data.json', Buffer.from([0x80, 0x00, 0x81]));
    const found = await discover(gateConfig({ workspace }), { files: createNodeFiles() });
    expect(found.skipped.map(({ path: file, reason }) => [file, reason])).toEqual([
      ['names.yaml', 'not a Kubernetes manifest (and not UTF-8 text)'],
    ]);
    expect(found.failures.map(({ code, details }) => [code, details.file])).toEqual([
      ['SOURCE_UNREADABLE', 'data.json'],
      ['SOURCE_UNREADABLE', 'latin1.yaml'],
      ['SOURCE_UNREADABLE', 'wide.yaml'],
    ]);
  });

  it('keeps a manifest that lacks one of its keys, for render to refuse', async () => {
    const found = await find({ 'a.yaml': 'apiVerson: v1\nkind: Pod\nmetadata: {name: web}\n' });
    expect(found.plain.map((source) => source.path)).toEqual(['a.yaml']);
  });

  it('reports broken YAML at its line and finds the rest', async () => {
    const found = await find({ 'a.yaml': 'apiVersion: v1\nkind: Pod\nkind: Job\nmetadata: {name: a}\n', 'b.yaml': pod });
    expect(found.plain.map((source) => source.path)).toEqual(['b.yaml']);
    expect(found.failures.map(({ code, details }) => [code, details.file, details.line])).toEqual([
      ['MANIFEST_INVALID', 'a.yaml', 3],
    ]);
  });

  it('judges only what paths and exclude leave, and refuses a path that means nothing', async () => {
    const files = { 'deploy/a.yaml': pod, 'deploy/old/b.yaml': pod, 'other/c.yaml': pod };
    const found = await find(files, { paths: ['./deploy/', 'typo'], exclude: ['**/old/**'] });
    expect(found.plain.map((source) => source.path)).toEqual(['deploy/a.yaml']);
    expect(found.failures.map((failure) => failure.message)).toEqual([expect.stringContaining('`typo` matches nothing')]);
    const outside = await find(files, { paths: ['../other'] });
    expect(outside.failures[0]?.code).toBe('INPUT_INVALID');
  });

  it.each([
    ['policies.kubewarden.io/v1', 'ClusterAdmissionPolicy', 'Kubewarden'],
    ['policy.sigstore.dev/v1beta1', 'ClusterImagePolicy', 'the Sigstore policy controller'],
    ['jspolicy.com/v1beta1', 'JsPolicy', 'jsPolicy'],
  ])('refuses a policy that no engine evaluates: %s %s', async (apiVersion, kind, tool) => {
    const policy = `# why\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: own}\n`;
    const found = await find({ 'a.yaml': pod, '.k8s-gate/policies/own.yaml': policy });
    expect(found.failures.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringContaining(`POLICY_INVALID .k8s-gate/policies/own.yaml:2: ${kind} is a policy of ${tool}`),
    ]);
    expect((await find({ 'a.yaml': policy })).failures).toEqual([]);
  });

  it.each([
    ['templates.gatekeeper.sh/v1', 'ConstraintTemplate'],
    ['constraints.gatekeeper.sh/v1beta1', 'K8sRequiredLabels'],
    ['expansion.gatekeeper.sh/v1beta1', 'ExpansionTemplate'],
    ['config.gatekeeper.sh/v1alpha1', 'Config'],
    ['mutations.gatekeeper.sh/v1', 'Assign'],
    ['externaldata.gatekeeper.sh/v1beta1', 'Provider'],
  ])('takes %s %s for a policy of Gatekeeper, and a suite for none', async (apiVersion, kind) => {
    const policy = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: own}\n`;
    const suite = `apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
metadata: {name: own}
tests: [{template: own.yaml, cases: [{object: samples/a.yaml, inventory: [samples/b.yaml]}]}]
`;
    const found = await find({
      'a.yaml': pod,
      '.k8s-gate/policies/own.yaml': policy,
      '.k8s-gate/policies/suite.yaml': suite,
      '.k8s-gate/policies/samples/a.yaml': pod,
      '.k8s-gate/policies/samples/b.yaml': pod,
      '.k8s-gate/policies/samples/c.yaml': pod,
    });
    expect(found.failures).toEqual([]);
    const ofPolicies = found.skipped.filter(({ kind: unit, path: file }) => unit === 'policy' && !file.endsWith('own.yaml'));
    expect(ofPolicies.map(({ path: file, reason }) => `${file}: ${reason}`)).toEqual([
      '.k8s-gate/policies/samples/c.yaml: no policy in it',
      '.k8s-gate/policies/suite.yaml: tests of policies',
    ]);
    // A sample is a file that could be deployed, so it is judged like any other.
    expect(found.plain.map(({ path: file }) => file)).toContain('.k8s-gate/policies/samples/a.yaml');
    expect(found.plain.map(({ path: file }) => file)).not.toContain('.k8s-gate/policies/suite.yaml');
    expect(found.policies.map(({ file, language }) => `${file} ${language}`)).toEqual(['.k8s-gate/policies/own.yaml gatekeeper']);
  });

  it('takes tests of Kyverno and what they name for tests, below folders of policies', async () => {
    const found = await find({
      'a.yaml': pod,
      '.k8s-gate/policies/own.yaml': 'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: own}\n',
      '.k8s-gate/policies/kyverno-test.yaml':
        'apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: t}\npolicies: [own.yaml]\nresources: [samples/a.yaml]\nvariables: values.yaml\n',
      '.k8s-gate/policies/values.yaml': 'apiVersion: cli.kyverno.io/v1alpha1\nkind: Values\nmetadata: {name: v}\n',
      '.k8s-gate/policies/samples/a.yaml': pod,
      '.k8s-gate/policies/samples/b.yaml': pod,
    });
    expect(found.failures).toEqual([]);
    const ofPolicies = found.skipped.filter(({ kind: unit, path: file }) => unit === 'policy' && !file.endsWith('own.yaml'));
    expect(ofPolicies.map(({ path: file, reason }) => `${file}: ${reason}`)).toEqual([
      '.k8s-gate/policies/samples/b.yaml: no policy in it',
      '.k8s-gate/policies/kyverno-test.yaml: tests of policies',
      '.k8s-gate/policies/values.yaml: tests of policies',
    ]);
    expect(found.policies.map(({ file, language }) => `${file} ${language}`)).toEqual(['.k8s-gate/policies/own.yaml kyverno']);
    expect(found.plain.map(({ path: file }) => file)).not.toContain('.k8s-gate/policies/kyverno-test.yaml');
  });

  it('reports folders that deployers read and it does not, where the change brings them', async () => {
    const files = { 'deploy/p.yaml': pod, 'examples/a.yaml': pod, 'old/node_modules/p.yaml': pod, 'old/a.yaml': pod };
    const workspace = repository({ ...files, 'deploy/node_modules/p.yaml': pod });
    symlinkSync('examples', path.join(workspace, 'app'));
    symlinkSync('deploy/node_modules', path.join(workspace, 'modules'));
    symlinkSync('old', path.join(workspace, 'judged'));
    const found = await find(files, { workspace, trusted: repository(files), exclude: ['examples/**'] });
    expect(found.gaps.map(({ file }) => file)).toEqual(['deploy/node_modules', 'app', 'modules']);
    expect((await find(files, { workspace })).gaps.map(({ file }) => file)).toEqual(['modules']);
  });

  it('takes a symlink for the values file that it leads to', async () => {
    const workspace = repository({ 'c/Chart.yaml': chart, 'prod.yaml': 'a: b\n' });
    symlinkSync('../prod.yaml', path.join(workspace, 'c/values-prod.yaml'));
    const found = await find({}, { workspace });
    expect(found.charts[0]?.releases).toEqual([{ values: [] }, { environment: 'prod', values: ['../prod.yaml'] }]);
  });

  it('builds a kustomization whose apiVersion is empty, as kustomize does', async () => {
    const found = await find({ 'k/kustomization.yaml': 'apiVersion: ""\nresources: [p.yaml]\n', 'k/p.yaml': pod });
    expect(found.kustomizations.map((source) => source.path)).toEqual(['k']);
  });

  it('never reads a symlink', async () => {
    const workspace = repository({ 'a.yaml': pod });
    symlinkSync('/etc/passwd', path.join(workspace, 'secret.yaml'));
    symlinkSync('/etc', path.join(workspace, 'folder'));
    const found = await discover(gateConfig({ workspace }), { files: createNodeFiles() });
    expect(found.plain.map((source) => source.path)).toEqual(['a.yaml']);
    expect(found.failures.map(({ code, details }) => [code, details.file])).toEqual([['RENDER_REFUSED', 'secret.yaml']]);
    expect(found.skipped.map((unit) => unit.path)).toEqual(['folder']);
  });

  it('reads parameters of a policy from a file of their own', async () => {
    const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: prod}\n`;
    const policy =
      'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: a}\nspec: {paramKind: {apiVersion: v1, kind: ConfigMap}}\n';
    const files = {
      'a.yaml': pod,
      '.k8s-gate/policies/params.yaml': configMap('limits'),
      '.k8s-gate/policies/notes.yaml': 'a: 1\n',
    };
    const paths = async (more: Readonly<Record<string, string>>) =>
      (await find({ ...files, ...more })).policies.map(({ file }) => file);
    expect(await paths({ '.k8s-gate/policies/p.yaml': policy })).toEqual([
      '.k8s-gate/policies/p.yaml',
      '.k8s-gate/policies/params.yaml',
    ]);
    expect(await paths({ '.k8s-gate/policies/p.yaml': policy.replace('ConfigMap', 'Secret') })).toEqual([
      '.k8s-gate/policies/p.yaml',
    ]);
  });

  it('takes a map of values next to Rego for its data, and for no policy elsewhere', async () => {
    const languages = async (files: Readonly<Record<string, string>>) => {
      const found = await find({ 'a.yaml': pod, '.k8s-gate/policies/names.json': '{"names": ["a"]}', ...files });
      return found.policies.map(({ file, language }) => `${file} ${language}`);
    };
    expect(await languages({ '.k8s-gate/policies/main.rego': 'package main\n' })).toEqual([
      '.k8s-gate/policies/main.rego rego',
      '.k8s-gate/policies/names.json rego',
    ]);
    expect(await languages({})).toEqual([]);
  });

  it('tells policies by their content and keeps them out of what is judged', async () => {
    const found = await find({
      '.k8s-gate/policies/cel.yaml':
        'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: a}\n',
      '.k8s-gate/policies/kyverno.yaml': 'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: a}\n',
      '.k8s-gate/policies/main.rego': 'package main\n',
      '.k8s-gate/policies/notes.yaml': '- a\n',
      '.k8s-gate/policies/data/names.yaml': 'names: [a]\n',
      '.k8s-gate/policies/mixed.yaml':
        'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: a}\n---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: a}\n',
    });
    expect(found.policies.map(({ language }) => language)).toEqual(['cel', 'kyverno', 'rego', 'rego']);
    expect(found.plain).toEqual([]);
    expect(found.skipped.map((unit) => unit.path)).toEqual(['.k8s-gate/policies/notes.yaml']);
    expect(found.failures.map(({ code, details }) => [code, details.line])).toEqual([['POLICY_INVALID', 5]]);
  });
});

describe('discover, files whose content is elsewhere', () => {
  it('refuses a Git LFS pointer, which is not a manifest here and one where it is deployed', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`;
    const found = await find({ 'a.yaml': pod, 'b.yaml': pointer });
    expect(found.failures.map(({ code, details }) => [code, details.file])).toEqual([['SOURCE_UNREADABLE', 'b.yaml']]);
  });
});

describe('discover, policies', () => {
  it('refuses a policy path that matches nothing, but not the absent default', async () => {
    expect((await find({ 'a.yaml': pod })).failures).toEqual([]);
    const found = await find({ 'a.yaml': pod }, { policies: ['polices/'] });
    expect(found.failures.map((failure) => failure.code)).toEqual(['POLICY_INVALID']);
  });
});

describe('discover, charts', () => {
  it('makes a release of each environment’s values file and leaves the templates to Helm', async () => {
    const found = await find({
      'shop/Chart.yaml': chart,
      'shop/values.yaml': '{}\n',
      'shop/values-production.yaml': '{}\n',
      'shop/values.staging.yaml': '{}\n',
      'shop/Values-eu.JSON': '{}\n',
      'shop/values.schema.json': '{}\n',
      'shop/templates/a.yaml': '{{ broken',
      'shop/charts/sub/Chart.yaml': 'name: sub\n',
      'shop/extra.yaml': pod,
    });
    expect(found.charts).toEqual([
      {
        path: 'shop',
        releaseName: 'shop',
        namespace: 'default',
        releases: [
          { values: [] },
          { environment: 'eu', values: ['Values-eu.JSON'] },
          { environment: 'production', values: ['values-production.yaml'] },
          { environment: 'staging', values: ['values.staging.yaml'] },
        ],
      },
    ]);
    expect(found.plain.map((source) => source.path)).toEqual(['shop/extra.yaml']);
    expect(found.failures).toEqual([]);
  });

  it('takes configured releases, and refuses a configured chart that is not there', async () => {
    const helm = {
      kubeVersion: '1.34.0',
      apiVersions: [],
      charts: [
        { path: './shop', releaseName: 'web', namespace: 'shop', releases: [{ values: ['x.yaml'] }] },
        { path: 'gone', releaseName: '', namespace: 'default', releases: [] },
      ],
    };
    const found = await find({ 'shop/Chart.yaml': chart }, { helm });
    expect(found.charts).toEqual([{ path: 'shop', releaseName: 'web', namespace: 'shop', releases: [{ values: ['x.yaml'] }] }]);
    expect(found.failures.map((failure) => failure.code)).toEqual(['CONFIG_INVALID']);
  });

  it('does not render a library chart', async () => {
    const found = await find({ 'lib/Chart.yaml': `${chart}type: library\n` });
    expect(found.charts).toEqual([]);
    expect(found.skipped[0]?.reason).toContain('library');
  });
});

describe('discover, kustomizations', () => {
  const base = { 'base/kustomization.yaml': 'resources: [pod.yaml]\n', 'base/pod.yaml': pod };

  it('renders overlays, not the bases and components they use', async () => {
    const found = await find({
      ...base,
      'overlays/a/kustomization.yaml': 'resources: [../../base]\ncomponents: [../../part]\n',
      'overlays/b/kustomization.yaml': 'resources: [../../base/]\npatches: [{path: patch.yaml}]\n',
      'overlays/b/patch.yaml': pod,
      'part/kustomization.yaml': 'kind: Component\n',
      'alone/kustomization.yaml': 'kind: Component\n',
    });
    expect(pathsOf(found.kustomizations)).toEqual(['overlays/a', 'overlays/b']);
    expect(found.plain).toEqual([]);
    expect(found.skipped.map((unit) => [unit.path, unit.reason])).toEqual([
      ['alone', 'a component that no kustomization uses'],
      ['base', 'rendered as part of overlays/a'],
      ['part', 'rendered as part of overlays/a'],
    ]);
  });

  it('renders each of two that name each other, for kustomize to refuse', async () => {
    const found = await find({ 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'resources: [../a]\n' });
    expect(pathsOf(found.kustomizations)).toEqual(['a', 'b']);
  });

  it('renders a base both ways if it is configured as deployed on its own', async () => {
    const files = { ...base, 'overlays/a/kustomization.yaml': 'resources: [../../base]\n' };
    const found = await find(files, { kustomizations: ['./base/'] });
    expect(pathsOf(found.kustomizations)).toEqual(['base', 'overlays/a']);
    const wrong = await find(files, { kustomizations: ['bse'] });
    expect(wrong.failures.map(({ message }) => message)).toEqual([expect.stringContaining('`kustomizations` contains bse')]);
  });

  it('renders a base on its own where no selected overlay uses it', async () => {
    const files = { ...base, 'overlays/a/kustomization.yaml': 'resources: [../../base]\n' };
    expect(pathsOf((await find(files, { paths: ['base'] })).kustomizations)).toEqual(['base']);
  });

  it.each([
    ['a URL', 'resources:\n  - https://example.com/a.yaml\n', 2],
    ['an scp address', 'resources:\n  - git@github.com:a/b.git\n', 2],
    ['a GitHub folder', 'resources: \n  - pod.yaml\n  - github.com/a/b/c?ref=v1\n', 3],
    ['a remote patch', 'patches:\n  - path: https://example.com/a.yaml\n', 2],
    ['a remote file for a ConfigMap', 'configMapGenerator:\n  - name: a\n    files:\n      - k=https://example.com/a\n', 4],
    ['a file that is not there', 'resources:\n  - nothing.yaml\n', 2],
    ['a Helm chart', 'helmCharts:\n  - name: x\n', 1],
  ])('fetches nothing for %s: what the kustomization would be is a gap, and its files are judged', async (_what, text, line) => {
    const found = await find({ 'k/kustomization.yaml': text, 'k/pod.yaml': pod });
    expect(found.kustomizations).toEqual([]);
    expect(found.failures).toEqual([]);
    expect(found.gaps).toMatchObject([{ file: 'k/kustomization.yaml', line, subject: 'kustomization k', unit: 'k' }]);
    expect(pathsOf(found.plain)).toEqual(['k/pod.yaml']);
  });

  it.each([
    ['a folder outside', 'resources:\n  - ../../x\n', 'RENDER_REFUSED', 2],
    ['a wrong type', 'resources: 5\n', 'MANIFEST_INVALID', 1],
  ])('refuses %s before anything runs', async (_what, text, code, line) => {
    const found = await find({ 'k/kustomization.yaml': text, 'k/pod.yaml': pod });
    expect(found.kustomizations).toEqual([]);
    expect(found.failures.map((failure) => [failure.code, failure.details.file, failure.details.line])).toEqual([
      [code, 'k/kustomization.yaml', line],
    ]);
  });

  it.each([
    ['a component that nothing uses', 'x/kustomization.yaml', 'kind: Component\nresources: [../deploy/pod.yaml]\n', []],
    ['one that is excluded', 'x/kustomization.yaml', 'resources: [../deploy/pod.yaml]\n', ['x/**']],
  ])('still judges a manifest that is referenced by %s', async (_what, file, text, exclude) => {
    const { plain } = await find({ [file]: text, 'deploy/pod.yaml': pod }, { exclude });
    expect(plain.map((source) => source.path)).toEqual(['deploy/pod.yaml']);
  });

  it('finds what a base refuses, and a link on the way to it', async () => {
    const workspace = repository({ 'o/kustomization.yaml': 'resources: [../link]\n' });
    mkdirSync(path.join(workspace, 'real'));
    writeFileSync(path.join(workspace, 'real/kustomization.yaml'), '{}');
    symlinkSync('real', path.join(workspace, 'link'));
    const linked = await discover(gateConfig({ workspace, paths: ['o'] }), { files: createNodeFiles() });
    expect(linked.failures).toEqual([]);
    rmSync(path.join(workspace, 'link'));
    symlinkSync('/etc', path.join(workspace, 'link'));
    const outside = await discover(gateConfig({ workspace, paths: ['o'] }), { files: createNodeFiles() });
    expect(outside.failures.map((failure) => failure.message)).toEqual([expect.stringContaining('symlink link')]);
    const below = await find(
      { 'o/kustomization.yaml': 'resources: [../base]\n', 'base/kustomization.yaml': 'resources: ["https://example.com/x"]\n' },
      { paths: ['o'] },
    );
    expect(below.gaps[0]?.file).toBe('base/kustomization.yaml');
  });
});
