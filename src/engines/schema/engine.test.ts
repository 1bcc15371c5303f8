import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judgeWith, type LintBench } from '../../../test/support/lint-bench.ts';
import { nodePorts } from '../../../test/support/node-ports.ts';
import { manifest } from '../../../test/support/policy-bench.ts';
import { root } from '../../../test/support/root.ts';
import { removeTempFolders } from '../../../test/support/temp-folders.ts';
import { formatPath } from '../../model/field-path.ts';
import { createCrdRules } from '../cel/crd-rules.ts';
import { createSchemaEngine } from './engine.ts';
import { schemaMeanings } from './meanings.ts';
import { schemaRules } from './problem.ts';

afterAll(removeTempFolders);
const schemaEngine = createSchemaEngine(createCrdRules);

/** Findings by schemas only; test/oracle and rules/*.test.ts are about the rest. */
const judge = async (texts: readonly string[], bench: LintBench = {}) => {
  const run = await judgeAll(texts, bench);
  return { ...run, findings: run.findings.filter(({ rule }) => schemaRules.some((name) => name === rule)) };
};
const judgeAll = (texts: readonly string[], bench: LintBench = {}) =>
  judgeWith(schemaEngine, {
    ...bench,
    gateRoot: root,
    resources: texts.map((text, index) => manifest(text, { uid: `obj-${index}` })),
  });
const found = async (texts: readonly string[], bench: LintBench = {}) =>
  (await judge(texts, bench)).findings.map(
    ({ rule, subject }) => `${rule} ${subject.kind === 'resource' ? formatPath(subject.path) : ''}`,
  );
const pod = (spec: string) => `{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: ${spec}}`;

const crd = (schema: string, more = '') => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: foos.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Foo, plural: foos }
  versions:
    - name: v1
      served: true
      storage: true${more}
      schema: { openAPIV3Schema: { type: object, properties: { spec: ${schema} } } }
