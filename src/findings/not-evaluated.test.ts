// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters of OpenShift are written like this.
import { describe, expect, it } from 'vitest';
import { engineFinding, image, manifestSet, resource } from '../../test/support/model.ts';
import { manifest } from '../../test/support/policy-bench.ts';
import type { Coverage, EngineRun } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { Unresolved } from '../model/image.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { collectFindings } from './collect.ts';
import { gateRun, joinGateRuns, notEvaluated, unresolvedNotes } from './not-evaluated.ts';

const run = (coverage: readonly Coverage[], engine = 'cel') => ({
  status: 'completed' as const,
  engine,
  version: '1',
  findings: [],
  coverage,
  notes: [],
  durationMs: 1,
});
const idle = (uid: string): Coverage => ({
  target: { kind: 'resource', resource: uid },
  status: 'not-applicable',
  reason: 'no policy is about it',
});
const evaluated = (uid: string): Coverage => ({ target: { kind: 'resource', resource: uid }, status: 'evaluated' });
const scanned: Coverage = { target: { kind: 'image', reference: 'a' }, status: 'evaluated' };
const titles = (set: ManifestSet, ...runs: readonly EngineRun[]) => notEvaluated(set, runs).map(({ title }) => title);

const rollout = manifest(
  '{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: web}, spec: {template: {spec: {containers: [{name: a, image: a}]}}}}',
  { uid: 'obj-1' },
);
const configMap = manifest('{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}', { uid: 'obj-2' });
const deployment = resource({ uid: 'obj-3' });

describe('a policy of the user', () => {
  const skipped = (engine: string, why: 'unavailable' | 'disabled', policies?: readonly string[]) =>
    ({ status: 'skipped', engine, reason: 'takes too long', why, ...(policies !== undefined && { policies }) }) as const;
  const policies = ['p/a.yaml', 'p/b.yaml'];

  it('is reported if its engine is not installed, and not if it is disabled', () => {
    const set = manifestSet({});
    expect(notEvaluated(set, [skipped('gatekeeper', 'unavailable', policies), skipped('kyverno', 'unavailable')])).toMatchObject([
      {
        rule: 'not-evaluated',
        severity: 'unknown',
        title: 'no engine evaluated this policy file and 1 more, because gatekeeper is not installed',
        subject: { kind: 'file', location: { file: 'p/a.yaml' } },
      },
    ]);
    expect(notEvaluated(set, [skipped('gatekeeper', 'disabled', policies)])).toEqual([]);
  });
});

describe('what runs containers', () => {
  it.each([
    ['a workload', deployment],
    ['a custom resource with a pod template', rollout],
  ])('is reported where no engine evaluated it: %s', (_what, owner) => {
    const set = manifestSet({ resources: [owner] });
    expect(notEvaluated(set, [run([idle(owner.uid)]), run([idle(owner.uid)], 'kube-linter')])).toMatchObject([
      {
        engine: 'gate',
        rule: 'not-evaluated',
        severity: 'unknown',
        category: 'policy',
        title: `no engine evaluated this ${owner.kind}, which runs containers: no policy is about it`,
        subject: { kind: 'resource', resource: owner.uid, path: [] },
      },
    ]);
  });

  it('is reported for a custom resource of which only an image is known', () => {
    const prometheus = manifest(
      '{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: p}, spec: {image: a}}',
    );
    const uses = [{ resource: 'p', containerKind: 'custom', path: ['spec', 'image'] }] as const;
    const set = manifestSet({ resources: [prometheus], images: [image('a', uses)] });
    expect(titles(set, run([idle('p')]), run([scanned], 'trivy'))).toHaveLength(1);
  });

  it('is not where one engine evaluated it, whatever the others did', () => {
    const set = manifestSet({ resources: [rollout] });
    const off: EngineRun = { status: 'skipped', engine: 'trivy', reason: 'switched off', why: 'disabled' };
    expect(titles(set, run([idle('obj-1')]), run([evaluated('obj-1')], 'opa'), off)).toEqual([]);
  });

  it('is reported where only its schema was validated, unless nothing else was asked for', () => {
    const set = manifestSet({ resources: [rollout] });
    const validated = run([evaluated('obj-1')], 'schema');
    expect(titles(set, validated, run([idle('obj-1')]))).toHaveLength(1);
    expect(titles(set, validated)).toEqual([]);
  });

  it('is not if its result is an error or missing, which is also an error', () => {
    const set = manifestSet({ resources: [rollout] });
    const error = new GateError('ENGINE_FAILED', { message: 'x' });
    expect(titles(set, run([{ target: { kind: 'resource', resource: 'obj-1' }, status: 'failed', error }]))).toEqual([]);
    expect(titles(set, run([]))).toEqual([]);
  });
});

