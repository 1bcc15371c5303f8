import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RuleFinding } from '../../src/engines/schema/rule.ts';
import catalogue from '../../src/engines/schema/rules/catalogue.json' with { type: 'json' };
import type { RuleName } from '../../src/engines/schema/rules/faults.ts';
import { objectRules } from '../../src/engines/schema/rules/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';
import { root } from '../support/root.ts';
import { corpus } from './apiserver.ts';
import { replaced } from './mutations.ts';

const minors = [33, 34, 35, 36, 37];
const objects = corpus();

function nameOf({ kind, metadata }: JsonObject): string {
  return `${kind}/${isObject(metadata) ? metadata.name : ''}`;
}

function judge(object: JsonObject, minor: number): readonly RuleFinding[] {
  const [version = '', group = ''] = String(object.apiVersion).split('/').toReversed();
  return objectRules.flatMap((rule) => [...rule(object, { group, version, kind: String(object.kind), minor })]);
}

function changed(name: string, path: string, value: JsonValue | undefined): JsonObject {
  const object = objects.find((candidate) => nameOf(candidate) === name);
  if (object === undefined) throw new Error(`the corpus has no ${name}`);
  const steps = path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const result = replaced(object, steps, value);
  if (!isObject(result)) throw new Error(`${path} is the object itself`);
  return result;
}

