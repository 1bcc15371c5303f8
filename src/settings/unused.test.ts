import { afterAll, describe, expect, it } from 'vitest';
import { config, deployment, type Files, found } from '../../test/support/settings-bench.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';

afterAll(removeTempFolders);

const environment = (match: string): Files =>
  config(`environments:\n  production:\n    ${match}\n    severity: { high: block }\n`);

describe('an environment', () => {
  it.each([
    ['paths: [k8s/**]'],
    ['paths: [k8s]'],
    ['paths: ["./k8s/"]'],
    ['paths: [k8s/web.yaml]'],
    ['namespaces: [shop]'],
    ['labels: { team: a }'],
    ['namespaces: [shop, elsewhere]'],
  ])('that matches something is not reported: %s', async (match) => {
    expect(await found(environment(match))).toEqual([]);
  });

  it.each([
    ['paths: [overlays/production/**]', '; no file matches `overlays/production/**`'],
    ['paths: [.k8s-gate.yaml]', ''],
    ['namespaces: [production]', ''],
    ['labels: { team: b }', ''],
  ])('that matches no resource is reported at its line: %s', async (match, why) => {
    expect(await found(environment(match))).toEqual([
      `unknown .k8s-gate.yaml:3 the environment production matches no resource${why}`,
    ]);
  });

  it('is reported for each path of it that matches no file, and for a namespace with a typo', async () => {
    expect(await found(environment('paths: [k8s, k9s/**]'))).toEqual([
      'unknown .k8s-gate.yaml:4 the path `k9s/**` of the environment production matches no file',
    ]);
    expect(await found(environment('paths: [k8s]\n    namespaces: [shopp]'))).toEqual([
      'unknown .k8s-gate.yaml:5 the namespace shopp of the environment production matches no resource; perhaps shop',
    ]);
  });

  it('is not a fault of a run that judges a part, but a path is that exists nowhere', async () => {
    const files = { ...environment('paths: [k8s, k9s]\n    namespaces: [shop]'), 'other/api.yaml': deployment('api', 'other') };
    const path = 'unknown .k8s-gate.yaml:4 the path `k9s` of the environment production matches no file';
    expect(await found(files, { paths: ['other'] })).toEqual([path]);
    expect(await found(files, { exclude: ['k8s/**'] })).toEqual([path]);
    const two = config('environments:\n  production: { paths: [k8s] }\n  staging: { namespaces: [other] }\n');
    expect(await found({ ...two, 'other/api.yaml': deployment('api', 'other') }, { environment: 'production' })).toEqual([]);
  });

  it('is not a fault of the configuration where the change removes its files', async () => {
    const base = { ...environment('paths: [prod/**]'), 'prod/api.yaml': deployment('api', 'other') };
    expect(await found(environment('paths: [prod/**]'), { base })).toEqual([
      'low .k8s-gate.yaml:3 the environment production no longer matches any resource: this change removes its files',
    ]);
  });

  it('is read from the base: what the change writes there is not in force', async () => {
    expect(await found(environment('paths: [k8s]'), { base: environment('paths: [prod]') })).toEqual([
      'unknown .k8s-gate.yaml:3 the environment production matches no resource; no file matches `prod`',
    ]);
  });
});

