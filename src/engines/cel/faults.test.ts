import { describe, expect, it } from 'vitest';
import { judgedByPack } from '../../../test/support/pack-bench.ts';

async function faults(manifests: string, policy?: string): Promise<readonly string[]> {
  const { coverage } = await judgedByPack(manifests, policy);
  return coverage.flatMap((entry) => (entry.status === 'failed' ? [`${entry.error.code} ${entry.error.message}`] : []));
}

/** The lines of a pod from the seventh on. */
const pod = (spec: string, container = '') => `apiVersion: v1
kind: Pod
metadata: { name: p }
spec:
  containers:
    - { name: c, image: "a:1"${container} }
${spec}`;
const at = (line: number, text: string, expected: string) =>
  new RegExp(`^MANIFEST_INVALID deploy/a[.]yaml:${line}:\\d+: ${text}.*; expected ${expected}`);

describe('a field of the wrong type', () => {
  it.each([
    [
      'hostNetwork',
      pod('  hostNetwork: "true"'),
      at(7, 'spec[.]hostNetwork of Pod shop/p is the string "true"', 'true or false'),
    ],
    ['hostPID', pod('  hostPID: 1'), at(7, 'spec[.]hostPID of Pod shop/p is a number', 'true or false')],
    [
      'privileged',
      pod('', ', securityContext: { privileged: "true" }'),
      at(6, 'spec[.]containers\\[0\\][.]securityContext[.]privileged', 'true or false'),
    ],
    [
      'securityContext',
      pod('', ', securityContext: []'),
      at(6, 'spec[.]containers\\[0\\][.]securityContext of Pod shop/p is a list', 'a map'),
    ],
    [
      'runAsNonRoot',
      pod('  securityContext: { runAsNonRoot: "true" }'),
      at(7, 'spec[.]securityContext[.]runAsNonRoot', 'true or false'),
    ],
    [
      'capabilities.add',
      pod('', ', securityContext: { capabilities: { add: ALL } }'),
      at(6, '.*[.]capabilities[.]add of Pod shop/p is a string', 'a list'),
    ],
    [
      'a capability',
      pod('', ', securityContext: { capabilities: { add: [[ALL]] } }'),
      at(6, '.*[.]add\\[0\\] of Pod shop/p is a list', 'a string'),
    ],
    ['volumes', pod('  volumes: { v: { hostPath: { path: / } } }'), at(7, 'spec[.]volumes of Pod shop/p is a map', 'a list')],
    [
      'hostPath',
      pod('  volumes: [{ name: v, hostPath: / }]'),
      at(7, 'spec[.]volumes\\[0\\][.]hostPath of Pod shop/p is a string', 'a map'),
    ],
    [
      'hostPath.path',
      pod('  volumes: [{ name: v, hostPath: { path: 5 } }]'),
      at(7, '.*[.]hostPath[.]path of Pod shop/p is a number', 'a string'),
    ],
    [
      'readOnly',
      pod('  volumes: [{ name: v, hostPath: { path: /etc } }]', ', volumeMounts: [{ name: v, mountPath: /x, readOnly: "true" }]'),
      at(6, '.*[.]readOnly', 'true or false'),
    ],
    [
      'image',
      pod('', ', image: 5').replace('image: "a:1", ', ''),
      at(6, 'spec[.]containers\\[0\\][.]image of Pod shop/p is a number', 'a string'),
    ],
    ['grace period', pod('  terminationGracePeriodSeconds: "30"'), at(7, 'spec[.]terminationGracePeriodSeconds', 'an integer')],
    [
      'containers',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: { name: c } }',
      at(4, 'spec[.]containers of Pod shop/p is a map', 'a list'),
    ],
    [
      'a container',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [web] }',
      at(4, 'spec[.]containers\\[0\\] of Pod shop/p is a string', 'a map'),
    ],
    [
      'spec',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: p }\nspec: []',
      at(4, 'spec of Deployment shop/p is a list', 'a map'),
    ],
    [
      'template',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: p }\nspec: { template: web }',
      at(4, 'spec[.]template of Deployment shop/p is a string', 'a map'),
    ],
    [
      'jobTemplate',
      'apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: p }\nspec: { jobTemplate: { spec: 5 } }',
      at(4, 'spec[.]jobTemplate[.]spec', 'a map'),
    ],
    [
      'PersistentVolume',
      'apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: p }\nspec: { hostPath: / }',
      at(4, 'spec[.]hostPath', 'a map'),
    ],
  ])('is an error of the manifest, at its line, once: %s', async (_, manifest, fault) => {
    const found = await faults(manifest);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(fault);
  });

  it('is reported together with the others of the resource', async () => {
    expect(await faults(pod('  hostPID: "true"\n  hostIPC: "true"'))).toEqual([
      expect.stringContaining(
        'the types of other fields are wrong as well: spec.hostIPC (line 8, true or false, without quotes)',
      ),
    ]);
  });

  it('does not hide what other policies find', async () => {
    const { findings } = await judgedByPack(pod('  hostPID: true\n  hostIPC: "true"'));
    expect(findings.map(({ rule, severity }) => `${severity} ${rule}`)).toContain('critical host-namespaces');
  });

  it('shows no value of a variable', async () => {
    const [fault] = await faults(pod('  hostPID: "true"', ', env: [{ name: PIN, value: 271828 }]'));
    expect(fault).toContain('spec.hostPID');
    expect(fault).not.toContain('271828');
  });
});

describe('a kind in the wrong case', () => {
  it.each(['pod', 'POD', 'deployment', 'persistentvolume'])('is an error of the manifest: %s', async (kind) => {
    const [fault, ...others] = await faults(`apiVersion: v1\nkind: ${kind}\nmetadata: { name: p }\n`);
    expect(fault).toMatch(
      /^MANIFEST_INVALID deploy\/a[.]yaml:2:1: v1 has no kind .*; expected (Pod|Deployment|PersistentVolume)[.]/,
    );
    expect(others).toEqual([]);
  });

  it('is not an error for a custom kind', async () => {
    expect(await faults('apiVersion: example.com/v1\nkind: pod\nmetadata: { name: p }\n')).toEqual([]);
  });
});

describe('a policy of the user', () => {
  const policy = (expression: string, failurePolicy = 'Fail') => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: own }
spec:
  failurePolicy: ${failurePolicy}
  matchConstraints:
    resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: [CREATE], resources: ['*'] }]
  validations: [{ expression: '${expression}' }]
`;

  it('gets the error if it fails on a manifest with the types of its kind', async () => {
    expect(await faults(pod(''), policy('object.spec.nope == 1'))).toEqual([
      expect.stringMatching(/^POLICY_INVALID p[.]yaml:1: own can't be evaluated/),
    ]);
  });

  it('does not get it if the manifest has other types, whatever its failurePolicy', async () => {
    const labels = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: p, labels: { tier: 1 } }\n';
    for (const failurePolicy of ['Fail', 'Ignore'])
      expect(await faults(labels, policy('object.metadata.labels.tier.startsWith("a")', failurePolicy))).toEqual([
        expect.stringMatching(
          /^MANIFEST_INVALID deploy\/a[.]yaml:3:\d+: metadata[.]labels[.]tier of ConfigMap shop\/p is a number; expected a string/,
        ),
      ]);
  });
});