describe('what reaches nodes, pods or permissions in other ways', () => {
  const found = (text: string, ...coverage: readonly Coverage[]) =>
    titles(manifestSet({ resources: [manifest(text, { uid: 'a' }), configMap] }), run([...coverage, evaluated(configMap.uid)]));
  const webhook = (rule: string) =>
    `{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: a}, webhooks: [{rules: [${rule}]}]}`;
  const generates = (kind: string) =>
    `{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: a}, spec: {rules: [{generate: {kind: ${kind}, name: b}}]}}`;

  it.each([
    [
      'configures nodes',
      '{apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfig, metadata: {name: a}, spec: {}}',
    ],
    ['configures nodes', '{apiVersion: bootstrap.cluster.x-k8s.io/v1beta1, kind: KubeadmConfig, metadata: {name: a}, spec: {}}'],
    [
      'configures nodes',
      '{apiVersion: karpenter.k8s.aws/v1, kind: EC2NodeClass, metadata: {name: a}, spec: {userData: "#!/bin/sh"}}',
    ],
    ['runs a virtual machine', '{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {name: a}, spec: {}}'],
    ['builds an image in the cluster', '{apiVersion: build.openshift.io/v1, kind: BuildConfig, metadata: {name: a}, spec: {}}'],
    [
      'imports images',
      '{apiVersion: image.openshift.io/v1, kind: ImageStream, metadata: {name: a}, spec: {tags: [{from: {kind: DockerImage, name: b}}]}}',
    ],
    [
      'adds files of other sources to its own',
      '{apiVersion: source.toolkit.fluxcd.io/v1, kind: GitRepository, metadata: {name: a}, spec: {include: [{repository: {name: b}}]}}',
    ],
    [
      'accepts privileged pods',
      '{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {pod-security.kubernetes.io/enforce: privileged}}}',
    ],
    [
      'is exempt from policies of the cluster',
      '{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {admission.gatekeeper.sh/ignore: "1"}}}',
    ],
    ['runs code in proxies', '{apiVersion: extensions.istio.io/v1alpha1, kind: WasmPlugin, metadata: {name: a}, spec: {}}'],
    ['decides what pods may do', '{apiVersion: security.openshift.io/v1, kind: SecurityContextConstraints, metadata: {name: a}}'],
    ['grants permissions', '{apiVersion: authorization.openshift.io/v1, kind: ClusterRoleBinding, metadata: {name: a}}'],
    ['grants permissions', '{apiVersion: v1, kind: ConfigMap, metadata: {name: aws-auth, namespace: kube-system}}'],
    ['grants permissions', generates('ClusterRoleBinding')],
    ['deletes objects in the cluster', '{apiVersion: kyverno.io/v2, kind: ClusterCleanupPolicy, metadata: {name: a}, spec: {}}'],
    ['exempts objects from policies of the cluster', '{apiVersion: kyverno.io/v2, kind: PolicyException, metadata: {name: a}}'],
    [
      'exempts namespaces from policies of the cluster',
      '{apiVersion: config.gatekeeper.sh/v1alpha1, kind: Config, metadata: {name: a}, spec: {match: [{excludedNamespaces: ["*"]}]}}',
    ],
    ['changes pods or workloads in the cluster', webhook('{apiGroups: [""], resources: [pods], operations: [CREATE]}')],
    ['changes pods or workloads in the cluster', webhook('{apiGroups: ["*"], resources: ["*/*"], operations: ["*"]}')],
    [
      'changes objects in the cluster',
      '{apiVersion: policies.kubewarden.io/v1, kind: AdmissionPolicy, metadata: {name: a}, spec: {mutating: true}}',
    ],
  ])('is reported if no engine evaluated it: it %s', (effect, text) => {
    expect(found(text, idle('a'))).toEqual([expect.stringContaining(`, which ${effect}: no policy is about it`)]);
    expect(found(text, evaluated('a'))).toEqual([]);
  });

  it.each([
    webhook('{apiGroups: [cert-manager.io], resources: [certificates], operations: [CREATE]}'),
    webhook('{apiGroups: [""], resources: [pods], operations: [DELETE]}'),
    generates('NetworkPolicy'),
    '{apiVersion: v1, kind: ConfigMap, metadata: {name: aws-auth, namespace: shop}}',
    '{apiVersion: karpenter.k8s.aws/v1, kind: EC2NodeClass, metadata: {name: a}, spec: {}}',
    '{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {pod-security.kubernetes.io/enforce: baseline}}}',
    '{apiVersion: source.toolkit.fluxcd.io/v1, kind: GitRepository, metadata: {name: a}, spec: {include: []}}',
    '{apiVersion: image.openshift.io/v1, kind: ImageStream, metadata: {name: a}, spec: {tags: [{from: {kind: ImageStreamTag, name: b}}]}}',
    '{apiVersion: policies.kubewarden.io/v1, kind: AdmissionPolicy, metadata: {name: a}, spec: {mutating: false}}',
    '{apiVersion: config.gatekeeper.sh/v1alpha1, kind: Config, metadata: {name: a}, spec: {sync: {}}}',
  ])('is not reported of %s', (text) => {
    expect(found(text, idle('a'))).toEqual([]);
  });
});