describe('an exclusion, an image or a file', () => {
  it('is reported where it excludes nothing', async () => {
    expect(await found(config('exclude:\n  - old/**\n  - vendor\n'))).toEqual([
      'low .k8s-gate.yaml:3 `exclude`: `old/**` matches no file',
      'low .k8s-gate.yaml:4 `exclude`: `vendor` matches no file',
    ]);
    expect(await found({ ...config('exclude: [old/**]\n'), 'old/a.yaml': 'a: [' })).toEqual([]);
  });

  it.each([
    ['registry.example.com/web:1', undefined],
    [
      'registry.example.com/web:2',
      'unknown .k8s-gate.yaml:4 `images.sources` contains registry.example.com/web:2, which no manifest uses; perhaps registry.example.com/web:1',
    ],
    ['nginx:1', 'low .k8s-gate.yaml:4 `images.sources` contains nginx:1, which no manifest uses'],
  ])('is reported where no manifest names it: %s', async (reference, finding) => {
    const files = config(`images:\n  sources:\n    "${reference}": { archive: web.tar }\n`);
    expect(await found(files)).toEqual(finding === undefined ? [] : [finding]);
  });

  it.each([
    ['{ apiVersion: tekton.dev/v1, kind: Task, path: "spec.steps[*].image" }', undefined],
    ['{ apiVersion: tekton.dev/*, kind: Task, path: "spec.steps[*].image" }', undefined],
    [
      '{ apiVersion: tekton.dev/v1, kind: Tasks, path: "spec.steps[*].image" }',
      'unknown .k8s-gate.yaml:4 `images.paths`: no resource is a Tasks of tekton.dev/v1; perhaps Task of tekton.dev/v1',
    ],
    [
      '{ apiVersion: tekton.dev/v1beta1, kind: Task, path: "spec.steps[*].image" }',
      'unknown .k8s-gate.yaml:4 `images.paths`: no resource is a Task of tekton.dev/v1beta1; perhaps Task of tekton.dev/v1',
    ],
    [
      '{ apiVersion: example.com/v1, kind: Runner, path: spec.image }',
      'low .k8s-gate.yaml:4 `images.paths`: no resource is a Runner of example.com/v1',
    ],
    [
      '{ apiVersion: tekton.dev/v1, kind: Task, path: "spec.step[*].image" }',
      'unknown .k8s-gate.yaml:4 `images.paths`: no Task of tekton.dev/v1 has an image at spec.step[*].image',
    ],
  ])('is reported where no custom resource has it: %s', async (entry, finding) => {
    const task = 'apiVersion: tekton.dev/v1\nkind: Task\nmetadata: { name: t }\nspec: { steps: [{ image: "alpine:3" }] }\n';
    const files = { ...config(`images:\n  paths:\n    - ${entry}\n`), 'task.yaml': task };
    expect(await found(files)).toEqual(finding === undefined ? [] : [finding]);
  });

  it('is reported where it looks like a setting and nothing reads it', async () => {
    expect(
      await found({
        '.k8s-gate/exceptions.yaml': 'version: 1\n',
        '.k8s-gate/policies/params.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
        'team/.k8s-gate.yaml': 'version: 1\n',
        '.k8s-gate/waivers.yaml': 'version: 1\n',
      }),
    ).toEqual([
      'unknown .k8s-gate/exceptions.yaml:1 the gate does not read this file: it only reads .k8s-gate/waivers.yaml, .k8s-gate/baseline.yaml and files listed in the configuration',
      'low team/.k8s-gate.yaml:1 this configuration is not used: the gate only reads `.k8s-gate.yaml` at the root of the workspace',
      'unknown .k8s-gate/policies/params.yaml:1 the file is in a policy folder but contains no policy',
    ]);
    const named = config('engines:\n  trivy: { secretConfig: .k8s-gate/secrets.yaml }\n');
    expect(await found({ ...named, '.k8s-gate/secrets.yaml': 'rules: []\n' })).toEqual([]);
  });
});