const pod = 'Pod/full';
const deployment = 'Deployment/web';
const inPod = 'spec.containers.0';
const cases: readonly (readonly [rule: RuleName, object: string, path: string, value: JsonValue | undefined, at?: string])[] = [
  ['name', 'Deployment/web', 'metadata.name', 'Web_1'],
  ['name', 'Service/web', 'metadata.name', 'web.a'],
  ['name', 'StatefulSet/db', 'metadata.name', 'db.a'],
  ['name', 'CronJob/nightly', 'metadata.name', 'a'.repeat(53)],
  ['name', 'Job/once', 'metadata.name', 'a'.repeat(64)],
  ['name', 'ConfigMap/settings', 'metadata', { generateName: 'A-' }, 'metadata.generateName'],
  ['name', 'ConfigMap/settings', 'metadata.name', undefined, 'metadata'],
  ['namespace', pod, 'metadata.namespace', 'a.b'],
  ['label-key', pod, 'metadata.labels', { 'a b': 'c' }, 'metadata.labels.a b'],
  ['label-value', pod, 'metadata.labels.tier', 'a'.repeat(64)],
  ['label-value', deployment, 'spec.template.metadata.labels.tier', 'front end'],
  ['annotation-key', pod, 'metadata.annotations', { 'a/b/c': 'd' }, 'metadata.annotations.a/b/c'],
  ['annotations-size', 'ConfigMap/settings', 'metadata.annotations', { a: 'b'.repeat(262_145) }],
  ['finalizer', pod, 'metadata.finalizers', ['guard'], 'metadata.finalizers.0'],
  ['owner-reference', pod, 'metadata.ownerReferences.0.uid', ''],
  ['reference-name', pod, 'spec.serviceAccountName', 'Runner'],
  ['selector', deployment, 'spec.selector', undefined, 'spec'],
  ['selector', deployment, 'spec.selector', {}],
  ['selector', deployment, 'spec.selector.matchExpressions.0.operator', 'Is'],
  ['selector-mismatch', deployment, 'spec.template.metadata.labels.app', 'api', 'spec.template.metadata.labels'],
  ['container', pod, 'spec.containers', []],
  ['container-name', pod, `${inPod}.name`, 'Main'],
  ['container-name', pod, 'spec.initContainers.0.name', 'main'],
  ['image', pod, `${inPod}.image`, ''],
  ['image', pod, `${inPod}.image`, ' a'],
  ['port', pod, `${inPod}.ports.0.containerPort`, 65_536],
  ['port', pod, `${inPod}.ports.0.protocol`, 'HTTP'],
  ['port-name', pod, `${inPod}.ports.0.name`, 'sixteen-letters-'],
  ['port-name', pod, `${inPod}.ports.1.name`, 'http'],
  ['host-port', 'Pod/plain', 'spec.containers.1.ports.0.containerPort', 80, 'spec.containers.1.ports.0.hostPort'],
  ['env-name', pod, `${inPod}.env.0.name`, 'A=B'],
  ['env-source', pod, `${inPod}.env.1.value`, 'x', `${inPod}.env.1.valueFrom`],
  ['env-source', pod, `${inPod}.env.1.valueFrom.fieldRef.fieldPath`, 'metadata.labels'],
  ['volume', pod, 'spec.volumes.0.hostPath', { path: '/a' }],
  ['volume', pod, 'spec.volumes.1.name', 'scratch'],
  ['volume-mount', pod, `${inPod}.volumeMounts.0.name`, 'other'],
  ['volume-mount', pod, `${inPod}.volumeMounts.0.mountPath`, '/etc/app', `${inPod}.volumeMounts.1.mountPath`],
  ['probe', pod, `${inPod}.livenessProbe.tcpSocket`, { port: 1 }],
  ['probe', pod, `${inPod}.livenessProbe.successThreshold`, 2],
  ['lifecycle', pod, `${inPod}.lifecycle.preStop`, {}],
  ['init-container', pod, 'spec.initContainers.0.livenessProbe', { exec: { command: ['a'] } }],
  ['ephemeral-container', pod, 'spec.ephemeralContainers', [{ name: 'a', image: 'a' }]],
  ['restart-policy', deployment, 'spec.template.spec.restartPolicy', 'Never'],
  ['restart-policy', 'Job/once', 'spec.template.spec.restartPolicy', 'Always'],
  ['quantity', pod, `${inPod}.resources.limits.memory`, '128 MB'],
  ['resources', pod, `${inPod}.resources.requests.memory`, '1Gi'],
  ['resources', pod, `${inPod}.resources.limits`, { cpus: 1 }, `${inPod}.resources.limits.cpus`],
  ['resource-claim', 'Pod/claims', 'spec.containers.0.resources.claims.1.name', 'disk'],
  ['security-context', 'Pod/plain', 'spec.containers.1.securityContext.allowPrivilegeEscalation', false],
  ['affinity', pod, 'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.weight', 101],
  ['toleration', pod, 'spec.tolerations.0.operator', 'Exists', 'spec.tolerations.0.value'],
  ['topology-spread', pod, 'spec.topologySpreadConstraints.0.maxSkew', 0],
  ['dns', pod, 'spec.dnsConfig', undefined, 'spec'],
  ['hostname', pod, 'spec.hostname', 'a.b'],
  ['pod', pod, 'spec.activeDeadlineSeconds', 0],
  ['replicas', deployment, 'spec.replicas', -1],
  ['strategy', deployment, 'spec.strategy.type', 'Recreate', 'spec.strategy.rollingUpdate'],
  [
    'strategy',
    deployment,
    'spec.strategy.rollingUpdate',
    { maxSurge: 0, maxUnavailable: '0%' },
    'spec.strategy.rollingUpdate.maxUnavailable',
  ],
  ['job', 'Job/indexed', 'spec.completionMode', 'NonIndexed', 'spec.backoffLimitPerIndex'],
  ['schedule', 'CronJob/nightly', 'spec.schedule', '60 2 * * *'],
  ['schedule', 'CronJob/nightly', 'spec.schedule', '0 2 * *'],
  ['schedule', 'CronJob/nightly', 'spec.schedule', 'TZ=UTC 0 2 * * *'],
  ['schedule', 'CronJob/nightly', 'spec.timeZone', 'Europe/Atlantis'],
  ['autoscaler', 'HorizontalPodAutoscaler/web', 'spec.minReplicas', 11, 'spec.maxReplicas'],
  ['disruption-budget', 'PodDisruptionBudget/web', 'spec.maxUnavailable', 1, 'spec'],
  ['service', 'Service/web', 'spec.externalTrafficPolicy', 'Local'],
  ['service', 'Service/web', 'spec.type', 'ExternalName', 'spec'],
  ['service-port', 'Service/web', 'spec.ports.1.name', undefined, 'spec.ports.1'],
  ['service-port', 'Service/web', 'spec.ports.1', { name: 'b', port: 80 }],
  ['ip', 'Service/lb', 'spec.loadBalancerSourceRanges.0', '10.0.0.0'],
  ['ip', 'Service/lb', 'spec.externalIPs.0', '127.0.0.1'],
  ['ingress', 'Ingress/web', 'spec.rules.0.http.paths.0.backend', {}],
  ['ingress-host', 'Ingress/web', 'spec.rules.0.host', '10.0.0.1'],
  ['ingress-path', 'Ingress/web', 'spec.rules.0.http.paths.0.pathType', undefined, 'spec.rules.0.http.paths.0'],
  ['network-policy', 'NetworkPolicy/web', 'spec.ingress.0.from.1.ipBlock.except.0', '10.1.0.0/24'],
  ['endpoints', 'EndpointSlice/fixed-1', 'endpoints.0.addresses', []],
  ['config-key', 'ConfigMap/settings', 'data', { 'a/b': 'c' }, 'data.a/b'],
  ['config-size', 'ConfigMap/settings', 'data', { a: 'b'.repeat(1_048_577) }],
  ['base64', 'Secret/opaque', 'data.token', 'not base64'],
  ['secret-type', 'Secret/tls', 'data', { 'tls.crt': 'YQ==' }],
  ['secret-type', 'Secret/pull', 'stringData', { '.dockerconfigjson': '{' }, 'stringData..dockerconfigjson'],
  ['claim', 'PersistentVolumeClaim/data', 'spec.resources', undefined, 'spec'],
  ['persistent-volume', 'PersistentVolume/local', 'spec.nodeAffinity', undefined, 'spec'],
  ['role', 'Role/system:reader', 'rules.0.verbs', []],
  ['role', 'Role/system:reader', 'rules.0.nonResourceURLs', ['/a']],
  ['role-binding', 'ClusterRoleBinding/read', 'subjects.0.namespace', undefined, 'subjects.0'],
  ['quota', 'ResourceQuota/quota', 'spec.scopes', ['BestEffort'], 'spec.scopes.0'],
  ['limit-range', 'LimitRange/limits', 'spec.limits.0.min.cpu', '3'],
  ['storage', 'StorageClass/fast', 'provisioner', 'a/b/c'],
  ['runtime-class', 'RuntimeClass/gvisor', 'handler', 'Runsc'],
  ['priority-class', 'PriorityClass/high', 'value', 1_000_000_001],
  ['lease', 'Lease/leader', 'spec.leaseDurationSeconds', 0],
  ['flow-control', 'FlowSchema/flow', 'spec.rules.0.subjects', []],
  ['device', 'ResourceClaim/net', 'spec.devices.requests.0.name', 'One'],
  ['webhook', 'ValidatingWebhookConfiguration/hooks', 'webhooks.0.sideEffects', 'Unknown'],
  ['webhook', 'MutatingWebhookConfiguration/hooks', 'webhooks.0.admissionReviewVersions', []],
  ['admission-policy', 'ValidatingAdmissionPolicyBinding/binding', 'spec.validationActions', ['Deny', 'Warn']],
  ['crd', 'CustomResourceDefinition/things.example.com', 'spec.versions.1.storage', true, 'spec.versions'],
  ['crd', 'CustomResourceDefinition/things.example.com', 'metadata.name', 'thing.example.com'],
];

