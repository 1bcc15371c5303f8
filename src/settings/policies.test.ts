import { afterAll, describe, expect, it } from 'vitest';
import { found } from '../../test/support/settings-bench.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';

afterAll(removeTempFolders);

const file = '.k8s-gate/policies/own.yaml';

function cel(rule: string, constraints = '', binding = ''): string {
  return `# our own policy
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: own }
spec:
  matchConstraints: { resourceRules: [{ ${rule} }] ${constraints} }
  validations: [{ expression: "false", message: never }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: own }
spec: { policyName: own, validationActions: [Deny] ${binding} }
`;
}
const about = (group: string, resources: string, operations = 'CREATE') =>
  `apiGroups: ["${group}"], apiVersions: ["*"], operations: [${operations}], resources: [${resources}]`;

describe('a CEL policy', () => {
  it.each([
    [about('apps', 'deployments')],
    [about('*', '"*"')],
    [about('apps', 'daemonsets, deployments')],
    [`${about('apps', 'deployments')} }, { ${about('batch', 'jobs')}`],
    [about('apps', 'deployments'), ', objectSelector: { matchLabels: { team: a } }'],
    // Only a cluster knows the labels of a namespace.
    [about('apps', 'deployments'), ', namespaceSelector: { matchLabels: { tier: a } }'],
  ])('that matches a resource is not reported: %s %s', async (rule, constraints = '') => {
    expect(await found({ [file]: cel(rule, constraints) }, { engines: 'cel' })).toEqual([]);
  });

  it.each<[string, string, string, string?, string?]>([
    [about('app', 'deployment'), 'unknown', 'deployment of app (`deployment`: perhaps `deployments`)'],
    [about('app', 'deployments'), 'unknown', 'deployments of app (`app`: perhaps `apps`)'],
    [about('apps', 'Deployments'), 'unknown', 'Deployments of apps (`Deployments`: perhaps `deployments`)'],
    [about('', 'deployments'), 'unknown', 'deployments (`deployments` are of the group `apps`)'],
    [about('apps', 'pods/exec'), 'unknown', 'pods/exec of apps (`pods` are of the group core, written `""`)'],
    [
      `${about('apps', 'deployments')}, scope: Cluster`,
      'unknown',
      'deployments of apps (`deployments` are namespaced, but the scope is Cluster)',
    ],
    [about('batch', 'jobs'), 'low', 'jobs of batch'],
    [about('cert-manager.io', 'certificates'), 'low', 'certificates of cert-manager.io'],
    [about('apps', 'deployments', 'UPDATE'), 'low', 'deployments of apps'],
    [about('apps', 'deployments'), 'low', 'deployments of apps', ', objectSelector: { matchLabels: { team: b } }'],
    [
      about('apps', 'deployments'),
      'low',
      'deployments of apps',
      '',
      ', matchResources: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: prod } } }',
    ],
  ])('that is about none is reported at its line: %s', async (rule, severity, what, constraints, binding) => {
    expect(await found({ [file]: cel(rule, constraints, binding) }, { engines: 'cel' })).toEqual([
      `${severity} ${file}:2 the policy own matches no resource: it applies to ${what}`,
    ]);
  });

  it('is not a fault of a run that judges a part, or not by it', async () => {
    const files = { [file]: cel(about('batch', 'jobs')) };
    expect(await found(files, { paths: ['k8s'] })).toEqual([]);
    expect(await found(files, { engines: 'kyverno' })).toEqual([]);
  });

  it('that is broken is the engine’s to report', async () => {
    expect(await found({ [file]: cel(about('batch', 'jobs')).replace('"false"', '"fals("') }, { engines: 'cel' })).toEqual([]);
  });
});

describe('a Kyverno policy', () => {
  const policy = (...kinds: readonly string[]) => `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: { name: own }
spec:
  rules:
${kinds
  .map(
    (kind) => `    - { name: a, match: { any: [{ resources: { kinds: [${kind}] } }] }, validate: { message: a, pattern: {} } }\n`,
  )
  .join('')}`;
  const validating = (rule: string) => `apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: { name: own }
spec:
  matchConstraints: { resourceRules: [{ ${rule} }] }
  validations: [{ expression: "true" }]
`;

  it.each([
    [policy('Deployment')],
    [policy('apps/v1/Deployment')],
    [policy('"*"')],
    [policy('"*/*"')],
    [policy('Deploy*')],
    [policy('Pod')],
    [policy('v1/Pod')],
    [policy('Job', 'Deployment')],
    [validating(about('apps', 'deployments'))],
    [validating(about('', 'pods'))],
  ])('that matches a resource, or the pods of one, is not reported: %s', async (text) => {
    expect(await found({ [file]: text }, { engines: 'kyverno' })).toEqual([]);
  });

  // As Kyverno 1.19 matches: a kind in another case, or a plural, is about nothing.
  it.each([
    [policy('Deploymnt'), 'unknown', 'Deploymnt (`Deploymnt`: perhaps `Deployment`)'],
    [policy('deployment'), 'unknown', 'deployment (`deployment`: perhaps `Deployment`)'],
    [policy('Job', 'batch/v1/CronJob'), 'low', 'Job, batch/v1/CronJob'],
    [policy('cert-manager.io/v1/Certificate'), 'low', 'cert-manager.io/v1/Certificate'],
    [policy('apps/v2/Deployment'), 'unknown', 'apps/v2/Deployment (`apps/v2/Deployment`: it is apps/v1 here)'],
    [policy('Deployment], namespaces: [shopp'), 'unknown', 'Deployment in shopp (`shopp`: perhaps `shop`)'],
    [policy('Deployment], namespaces: [monitoring'), 'low', 'Deployment in monitoring'],
    [
      policy('Pod').replace('ClusterPolicy', 'Policy'),
      'unknown',
      'Pod in default (it has no namespace, so it is only about `default`)',
    ],
    [policy('Deployments'), 'unknown', 'Deployments (`Deployments`: perhaps `Deployment`)'],
    [validating(about('apps', 'deployment')), 'unknown', 'deployment (`deployment`: perhaps `deployments`)'],
    [validating(about('apps', 'Deployment')), 'unknown', 'Deployment (`Deployment`: perhaps `deployments`)'],
    [validating(about('batch', 'jobs')), 'low', 'jobs'],
  ])('that is about none is reported at its line: %s', async (text, severity, what) => {
    expect(await found({ [file]: text }, { engines: 'kyverno' })).toEqual([
      `${severity} ${file}:1 the policy own matches no resource: it applies to ${what}`,
    ]);
  });
});
