import { describe, expect, it } from 'vitest';
import { manifestSet, resource } from '../../../../test/support/model.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Judged } from '../../part.ts';
import { factsOf } from '../facts.ts';
import { judge } from '../judge.ts';
import { hasMutations, paramKindsOf } from '../load.ts';
import { celOptionsSchema } from '../options.ts';
import { loadRules, type Rules } from '../rules.ts';

const rules = (resources: string) =>
  `resourceRules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE], resources: [${resources}] }]`;

interface Written {
  readonly name?: string;
  readonly resources?: string;
  readonly annotations?: string;
  readonly more?: string;
}

function policy(
  expression: string,
  { name = 'labels', resources = 'deployments', annotations = '', more = '' }: Written = {},
): string {
  const [type, field] = expression.trimStart().startsWith('[')
    ? ['JSONPatch', 'jsonPatch']
    : ['ApplyConfiguration', 'applyConfiguration'];
  return `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: { name: ${name}, annotations: { ${annotations} } }
spec:
  reinvocationPolicy: Never
  matchConstraints: { ${rules(resources)} }
${more}  mutations:
    - patchType: ${type}
      ${field}:
        expression: |
          ${expression}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: { name: ${name} }
spec: { policyName: ${name} }
`;
}
const validating = (expression: string, resources = 'deployments') => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: wanted }
spec:
  matchConstraints: { ${rules(resources)} }
  validations: [{ expression: '${expression}', message: not wanted }]