`;
const foo = (spec: string, version = 'v1') =>
  `{apiVersion: example.com/${version}, kind: Foo, metadata: {name: a}, spec: ${spec}}`;

describe('an object of a built-in kind', () => {
  it('has no finding if the API server accepts it', async () => {
    expect(
      await found([
        pod(
          '{containers: [{name: a, ports: [{containerPort: 80}], resources: {limits: {cpu: 1, memory: 1.5Gi}}}], terminationGracePeriodSeconds: 30}',
        ),
        '{apiVersion: v1, kind: Secret, metadata: {name: s, creationTimestamp: null}, data: {a: aGVsbG8=}, stringData: null}',
        '{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 80, targetPort: http}, {port: 81, targetPort: 8080}]}, status: {loadBalancer: {}}}',
        // The zero value is valid, although OpenAPI requires the field.
        pod('{containers: [{name: a, livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: X}]}}}]}'),
        // Fields that a status requires are not those of a new object.
        '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: s}, spec: {selector: {matchLabels: {a: b}}, template: {}}, status: {}}',
      ]),
    ).toEqual([]);
  });

  it.each([
    ['{containers: [{name: a, imagePulPolicy: Always}]}', 'unknown-field spec.containers[0].imagePulPolicy'],
    // Names are case-sensitive.
    ['{containers: [{name: a}], hostnetwork: true}', 'unknown-field spec.hostnetwork'],
    ['{containers: [{name: a, env: [{name: X, value: 1}]}]}', 'wrong-type spec.containers[0].env[0].value'],
    ['{containers: [{name: a}], hostNetwork: "true"}', 'wrong-type spec.hostNetwork'],
    ['{containers: [{name: a}], priority: 2147483648}', 'wrong-type spec.priority'],
    ['{containers: {name: a}}', 'wrong-type spec.containers'],
    ['{containers: [a]}', 'wrong-type spec.containers[0]'],
    ['{containers: [{image: a}]}', 'missing-field spec.containers[0]'],
    ['{containers: null}', 'missing-field spec'],
    ['{containers: [{name: a, resources: {limits: {memory: 1Gb}}}]}', 'invalid-value spec.containers[0].resources.limits.memory'],
    [
      '{containers: [{name: a, livenessProbe: {tcpSocket: {port: 1.5}}}]}',
      'wrong-type spec.containers[0].livenessProbe.tcpSocket.port',
    ],
  ])('has a finding at the field that the API server refuses: %s', async (spec, expected) => {
    expect(await found([pod(spec)])).toEqual([expected]);
  });

  it.each([
    ['{apiVersion: v1, kind: ConfigMap, metadata: {name: c, annotations: {a: true}}}', 'wrong-type metadata.annotations.a'],
    ['{apiVersion: v1, kind: ConfigMap, metadata: {name: c, lables: {}}}', 'unknown-field metadata.lables'],
    ['{apiVersion: v1, kind: Secret, metadata: {name: c}, data: {a: "not base64"}}', 'invalid-value data.a'],
    ['{apiVersion: apps/v1, kind: Deploymnet, metadata: {name: d}}', 'unknown-kind kind'],
    ['{apiVersion: apps/v2, kind: Deployment, metadata: {name: d}}', 'unknown-version apiVersion'],
    ['{apiVersion: v1, kind: Deployment, metadata: {name: d}}', 'unknown-version apiVersion'],
    ['{apiVersion: networking.k8s.oi/v1, kind: Ingress, metadata: {name: d}}', 'unknown-kind apiVersion'],
    // As documentation calls the group; a CustomResourceDefinition cannot have one without a dot.
    [
      '{apiVersion: core/v1, kind: Pod, metadata: {name: d}, spec: {containers: [{name: a, image: a}]}}',
      'unknown-kind apiVersion',
    ],
    ['{apiVersion: deployment/v1, kind: Deployment, metadata: {name: d}}', 'unknown-kind apiVersion'],
  ])('is known by group, version and kind: %s', async (text, expected) => {
    expect(await found([text])).toEqual([expected]);
  });

  it('gets a repair if only one is likely', async () => {
    const { findings } = await judge([pod('{contaners: [{name: a}], hostNetwork: "true", nodeName: 5}')]);
    expect(findings.map(({ title, fix }) => [title, fix?.patch])).toEqual([
      [
        'unknown field `spec.contaners`: did you mean `containers`?',
        [
          { op: 'remove', path: '/spec/contaners' },
          { op: 'add', path: '/spec/containers', value: [{ name: 'a' }] },
        ],
      ],
      [
        '`spec.hostNetwork`: expected true or false, but it is a string',
        [{ op: 'replace', path: '/spec/hostNetwork', value: true }],
      ],
      ['`spec.nodeName`: expected a string, but it is a number', undefined],
    ]);
    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['critical']));
  });

  it('keeps its values out of messages: they may be secrets', async () => {
    const { findings } = await judge([
      '{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {pin: 4711}, data: {a: "hunter2!"}}',
    ]);
    expect(findings).toHaveLength(2);
    expect(JSON.stringify(findings)).not.toMatch(/4711|hunter2/);
  });
});

describe('one cause', () => {
  it.each([
    ['a misspelled field is also a missing one', pod('{contaners: [{name: a, image: a}]}'), 'unknown-field'],
    ['null is a missing field', pod('{containers: null}'), 'missing-field'],
    ['a removed API is not served', '{apiVersion: policy/v1beta1, kind: PodSecurityPolicy, metadata: {name: a}}', 'removed-api'],
    ['a value of the wrong type breaks rules about the value', pod('{containers: [{name: a, image: 5}]}'), 'wrong-type'],
  ])('is one finding: %s', async (_cause, text, rule) => {
    expect((await judgeAll([text])).findings.map((finding) => finding.rule)).toEqual([rule]);
  });

  it('hides no other fault', async () => {
    const { findings } = await judgeAll([pod('{contaners: [], containers: [{name: A_B, image: a}]}')]);
    expect(findings.map(({ rule }) => rule)).toEqual(['unknown-field', expect.stringContaining('name')]);
  });
});

describe('the Kubernetes version', () => {
  const policy = '{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingAdmissionPolicy, metadata: {name: p}}';

  it('decides which APIs exist', async () => {
    expect(await found([policy])).toEqual([]);
    expect(await found([policy], { options: { kubernetesVersion: '1.35' } })).toEqual(['unknown-version apiVersion']);
  });

  it('may differ by environment, and a finding names where it applies', async () => {
    const run = await judgeWith(schemaEngine, {
      gateRoot: root,
      options: { environments: { production: '1.33.2', staging: '1.36' } },
      resources: [manifest(policy, { uid: 'obj-1', environments: ['production', 'staging'] })],
    });
    expect(run.findings.find(({ rule }) => rule === 'unknown-version')?.title).toMatch(/\(in Kubernetes 1\.33\)$/);
    expect(run.notes[0]).toBe('validated for Kubernetes 1.33, 1.36');
  });

  it('is refused if its schemas are not known', () => {
    for (const version of ['1.32', '1.38', '2.0', '1.3'])
      expect(schemaEngine.options.safeParse({ kubernetesVersion: version }).success).toBe(false);
  });
});

describe('a custom resource', () => {
  /** As an address of a Gateway: the default of `type` decides which alternative holds. */
  const address =
    '{type: object, required: [value], properties: {type: {type: string, default: IP}, value: {type: string}}, oneOf: [{properties: {type: {enum: [IP]}}}, {properties: {type: {not: {enum: [IP]}}}}]}';

  it.each([
    ['{type: object, properties: {a: {type: string}}}', '{b: 1}', 'unknown-field spec.b'],
    ['{type: object, x-kubernetes-preserve-unknown-fields: true}', '{b: 1}', undefined],
    ['{type: object, additionalProperties: {type: integer}}', '{b: x}', 'wrong-type spec.b'],
    ['{type: object, required: [a], properties: {a: {type: string}}}', '{}', 'missing-field spec'],
    ['{type: object, required: [a], properties: {a: {type: string, default: x}}}', '{a: null}', undefined],
    ['{type: object, properties: {a: {type: string, nullable: true}}}', '{a: null}', undefined],
    [
      `{type: object, properties: {a: {type: array, items: ${address}}}}`,
      '{a: [{value: "x"}, {type: IP, value: "y"}]}',
      undefined,
    ],
    [`{type: object, properties: {a: {type: array, items: ${address}}}}`, '{a: [{type: IP}]}', 'missing-field spec.a[0]'],
    [
      '{type: object, properties: {a: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [p], items: {type: object, properties: {p: {type: string, default: TCP}}}}}}',
      '{a: [{}, {p: TCP}]}',
      'duplicate-item spec.a[1]',
    ],
    ['{type: object, properties: {a: {type: integer, minimum: 1, exclusiveMinimum: true}}}', '{a: 1}', 'invalid-value spec.a'],
    ['{type: object, properties: {a: {type: string, enum: [x]}}}', '{a: z}', 'invalid-value spec.a'],
    ['{type: object, properties: {a: {type: string, pattern: "^[a-z]+$"}}}', '{a: "1"}', 'invalid-value spec.a'],
    ['{type: object, properties: {a: {type: string, maxLength: 2}}}', '{a: "😀😀"}', undefined],
    ['{type: object, properties: {a: {type: string, format: ipv6}}}', '{a: "::1"}', undefined],
    ['{type: object, properties: {a: {type: string, format: cidr}}}', '{a: 10.0.0.0}', 'invalid-value spec.a'],
    ['{type: object, properties: {a: {x-kubernetes-int-or-string: true}}}', '{a: true}', 'wrong-type spec.a'],
    [
      '{type: object, properties: {a: {type: array, x-kubernetes-list-type: set, items: {type: string}}}}',
      '{a: [x, x]}',
      'duplicate-item spec.a[1]',
    ],
    [
      '{type: object, properties: {a: {type: integer}, b: {type: integer}}, oneOf: [{required: [a]}, {required: [b]}]}',
      '{a: 1, b: 1}',
      'invalid-value spec',
    ],
    [
      '{type: object, properties: {a: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}}}',
      '{a: {kind: X}}',
      'missing-field spec.a',
    ],
  ])('is validated by the definition in the set: %s', async (schema, spec, expected) => {
    expect(await found([crd(schema), foo(spec)])).toEqual(expected === undefined ? [] : [expected]);
  });

  it('is a note if no schema is known, and no finding', async () => {
    const run = await judge([foo('{a: 1}'), '{apiVersion: example.com/v1, kind: Bar, metadata: {name: a, owner: b}}']);
    expect(run.findings).toEqual([]);
    expect(run.coverage.map(({ status }) => status)).toEqual(['not-applicable', 'not-applicable']);
    expect(run.notes.join()).toContain('1 example.com/v1 Foo not validated: no schema is known');
  });

  describe('that lacks a required field', () => {
    const schema = '{type: object, required: [a], properties: {a: {type: string}}}';
    const webhook = (name: string, rules: string) =>
      `{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: m}, webhooks: [{name: ${name}, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {url: "https://a.example"}, ${rules}}]}`;
    const rule = (group: string, resource: string) =>
      `rules: [{apiGroups: [${group}], apiVersions: ["*"], operations: [CREATE], resources: ["${resource}"]}]`;
    const missing = async (config: string) => {
      const run = await judge([crd(schema), foo('{}'), config]);
      return run.findings.filter((one) => one.rule === 'missing-field').map(({ severity, title }) => `${severity}: ${title}`);
    };

    it.each([
      ['by rules', webhook('x.mutate.io', rule('example.com', 'foos'))],
      ['by rules for everything', webhook('x.mutate.io', rule('"*"', '*/*'))],
      ['by rules that its controller writes', webhook('webhook.example.com', 'failurePolicy: Fail')],
    ])('warns where a webhook may add it: %s', async (_name, config) => {
      expect(await missing(config)).toEqual([
        expect.stringMatching(/^unknown: .*spec.a.* is missing, unless the webhook \S+ adds it$/),
      ]);
    });

    it.each([
      ['for another kind', webhook('x.mutate.io', rule('example.com', 'bars'))],
      ['for another group', webhook('x.mutate.io', rule('example.org', 'foos'))],
      ['without rules, of another project', webhook('webhook.other.org', 'failurePolicy: Fail')],
      ['that only validates', webhook('x.mutate.io', rule('example.com', 'foos')).replace('Mutating', 'Validating')],
    ])('blocks next to a webhook %s', async (_name, config) => {
      expect(await missing(config)).toEqual([expect.stringMatching(/^critical: .* is missing$/)]);
    });
  });

  it('may have no version that the definition does not serve', async () => {
    expect(await found([crd('{type: object}'), foo('{}', 'v2')])).toEqual(['unknown-version apiVersion']);
  });

  it('has a status that is dropped, if that is a subresource', async () => {
    const text = '{apiVersion: example.com/v1, kind: Foo, metadata: {name: a}, spec: {}, status: {x: 1}}';
    const schema = '{type: object}, status: {type: object, required: [z], x-kubernetes-preserve-unknown-fields: true}';
    expect(await found([crd(schema), text])).toEqual(['missing-field status']);
    expect(await found([crd(schema, '\n      subresources: { status: {} }'), text])).toEqual([]);
  });

  it('has rules in CEL, which are evaluated if the rest of the schema holds', async () => {
    const schema =
      '{type: object, properties: {min: {type: integer}, max: {type: integer, default: 5}, kind: {type: string, enum: [a]}}, x-kubernetes-validations: [{rule: self.min <= self.max, message: min is above max, fieldPath: .min}]}';
    expect((await judge([crd(schema), foo('{min: 6}')])).findings).toMatchObject([
      { rule: 'failed-rule', severity: 'critical', title: 'min is above max', subject: { path: ['spec', 'min'] } },
    ]);
    expect(await found([crd(schema), foo('{min: 5}')])).toEqual([]);
    expect(await found([crd(schema), foo('{min: 6, kind: b}')])).toEqual(['invalid-value spec.kind']);
  });

  it('has rules in CEL of unknown result if they cannot be evaluated', async () => {
    const schema = '{type: object, properties: {a: {type: integer}}, x-kubernetes-validations: [{rule: self.a > 1}]}';
    expect((await judge([crd(schema), foo('{}')])).findings).toMatchObject([
      { rule: 'failed-rule', severity: 'unknown', title: expect.stringContaining('could not be evaluated: self.a > 1: ') },
    ]);
  });

  it('is validated by definitions that the configuration names, which those of the set replace', async () => {
    const files = { 'vendor/crds/foo.yaml': crd('{type: object, properties: {a: {type: string}}}') };
    const bench = { files, options: { crds: ['vendor/crds'] } };
    expect(await found([foo('{b: 1}')], bench)).toEqual(['unknown-field spec.b']);
    expect(await found([crd('{type: object, properties: {b: {type: integer}}}'), foo('{b: 1}')], bench)).toEqual([]);
    await expect(judge([foo('{}')], { options: { crds: ['vendor/crds'] } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('part of an object', () => {
  const rules = async (part: string, whole: string, kind: 'plain' | 'kustomize' = 'kustomize') => {
    const sources = [
      { kind: 'plain', unit: 'deploy/a.yaml' },
      { kind, unit: 'default' },
    ] as const;
    const resources = [part, whole].map((text, index) =>
      manifest(text, { uid: `obj-${index}`, source: sources[index] ?? sources[0] }),
    );
    const run = await judgeWith(schemaEngine, { gateRoot: root, resources });
    return run.findings.map(({ rule, severity }) => `${rule} ${severity}`);
  };
  const deployment = (name: string, spec: string) =>
    `{apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}}, spec: ${spec}}`;
  const whole =
    '{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}';
  const part = '{template: {spec: {containers: [{name: proxy, image: i}]}}}';

  it.each([
    [deployment('web', part), deployment('shop-web', whole)],
    [deployment('web', part), deployment('web-v2', whole)],
    [
      '{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: foos.example.com}}',
      crd('{type: object}'),
    ],
  ])('is an unused patch if a kustomization has the whole: %s', async (patch, object) => {
    expect(await rules(patch, object)).toEqual(['unused-patch medium']);
  });

  it.each(['patches/web.yaml', 'default/manager_webhook_patch.yaml', 'patch-web.yaml', 'web.patch.yaml'])(
    'is an unused patch in %s, whatever else there is',
    async (unit) => {
      const resources = [manifest(deployment('web', part), { uid: 'obj-0', source: { kind: 'plain', unit } })];
      const run = await judgeWith(schemaEngine, { gateRoot: root, resources });
      expect(run.findings.map(({ rule }) => rule)).toEqual(['unused-patch']);
    },
  );

  it.each([
    ['in a file like others', 'dispatch/web.yaml', part],
    ['with what is wrong in it', 'patches/web.yaml', '{template: {spec: {hostNetwrk: true, containers: [{name: a}]}}}'],
  ])('blocks for what it lacks %s', async (_, unit, spec) => {
    const resources = [manifest(deployment('web', spec), { uid: 'obj-0', source: { kind: 'plain', unit } })];
    const run = await judgeWith(schemaEngine, { gateRoot: root, resources });
    expect(run.findings.map(({ severity }) => severity)).toContain('critical');
  });

  it.each([
    ['of another name', deployment('web', part), deployment('webshop', whole)],
    ['of another kind', deployment('web', part), deployment('web', whole).replace('Deployment', 'DaemonSet')],
    ['that no kustomization renders', deployment('web', part), deployment('web', whole), 'plain' as const],
    [
      'with a field that its kind does not have',
      deployment('web', '{template: {spec: {hostNetwrk: true}}}'),
      deployment('web', whole),
    ],
  ])('blocks for what it lacks: one %s', async (_, patch, object, kind?: 'plain') => {
    expect(await rules(patch, object, kind ?? 'kustomize')).toContain('missing-field critical');
  });
});

describe('a placeholder', () => {
  const rulesOf = async (text: string) =>
    (await judgeAll([text])).findings.map(({ rule, severity, undecided = false }) => [rule, severity, undecided]);

  it.each([
    [`{apiVersion: v1, kind: ConfigMap, metadata: {name: "\${APP}", namespace: "$(NS)"}}`],
    ['{apiVersion: v1, kind: ConfigMap, metadata: {name: "cleanup-<node>"}}'],
    ['{apiVersion: v1, kind: ConfigMap, metadata: {name: __APP__, namespace: "app-@STAGE@"}}'],
    ['{apiVersion: v1, kind: ConfigMap, metadata: {name: $APP, namespace: "%STAGE%"}}'],
    ['{apiVersion: v1, kind: ConfigMap, metadata: {name: "{APP}", namespace: "<*.stage>"}}'],
    ['{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]"}}'],
    [
      `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {accessModes: ["\${M:=ReadWriteOnce}"], resources: {requests: {storage: "{{ size }}"}}}}`,
    ],
  ])('is not evaluated, which is one finding: %s', async (text) => {
    expect(await rulesOf(text)).toEqual([['placeholder', 'unknown', true]]);
  });

  it('leaves what is wrong with other values', async () => {
    expect(await rulesOf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: "\${APP}", labels: {a: 1}}, dta: {}}`)).toEqual([
      ['wrong-type', 'critical', false],
      ['unknown-field', 'critical', false],
      ['placeholder', 'unknown', true],
    ]);
  });

  it.each(['__init__', '_NAME_', 'a@b', '100%', '$'])('is not %s', async (name) => {
    expect(await rulesOf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: "${name}"}}`)).toEqual([
      ['name', 'critical', false],
    ]);
  });

  it('may be of SOPS, whose own field is removed with the encryption', async () => {
    const secret = (sops: string) =>
      `{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {a: "ENC[AES256_GCM,data:eA==]"}, sops: ${sops}}`;
    expect(await rulesOf(secret('{mac: "ENC[AES256_GCM,data:eA==]", version: 3.7.3, age: []}'))).toEqual([]);
    expect(await rulesOf(secret('{version: 3.7.3}'))).toEqual([['unknown-field', 'critical', false]]);
  });

  it('may be where any text is allowed', async () => {
    expect(await rulesOf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: "\${APP}"}}`)).toEqual([]);
  });
});

it('has each rule in docs/schema.md, as `k8s-gate explain` describes it', async () => {
  const page = readFileSync(path.join(root, 'docs/schema.md'), 'utf8');
  const rules = (await schemaEngine.settings?.rules?.([], { files: nodePorts.files, gateRoot: root })) ?? [];
  expect(rules.length).toBeGreaterThan(schemaRules.length);
  expect(rules.filter((rule) => !page.includes(`| \`schema/${rule}\` | ${schemaMeanings[rule]} |`))).toEqual([]);
});

describe('the data', () => {
  it('must be what was shipped', async () => {
    const resources = [manifest(pod('{}'), { uid: 'obj-1' })];
    await expect(judgeWith(schemaEngine, { resources })).rejects.toThrow();
    const gateRoot = path.join(root, 'test/fixtures/schema');
    await expect(judgeWith(schemaEngine, { resources, gateRoot })).rejects.toMatchObject({ code: 'ENGINE_COVERAGE' });
  });
});