describe('a set of which nothing was evaluated', () => {
  it('is one finding, and none where something was', () => {
    const set = manifestSet({ resources: [configMap, { ...configMap, uid: 'obj-4', kind: 'Widget' }] });
    expect(titles(set, run([idle('obj-2'), idle('obj-4')]))).toEqual([
      'nothing was evaluated: no enabled engine has a check for ConfigMap, Widget',
    ]);
    expect(titles(set, run([idle('obj-2'), evaluated('obj-4')]))).toEqual([]);
    expect(titles(manifestSet(), run([]))).toEqual([]);
  });
});

describe('a gap that discovery or rendering found', () => {
  const gaps = ['submodule vendor/a', 'submodule vendor/b'].map((subject) => ({
    file: '.gitmodules',
    line: 2,
    subject,
    reason: 'it is not checked out',
    next: 'Check out with `submodules: true`.',
  }));

  it('is a finding at its line, distinguished from others of the file', () => {
    const set = manifestSet({ gaps });
    expect(notEvaluated(set, [])[0]).toMatchObject({
      title: 'submodule vendor/a was not evaluated: it is not checked out',
      subject: { kind: 'file', location: { file: '.gitmodules', line: 2 } },
      fix: { text: 'Check out with `submodules: true`.' },
    });
    const found = collectFindings(gateRun(set, [], '1'), set);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  const lacking = (...releases: readonly string[]) =>
    releases.map((release) => ({
      file: 'c/Chart.yaml',
      line: 4,
      subject: `dependency db of chart c${release}`,
      reason: 'it is not in c/charts/',
      next: 'Run `helm dependency build`.',
      unit: 'c/charts/db',
    }));
  const titles = (...releases: readonly string[]) =>
    notEvaluated(manifestSet({ gaps: lacking(...releases) }), []).map(({ title }) => title);

  it('is one finding for all kustomizations that need the file which is not there', () => {
    const gap = { file: 'base/kustomization.yaml', line: 2, reason: '`made.yaml` does not exist', next: 'Add it.' };
    const gaps = ['base', 'prod'].map((unit) => ({ ...gap, subject: `kustomization ${unit}`, unit }));
    expect(notEvaluated(manifestSet({ gaps }), []).map(({ title }) => title)).toEqual([
      'kustomization base (also kustomization prod) was not evaluated: `made.yaml` does not exist',
    ]);
  });

  it('is one finding for all releases of a chart that lack the same, and another one where one more does', () => {
    expect(titles('', ' with a.yaml', ' with b.yaml')).toEqual([
      'dependency db of chart c (also with a.yaml; with b.yaml) was not evaluated: it is not in c/charts/',
    ]);
    expect(titles(...Array.from({ length: 13 }, (_, index) => ` with ${index}.yaml`))[0]).toMatch(
      / with 10\.yaml; and 2 more\) was/,
    );
    const of = (...releases: readonly string[]) => {
      const set = manifestSet({ gaps: lacking(...releases) });
      return collectFindings(gateRun(set, [], '1'), set).map(({ fingerprint }) => fingerprint);
    };
    expect(of('', ' with a.yaml')).not.toEqual(of(''));
  });
});

describe('a pointer', () => {
  it.each<[string, string]>([
    [
      '{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a}, spec: {source: {repoURL: "https://charts.example.com", chart: db, targetRevision: 1.2.3}}}',
      'chart db 1.2.3 of https://charts.example.com is not rendered at spec.source.chart',
    ],
    [
      '{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a}, spec: {sources: [{repoURL: x, path: apps/web}, {repoURL: x, ref: values}]}}',
      'path apps/web of x and 1 more is not rendered as this Application deploys it; the files of apps/web were evaluated as they are at spec.sources.0.path',
    ],
    [
      '{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: {name: a}, spec: {template: {spec: {source: {repoURL: x, path: "{{path}}"}}}}}',
      'path {{path}} of x is not rendered at spec.template.spec.source.path',
    ],
    [
      '{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: a}, spec: {chart: {spec: {chart: podinfo, version: 6.x, sourceRef: {kind: HelmRepository, name: podinfo}}}, values: {hostPID: true}}}',
      'chart podinfo 6.x of HelmRepository podinfo is not rendered at spec.chart.spec.chart',
    ],
    [
      '{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: a}, spec: {chartRef: {kind: OCIRepository, name: t}}}',
      'OCIRepository t is not rendered at spec.chartRef.name',
    ],
    [
      '{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: a}, spec: {path: ./apps/web, sourceRef: {kind: GitRepository, name: flux-system}}}',
      'path ./apps/web of GitRepository flux-system is not rendered as this Kustomization deploys it; the files of apps/web were evaluated as they are at spec.path',
    ],
    [
      '{apiVersion: helm.cattle.io/v1, kind: HelmChart, metadata: {name: a}, spec: {repo: "https://charts.example.com", chart: traefik}}',
      'chart traefik of https://charts.example.com is not rendered at spec.chart',
    ],
    [
      '{apiVersion: helm.cattle.io/v1, kind: HelmChart, metadata: {name: a}, spec: {chartContent: H4sI}}',
      'the chart in `chartContent` is not rendered at spec.chartContent',
    ],
    [
      '{apiVersion: fleet.cattle.io/v1alpha1, kind: GitRepo, metadata: {name: a}, spec: {repo: r, paths: [a, b]}}',
      '2 paths of r is not rendered at spec.paths',
    ],
    [
      '{apiVersion: helm.crossplane.io/v1beta1, kind: Release, metadata: {name: a}, spec: {forProvider: {chart: {name: wordpress, repository: r}}}}',
      'chart wordpress of r is not rendered at spec.forProvider.chart.name',
    ],
    [
      '{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a}, spec: {}}',
      'what it deploys is not rendered at ',
    ],
  ])('is reported with what it deploys: %s', (text, expected) => {
    const set = manifestSet({
      resources: [manifest(text)],
      units: [{ kind: 'plain', path: 'apps/web/pod.yaml', status: 'rendered', resources: 1 }],
    });
    // That an engine has a policy about the pointer itself renders no chart.
    const found = notEvaluated(set, [run([evaluated('a')])]);
    expect(found.map(({ title, subject }) => `${title} at ${subject.kind === 'resource' ? subject.path.join('.') : ''}`)).toEqual(
      [expected],
    );
  });
});

describe('a podSpecPatch', () => {
  it('is reported, since it is a text that nobody applied', () => {
    const workflow = manifest(
      '{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: a}, spec: {podSpecPatch: "{}", templates: [{podSpecPatch: "{}", container: {image: a}}]}}',
    );
    const found = notEvaluated(manifestSet({ resources: [workflow] }), [run([evaluated('a')])]);
    expect(found.map(({ subject }) => subject.kind === 'resource' && subject.path.join('.'))).toEqual([
      'spec.podSpecPatch',
      'spec.templates.0.podSpecPatch',
    ]);
  });
});

describe('a pod that is in no manifest', () => {
  const kyverno = (rule: string) =>
    `{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: a}, spec: {rules: [${rule}]}}`;
  const mutation = (expression: string) =>
    `{apiVersion: admissionregistration.k8s.io/v1beta1, kind: MutatingAdmissionPolicy, metadata: {name: a}, spec: {mutations: [{applyConfiguration: {expression: '${expression}'}}]}}`;
  const workflow = (text: string) =>
    `{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: a}, spec: {templates: [{resource: {action: create, manifest: '${text}'}}]}}`;
  const template = (spec: string, parameter: string) =>
    `{apiVersion: template.openshift.io/v1, kind: Template, metadata: {name: a}, objects: [{apiVersion: x/v1, kind: A, spec: ${spec}}], parameters: [${parameter}]}`;
  const found = (text: string) => {
    const set = manifestSet({ resources: [manifest(text, { uid: 'a' })] });
    return notEvaluated(set, [run([evaluated('a')])]).map(({ check }) => check);
  };

  it.each([
    ['mutation', kyverno('{generate: {kind: Pod, data: {spec: {containers: [{image: a}]}}}}')],
    ['mutation', kyverno('{mutate: {patchStrategicMerge: {spec: {hostPID: true}}}}')],
    ['mutation', kyverno('{mutate: {patchesJson6902: "- {op: add, path: /spec/hostNetwork, value: true}"}}')],
    ['mutation', mutation('Object{spec: Object.spec{hostPID: true}}')],
    [
      'mutation',
      '{apiVersion: mutations.gatekeeper.sh/v1, kind: Assign, metadata: {name: a}, spec: {location: spec.hostPID, parameters: {assign: {value: true}}}}',
    ],
    ['mutation', '{apiVersion: policies.kyverno.io/v1, kind: MutatingPolicy, metadata: {name: a}, spec: {x: "hostIPC: true"}}'],
    ['mutation', kyverno('{mutate: {patchStrategicMerge: {spec: {serviceAccountName: admin}}}}')],
    ['mutation', kyverno('{mutate: {patchStrategicMerge: {spec: {securityContext: {capabilities: {add: [SYS_ADMIN]}}}}}}')],
    [
      'mutation',
      '{apiVersion: mutations.gatekeeper.sh/v1, kind: ModifySet, metadata: {name: a}, spec: {location: "spec.containers[name: *].args", parameters: {values: {fromList: [--root]}}}}',
    ],
    ['parameters', template('{"${KEY}": true}', '{name: KEY, value: hostPID}')],
    ['parameters', template('"${{SPEC}}"', '{name: SPEC}')],
    ['parameters', template('"${{SPEC}}"', '{name: SPEC, value: "{}"}')],
    [
      'manifest',
      '{apiVersion: x.example/v1, kind: A, metadata: {name: a}, spec: {pod: "containers:\\n- name: a\\n  image: b\\n"}}',
    ],
    ['manifest', workflow('{"apiVersion": "v1", "kind": "Pod"}')],
    [
      'manifest',
      `{apiVersion: x.example/v1, kind: A, metadata: {name: a}, spec: {t: "a: b\\n---\\nkind: Pod\\napiVersion: v1\\n"}}`,
    ],
  ])('is reported: %s of %s', (check, text) => {
    expect(found(text)).toEqual([check]);
  });

  it.each([
    kyverno('{validate: {pattern: {spec: {hostPID: false, containers: [{image: "*:*"}]}}}}'),
    kyverno('{mutate: {patchStrategicMerge: {metadata: {labels: {a: b}}, spec: {securityContext: {runAsNonRoot: true}}}}}'),
    kyverno('{mutate: {patchStrategicMerge: {spec: {securityContext: {capabilities: {drop: [ALL]}}}}}}'),
    kyverno(
      '{mutate: {patchesJson6902: "- {op: add, path: /spec/capabilities, value: {drop: [ALL]}}\\n- {op: add, path: /a, value: b}"}}',
    ),
    template('{replicas: "${{REPLICAS}}", name: "${NAME}"}', '{name: REPLICAS, value: "3"}'),
    kyverno('{generate: {kind: NetworkPolicy, data: {spec: {podSelector: {}}}}}'),
    mutation('Object{metadata: Object.metadata{labels: {"a": "b"}}}'),
    workflow('no manifest of this kind: apiVersion is missing'),
    '{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}, spec: {x: "apiVersion: v1\\nkind: Pod"}}',
    '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: "apiVersion: v1\\nkind: Pod"}}',
  ])('is not reported of %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('an image that is not a reference', () => {
  const unresolved = (atRunTime: boolean): Unresolved => ({
    error: new GateError('IMAGE_INVALID', { message: 'x' }),
    what: 'a placeholder that ko replaces',
    atRunTime,
  });
  const set = (atRunTime: boolean) =>
    manifestSet({
      resources: [deployment],
      images: [
        {
          ...image('ko://x', [{ resource: 'obj-3', containerKind: 'container', path: ['spec', 'x'] }]),
          unresolved: unresolved(atRunTime),
        },
      ],
    });
  const judged = run([evaluated('obj-3')]);

  it('is a note where no engine scans images', () => {
    for (const atRunTime of [true, false]) {
      expect(titles(set(atRunTime), judged)).toEqual([]);
      expect(unresolvedNotes(set(atRunTime), [judged])).toEqual([
        'no image is known for "ko://x" at deploy/app.yaml:3:1: it is a placeholder that ko replaces',
      ]);
    }
  });

  it('is a finding where images are scanned and only the cluster knows it', () => {
    expect(titles(set(true), judged, run([scanned], 'trivy'))).toEqual([
      'the image "ko://x" is only known at run time, so no engine scanned it',
    ]);
    expect(unresolvedNotes(set(true), [judged, run([scanned], 'trivy')])).toEqual([]);
  });

  it('is neither if an engine has a result for it', () => {
    const failed = run(
      [{ target: { kind: 'image', reference: 'ko://x' }, status: 'failed', error: unresolved(false).error }],
      'trivy',
    );
    expect([titles(set(false), judged, failed), unresolvedNotes(set(false), [judged, failed])]).toEqual([[], []]);
  });
});

describe('the gate’s own run', () => {
  it('is there only where it has something to report, and is one', () => {
    const evaluatedSet = manifestSet({ resources: [deployment] });
    expect(gateRun(evaluatedSet, [run([evaluated('obj-3')])], '1')).toEqual([]);
    const [gaps] = gateRun(evaluatedSet, [run([idle('obj-3')])], '1');
    const settings: EngineRun = { ...run([], 'gate'), findings: [engineFinding({ engine: 'gate' })], notes: ['base'] };
    const joined = joinGateRuns([run([idle('obj-3')]), ...(gaps === undefined ? [] : [gaps]), settings]);
    expect(joined.map(({ engine }) => engine)).toEqual(['cel', 'gate']);
    expect(joined[1]?.status === 'completed' && [joined[1].findings.length, joined[1].notes]).toEqual([2, ['base']]);
  });
});