`;
const label = 'Object{metadata: Object.metadata{labels: {"team": "shop"}}}';
const object: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app', namespace: 'shop' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a' }] } },
  },
};
const custom: JsonObject = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'w', namespace: 'shop' },
  spec: { size: 1 },
};
const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets' },
    versions: [
      {
        name: 'v1',
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
};

async function run(
  texts: readonly string[],
  objects = [object],
  options: JsonObject = {},
): Promise<Judged & Pick<Rules, 'notes'>> {
  const resources = objects.map((one, index) =>
    resource({ uid: `o${index}`, apiVersion: String(one.apiVersion), kind: String(one.kind), name: 'app', object: one }),
  );
  const own = texts.map((text, index) => ({ path: `p${index}.yaml`, text }));
  const rules = loadRules({ pack: [], own, options: celOptionsSchema.parse({ pack: false, ...options }) });
  const facts = factsOf(manifestSet({ resources }), paramKindsOf(own), false, hasMutations(own));
  const [first] = resources;
  if (first === undefined) throw new Error('no resource');
  return { ...(await judge(first, facts, rules, () => undefined)), notes: rules.notes };
}

describe('a MutatingAdmissionPolicy', () => {
  it('is reported with what the cluster would set, and a patch', async () => {
    const { findings, coverage } = await run([policy(label)]);
    expect(findings).toEqual([
      {
        engine: 'cel',
        rule: 'labels',
        category: 'policy',
        severity: 'low',
        title: 'labels sets metadata.labels.team to "shop" when this is created',
        subject: { kind: 'resource', resource: 'o0', path: ['metadata'] },
        fix: {
          text: 'Apply the change to the manifest, so that exactly what is reviewed gets deployed.',
          patch: [{ op: 'add', path: '/metadata/labels', value: { team: 'shop' } }],
        },
      },
    ]);
    expect(coverage).toMatchObject({ status: 'evaluated' });
  });

  it('has the severity and text of its annotations', async () => {
    const annotations = '"k8s-gate.io/severity": high, "k8s-gate.io/fix": "Ask the owner.", "k8s-gate.io/description": Why.';
    const { findings } = await run([policy(label, { annotations })]);
    expect(findings).toMatchObject([{ severity: 'high', detail: 'Why.', fix: { text: 'Ask the owner.' } }]);
  });

  it('reports nothing if the object has everything', async () => {
    const { findings, coverage } = await run([policy('Object{spec: Object.spec{replicas: 1}}')]);
    expect(findings).toEqual([]);
    expect(coverage).toMatchObject({ status: 'evaluated' });
    expect((await run([policy(label, { resources: 'pods' })])).coverage).toMatchObject({ status: 'not-applicable' });
  });

  it.each([
    [
      'adds a field whose parents are missing',
      'add',
      '/spec/strategy/type',
      '"Recreate"',
      [{ op: 'add', path: '/spec/strategy', value: { type: 'Recreate' } }],
    ],
    ['replaces a value', 'replace', '/spec/replicas', '3', [{ op: 'replace', path: '/spec/replicas', value: 3 }]],
    [
      'removes a field',
      'remove',
      '/spec/template/metadata/labels/app',
      '""',
      [{ op: 'remove', path: '/spec/template/metadata/labels/app', value: 'a' }],
    ],
    [
      'adds an item',
      'add',
      '/spec/template/spec/containers/-',
      '{"name": "b"}',
      [{ op: 'add', path: '/spec/template/spec/containers/1', value: { name: 'b' } }],
    ],
  ])('has a patch for the manifest that %s', async (_what, op, path, value, patch) => {
    const { findings } = await run([policy(`[JSONPatch{op: "${op}", path: "${path}", value: ${value}}]`)]);
    expect(findings[0]?.fix?.patch).toEqual(patch);
  });

  it('is unknown where the result depends on the cluster, or cannot be evaluated', async () => {
    const unknown = async (expression: string, written: Written = {}) => (await run([policy(expression, written)])).findings;
    expect(await unknown('Object{metadata: Object.metadata{labels: {"by": request.userInfo.username}}}')).toMatchObject([
      {
        severity: 'unknown',
        undecided: true,
        title: 'cannot determine what labels changes: request.userInfo is known only to a cluster',
      },
    ]);
    const [failed] = await unknown('Object{spec: Object.spec{replicas: object.spec.nothing}}');
    expect(failed?.title).toMatch(
      /^cannot determine what labels changes, or whether a cluster rejects this: .*No such key: nothing$/,
    );
    const more = '  paramKind: { apiVersion: v1, kind: ConfigMap }\n';
    const [param] = await unknown('Object{metadata: Object.metadata{labels: {"a": params.data.a}}}', { more });
    expect(param).toMatchObject({ severity: 'unknown' });
  });

  it('is an error if a cluster would reject every object because of it', async () => {
    const wrong = await run([policy('Object{spec: Object.spec{replicasx: 1}}')]);
    expect(wrong.coverage).toMatchObject({
      status: 'failed',
      error: { code: 'POLICY_INVALID', message: expect.stringContaining('spec.replicasx: field not declared in schema') },
    });
    expect(wrong.findings).toEqual([]);
    const ignored = await run([policy('Object{spec: Object.spec{replicasx: 1}}', { more: '  failurePolicy: Ignore\n' })]);
    expect(ignored.findings).toMatchObject([{ severity: 'unknown' }]);
    await expect(run([policy('"text"')])).rejects.toThrow(/must evaluate to Object but is of type string/);
    await expect(run([validating('Object{} == Object{}')])).rejects.toThrow(/undeclared reference to 'Object'/);
    await expect(run([policy('Object{spec: google.protobuf.Value{}}')])).rejects.toThrow(/does not support/);
    await expect(run([policy(label).replace('policyName: labels', 'policyName: lables')])).rejects.toThrow(
      /which does not exist/,
    );
  });

  it('merges custom resources by their definition, without which the result is unknown', async () => {
    const text = policy('Object{spec: Object.spec{size: 2}}', { resources: 'widgets' });
    expect((await run([text], [custom, definition])).findings).toMatchObject([
      { fix: { patch: [{ op: 'replace', path: '/spec/size', value: 2 }] } },
    ]);
    expect((await run([text], [custom])).findings).toMatchObject([
      { severity: 'unknown', title: expect.stringContaining('no CustomResourceDefinition of Widget') },
    ]);
    const patched = policy('[JSONPatch{op: "replace", path: "/spec/size", value: 2}]', { resources: 'widgets' });
    expect((await run([patched], [custom])).findings).toMatchObject([{ severity: 'low' }]);
  });

  it('is evaluated for the pod of a template only with autogen', async () => {
    const text = policy('Object{spec: Object.spec{containers: [Object.spec.containers{name: "a", imagePullPolicy: "Always"}]}}', {
      resources: 'pods',
    });
    expect((await run([text])).findings).toEqual([]);
    const at = ['spec', 'template', 'spec', 'containers', 0];
    expect((await run([text], [object], { autogen: true })).findings).toMatchObject([
      {
        subject: { path: at },
        fix: { patch: [{ op: 'add', path: `/${at.join('/')}/imagePullPolicy`, value: 'Always' }] },
      },
    ]);
  });

  it('never shows what it writes into a Secret', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'shop' } };
    const { findings } = await run([policy('Object{data: {"a": "c2VjcmV0"}}', { resources: 'secrets' })], [secret]);
    expect(findings[0]?.title).toBe('labels adds data.a when this is created');
  });
});

describe('validation after mutation', () => {
  it('keeps a failure that a mutation would remove, and names the mutation', async () => {
    const { findings } = await run([policy(label), validating('has(object.metadata.labels)')]);
    expect(findings.find(({ rule }) => rule === 'wanted')).toMatchObject({
      severity: 'high',
      title: 'not wanted',
      detail: 'A cluster with labels changes the object before it is validated, and then accepts it.',
    });
  });

  it('reports a failure that only a mutation causes', async () => {
    const { findings } = await run([policy(label), validating('!has(object.metadata.labels)')]);
    expect(findings.map(({ title }) => title)).toEqual([
      'labels sets metadata.labels.team to "shop" when this is created',
      'not wanted (after the change by labels)',
    ]);
  });

  it('sees the changes of all policies, and of those that are invoked again', async () => {
    const second = policy('Object{metadata: Object.metadata{labels: {"two": "a"}}}', { name: 'second' });
    const first = policy(
      'has(object.metadata.labels) && "two" in object.metadata.labels ? Object{spec: Object.spec{replicas: 5}} : Object{}',
      { name: 'first' },
    );
    const wanted = validating('object.spec.replicas != 5');
    expect((await run([first, second, wanted])).findings.map(({ rule }) => rule)).toEqual(['second']);
    const again = first.replace('reinvocationPolicy: Never', 'reinvocationPolicy: IfNeeded');
    const { findings } = await run([again, second, wanted]);
    expect(findings.map(({ title }) => title)).toContain('not wanted (after the change by second, first)');
  });
});