describe('the rules beyond the schemas', () => {
  it.each(minors)('refuse no object of the corpus in 1.%i, except for what it was too early for', (minor) => {
    const refused = objects.flatMap((object) =>
      judge(object, minor)
        .filter(({ severity }) => severity === 'critical')
        .map(({ rule }) => `${nameOf(object)} ${rule}`),
    );
    // Container restart rules are since 1.35, and a v1 MutatingAdmissionPolicy is not the concern of rules.
    expect(refused).toEqual(minor < 35 ? ['Pod/claims restart-policy'] : []);
  });

  it.each(cases.map(([rule, name, path, value, at]) => ({ rule, name, path, value, at })))(
    'report $rule for $name with another $path',
    ({ rule, name, path, value, at }) => {
      const found = judge(changed(name, path, value), 36);
      const places = found.filter((finding) => finding.rule === rule).map((finding) => finding.path.join('.'));
      expect(places).toContain(at ?? path);
      for (const finding of found)
        expect(finding).toMatchObject({ severity: 'critical', suggestion: expect.stringMatching(/\.$/) });
    },
  );

  it('have a case for each rule of the catalogue', () => {
    const lifecycle = ['removed-api', 'deprecated-api'];
    expect(
      Object.keys(catalogue)
        .filter((rule) => !lifecycle.includes(rule))
        .toSorted(),
    ).toEqual([...new Set(cases.map(([rule]) => rule))].toSorted());
  });

  it('are all documented', () => {
    const page = readFileSync(path.join(root, 'docs/schema.md'), 'utf8');
    const rows = Object.entries(catalogue).map(([rule, { meaning }]) => `| \`schema/${rule}\` | ${meaning} |`);
    expect(rows.filter((row) => !page.includes(`${row}\n`))).toEqual([]);
  });

  it('judge the metadata of custom resources, whose finalizers need no domain', () => {
    const custom = (metadata: JsonObject) =>
      judge({ apiVersion: 'example.com/v1', kind: 'Thing', metadata }, 36).map(({ rule }) => rule);
    expect(custom({ name: 'thing', finalizers: ['guard'], labels: { a: 'b' } })).toEqual([]);
    expect(custom({ name: 'Thing_1', finalizers: ['a b'], labels: { a: 'b c' } })).toEqual(['name', 'label-value', 'finalizer']);
  });

  it('never repeat what a Secret contains', () => {
    const findings = judge(changed('Secret/opaque', 'data', { token: 'hunter2 is not base64', 'a b': 'hunter2' }), 36);
    expect(findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['base64', 'config-key']));
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  it('do not throw at any type in any place', () => {
    const odd: readonly JsonValue[] = [null, true, -1.5, 2n ** 64n, 'x', [null], [[]], [{ a: [] }], { a: null }];
    for (const object of objects) {
      const { spec, apiVersion = '', kind = '', ...others } = object;
      const inner = isObject(spec) ? spec : {};
      for (const value of odd) {
        for (const field of Object.keys(others)) judge({ ...object, [field]: value }, 36);
        for (const field of Object.keys(inner)) judge({ apiVersion, kind, spec: { ...inner, [field]: value } }, 36);
      }
    }
  });
});

describe('by the version of Kubernetes', () => {
  const rulesOf = (object: JsonObject, minor: number) => judge(object, minor).map(({ rule, severity }) => `${rule} ${severity}`);
  const cronJob = { apiVersion: 'batch/v1beta1', kind: 'CronJob', metadata: { name: 'a' } };

  it('an API is deprecated, then removed, with its replacement', () => {
    expect(rulesOf(cronJob, 20)).toEqual([]);
    expect(rulesOf(cronJob, 21)).toEqual(['deprecated-api medium']);
    expect(rulesOf(cronJob, 24)).toEqual(['deprecated-api medium']);
    expect(rulesOf(cronJob, 25)).toEqual(['removed-api critical']);
    const [finding] = judge(cronJob, 33);
    expect(finding).toMatchObject({
      path: ['apiVersion'],
      message: 'batch/v1beta1 CronJob was removed in Kubernetes 1.25, and 1.33 refuses it',
    });
    expect(finding?.suggestion).toContain('Use apiVersion batch/v1,');
  });

  it.each([
    ['extensions/v1beta1', 'Deployment', 16, 'apps/v1'],
    ['extensions/v1beta1', 'Ingress', 22, 'networking.k8s.io/v1'],
    ['apps/v1beta2', 'StatefulSet', 16, 'apps/v1'],
    ['policy/v1beta1', 'PodDisruptionBudget', 25, 'policy/v1'],
    ['policy/v1beta1', 'PodSecurityPolicy', 25, 'There is no replacement'],
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 26, 'autoscaling/v2'],
    ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', 22, 'apiextensions.k8s.io/v1'],
    ['flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', 32, 'flowcontrol.apiserver.k8s.io/v1'],
  ])('%s %s is removed in 1.%i', (apiVersion, kind, minor, replacement) => {
    const object = { apiVersion, kind, metadata: { name: 'a' } };
    expect(rulesOf(object, minor - 1)).toEqual(['deprecated-api medium']);
    const [finding] = judge(object, minor);
    expect(finding?.rule).toBe('removed-api');
    expect(finding?.suggestion).toContain(replacement);
  });

  it('a Service may begin with a digit from 1.36 on', () => {
    const service = changed('Service/web', 'metadata.name', '1-web');
    expect(rulesOf(service, 35)).toEqual(['name critical']);
    expect(rulesOf(service, 36)).toEqual([]);
  });

  it('an autoscaler may scale to zero from 1.37 on, by a metric that exists without pods', () => {
    const [byCpu, byQueue] = [
      changed('HorizontalPodAutoscaler/web-v1', 'spec.minReplicas', 0),
      changed('HorizontalPodAutoscaler/web', 'spec.minReplicas', 0),
    ];
    expect([rulesOf(byCpu, 36).length, rulesOf(byQueue, 36)]).toEqual([2, ['autoscaler critical']]);
    expect([rulesOf(byCpu, 37), rulesOf(byQueue, 37)]).toEqual([['autoscaler critical'], []]);
  });

  it('a template needs the image of a volume from 1.37 on', () => {
    const template = changed('PodTemplate/template', 'template.spec.volumes.6.image.reference', undefined);
    expect([rulesOf(template, 36), rulesOf(template, 37)]).toEqual([[], ['volume critical']]);
  });

  it('an address may have leading zeros until 1.35', () => {
    const service = changed('Service/lb', 'spec.externalIPs.0', '192.0.02.7');
    expect(rulesOf(service, 35)).toEqual([]);
    expect(rulesOf(service, 36)).toEqual(['ip critical']);
  });
});