describe('a waiver', () => {
  const waivers = (...entries: readonly string[]): Files => ({
    '.k8s-gate/waivers.yaml': `version: 1\nwaivers:\n${entries
      .map((entry) => `  - { ${entry}, target: Deployment shop/web, reason: it is agreed, owner: ana, expires: 2027-01-31 }\n`)
      .join('')}`,
  });
  const kyverno = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: { name: require-limits }
spec: { rules: [{ name: limits, match: { any: [{ resources: { kinds: [Pod] } }] }, validate: { message: a, pattern: {} } }] }
`;

  it('of a rule that exists, or may exist, is not reported', async () => {
    expect(
      await found({
        '.k8s-gate/policies/kyverno.yaml': kyverno,
        ...waivers(
          'rule: cel/privileged',
          'rule: cel/no-*',
          'rule: kube-linter/latest-tag',
          'rule: kyverno/require-limits/limits',
          'rule: trivy/CVE-2026-1234',
          'rule: opa/main/deny',
          'rule: gate/config-loosened',
        ),
      }),
    ).toEqual([]);
  });

  it('of a rule that no engine has is reported at its line', async () => {
    const at = '.k8s-gate/waivers.yaml';
    expect(
      await found({
        '.k8s-gate/policies/kyverno.yaml': kyverno,
        ...waivers(
          'rule: cel/no-latest-tagg',
          'rule: cel/nothing-*',
          'rule: kube-linter/latest-tags',
          'rule: kyverno/require-limits',
        ),
      }),
    ).toEqual([
      `unknown ${at}:3 the waiver of cel/no-latest-tagg waives nothing: CEL policies has no such rule; perhaps cel/no-latest-tag`,
      `unknown ${at}:4 the waiver of cel/nothing-* waives nothing: CEL policies has no such rule`,
      `unknown ${at}:5 the waiver of kube-linter/latest-tags waives nothing: KubeLinter has no such rule; perhaps kube-linter/latest-tag`,
      `unknown ${at}:6 the waiver of kyverno/require-limits waives nothing: Kyverno has no such rule; perhaps kyverno/require-limits/limits`,
    ]);
  });

  it('in an unknown environment is reported', async () => {
    const files = { ...environment('paths: [k8s]'), ...waivers('rule: cel/privileged, environments: [prodution, production]') };
    expect(await found(files)).toEqual([
      'unknown .k8s-gate/waivers.yaml:3 the waiver of cel/privileged contains the environment prodution, which does not exist; perhaps production',
    ]);
  });
});

describe('options of an engine', () => {
  it('are reported where they name no rule of it', async () => {
    const options =
      '  kube-linter:\n    checks: { include: [latest-tagg], exclude: [no-liveness-probe] }\n    severity: { privileged-containr: low }\n';
    expect(await found(config(`engines:\n${options}`))).toEqual([
      'unknown .k8s-gate.yaml:4 `engines.kube-linter.checks.include` contains latest-tagg, which is not a rule of KubeLinter; perhaps latest-tag',
      'unknown .k8s-gate.yaml:5 `engines.kube-linter.severity` contains privileged-containr, which is not a rule of KubeLinter; perhaps privileged-container',
    ]);
    expect(await found(config(`engines:\n${options}`), { engines: 'cel' })).toEqual([]);
  });

  it('are reported at their line where they name no policy of the pack', async () => {
    const options =
      '    disable: [cel/privilged, cel/host-ports]\n    enable: [require-digests]\n    params: { allowed-registry: { registries: a } }\n';
    expect(await found(config(`engines:\n  cel:\n${options}`))).toEqual([
      'unknown .k8s-gate.yaml:5 `engines.cel.enable` contains require-digests, which is not a rule of CEL policies; perhaps require-digest',
      'unknown .k8s-gate.yaml:4 `engines.cel.disable` contains privilged, which is not a rule of CEL policies; perhaps privileged',
      'unknown .k8s-gate.yaml:6 `engines.cel.params` contains allowed-registry, which is not a rule of CEL policies; perhaps allowed-registries',
    ]);
  });

  it('are reported where they are about a namespace that nothing is deployed to', async () => {
    const files = config(
      'engines:\n  kyverno:\n    namespaces:\n      shop: { a: b }\n      shops: { a: b }\n      other: { a: b }\n  gatekeeper:\n    namespaces: { shopp: { a: b } }\n',
    );
    expect(await found(files)).toEqual([
      'unknown .k8s-gate.yaml:6 `engines.kyverno.namespaces` sets labels of shops, to which nothing is deployed; perhaps shop',
      'low .k8s-gate.yaml:7 `engines.kyverno.namespaces` sets labels of other, to which nothing is deployed',
      'unknown .k8s-gate.yaml:9 `engines.gatekeeper.namespaces` sets labels of shopp, to which nothing is deployed; perhaps shop',
    ]);
  });
});
