import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { kyvernoEngine } from '../../src/engines/kyverno/engine.ts';
import { pathInExpression, pathInMessage } from '../../src/engines/kyverno/fields.ts';
import { celNeed, clusterNeed, neverOnCreateBy } from '../../src/engines/kyverno/needs.ts';
import { formatPath } from '../../src/model/field-path.ts';
import type { JsonPatchOperation } from '../../src/model/finding.ts';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import { diff } from '../../src/model/json-diff.ts';
import type { Command, ProcessResult } from '../../src/ports/ports.ts';
import { nodePorts } from '../support/node-ports.ts';
import { examplePolicy, judgeByPolicies, manifest, policy, refusal, statusesOf, summary } from '../support/policy-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

/** What Kyverno 1.19.1 reported about these policies and resources: loading them, validating, one mutating rule. */
const recordedSchema = z.array(
  z.object({ exitCode: z.number(), stdout: z.string(), stderr: z.string(), output: z.string().optional() }),
);
const [check, validate, mutate] = recordedSchema.parse(
  JSON.parse(readFileSync(path.join(import.meta.dirname, '../fixtures/kyverno/examples.1.19.1.json'), 'utf8')),
);
const policies = ['allowed-registries.yaml', 'required-labels.yaml'].map((file) => examplePolicy('kyverno', file));
const resources = [
  manifest('{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: ok}, {name: bad}]}}'),
  manifest('{apiVersion: apps/v1, kind: Deployment, metadata: {name: app, namespace: shop}}'),
  manifest('{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}'),
];

interface Reply {
  readonly exitCode?: number;
  readonly end?: ProcessResult['end'];
  readonly stdout: string;
  readonly output?: string;
}
type Change = (recorded: Reply) => Reply;
interface Changes {
  readonly check?: Change;
  readonly validate?: Change;
  readonly mutate?: Change;
}

/** Kyverno as it was recorded, with today's name of the planted resource, and changed as a test wants it. */
function replay(changes: Changes) {
  const answer = (command: Command): Reply => {
    const output = command.args.indexOf('-o');
    const [recorded, change] =
      output > 0 ? [mutate, changes.mutate] : command.args.includes('-p') ? [validate, changes.validate] : [check, changes.check];
    if (recorded === undefined) throw new Error('the recording is not whole');
    const planted = /k8s-gate-canary-[0-9a-f]{24}/.exec(readFileSync(plantedFile(command), 'utf8'))?.[0];
    const today = (text: string) => text.replaceAll('k8s-gate-canary-recorded', planted ?? '');
    const { exitCode, stdout, output: written } = recorded;
    const reply = (change ?? ((same) => same))({ exitCode, stdout, ...(written !== undefined && { output: written }) });
    const file = command.args[output + 1];
    if (output > 0 && file !== undefined && reply.output !== undefined) {
      writeFileSync(path.join(command.cwd, file), today(reply.output));
    }
    return { ...reply, stdout: today(reply.stdout) };
  };
  const run = (command: Command): Promise<ProcessResult> =>
    Promise.resolve({ exitCode: 0, signal: undefined, end: 'exited', stderr: '', durationMs: 1, ...answer(command) });
  return { ...nodePorts, processes: { ...nodePorts.processes, run } };
}

/** The planted resource is alone, or in the folder of the others. */
function plantedFile({ cwd, args }: Command): string {
  const resources = path.join(cwd, args[args.indexOf('-r') + 1] ?? '');
  return resources.endsWith('.yaml') ? resources : path.join(resources, 'k8s-gate-canary.yaml');
}

const judge = (changes: Changes = {}) =>
  judgeByPolicies(kyvernoEngine, {
    tool: { id: 'kyverno', path: '/nowhere/kyverno', version: '1.19.1' },
    policies,
    resources,
    ports: replay(changes),
  });

/** Rewrites the results of a recorded report. */
function withResults(change: (results: readonly ResultLike[]) => readonly ResultLike[]): Change {
  return (recorded) => ({
    ...recorded,
    stdout: recorded.stdout.replace(/\{"kind":"ClusterReport".*\}/, (line) => {
      const raw = z.record(z.string(), z.unknown()).parse(JSON.parse(line));
      const results = change(z.array(resultSchema).parse(raw.results));
      return JSON.stringify({ ...raw, summary: counted(results), results });
    }),
  });
}
function counted(results: readonly ResultLike[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    ['pass', 'fail', 'warn', 'error', 'skip'].map((word) => [word, results.filter(({ result }) => result === word).length]),
  );
}
const resultSchema = z.looseObject({
  policy: z.string(),
  rule: z.string().optional(),
  result: z.string(),
  resources: z.array(z.looseObject({ name: z.string() })),
});
type ResultLike = z.infer<typeof resultSchema>;
const say =
  (reply: Reply): Change =>
  () =>
    reply;

describe('kyverno engine', () => {
  afterAll(removeTempFolders);

  it('reads what Kyverno 1.19.1 writes', async () => {
    const run = await judge();
    expect(summary(run.findings)).toEqual([
      'add-team-label/team low app metadata.labels',
      'allowed-registries-cel/validations[0] critical web spec.containers',
      'allowed-registries/registry critical web spec.containers[1].image',
      'required-labels-cel/validations[0] medium app metadata.labels',
      'required-labels/labels medium app metadata.labels',
    ]);
    expect(statusesOf(run)).toEqual({ web: 'evaluated', app: 'evaluated', settings: 'not-applicable' });
  });

  it.each<[string, Changes, string]>([
    [
      'loads nothing and exits 0',
      { check: say({ exitCode: 0, stdout: 'Applying 0 policy rule(s) to 1 resource(s)...\n' }) },
      'POLICY_INVALID',
    ],
    ['prints nothing', { check: say({ exitCode: 0, stdout: '' }) }, 'POLICY_INVALID'],
    ['does not refuse the planted resource', { check: (recorded) => ({ ...recorded, exitCode: 0 }) }, 'ENGINE_COVERAGE'],
    [
      'loads one rule less',
      { check: (recorded) => ({ ...recorded, stdout: recorded.stdout.replace(/Applying \d+/, 'Applying 8') }) },
      'POLICY_INVALID',
    ],
    ['exits 0 with nothing', { validate: say({ exitCode: 0, stdout: '' }) }, 'ENGINE_FAILED'],
    ['finds nothing to judge', { validate: (recorded) => ({ ...recorded, exitCode: 3 }) }, 'ENGINE_FAILED'],
    ['ends with 1 and no report', { validate: say({ exitCode: 1, stdout: 'Error: something\n' }) }, 'ENGINE_FAILED'],
    ['crashes', { validate: (recorded) => ({ ...recorded, exitCode: 2 }) }, 'ENGINE_FAILED'],
    [
      'stops in the middle',
      { validate: (recorded) => ({ ...recorded, stdout: recorded.stdout.slice(0, -200) }) },
      'ENGINE_OUTPUT_INVALID',
    ],
    ['gives an empty report', { validate: say({ exitCode: 1, stdout: '{"kind":"ClusterReport"}\n' }) }, 'ENGINE_OUTPUT_INVALID'],
    [
      'gives a result of a new kind',
      { validate: withResults((all) => all.map((one) => ({ ...one, result: 'maybe' }))) },
      'ENGINE_OUTPUT_INVALID',
    ],
    [
      'gives two reports',
      { validate: (recorded) => ({ ...recorded, stdout: `{"kind":"ClusterReport","results":[]}\n${recorded.stdout}` }) },
      'ENGINE_OUTPUT_INVALID',
    ],
    [
      'passes the planted resource',
      { validate: withResults((all) => all.map((one) => (one.rule === 'refused' ? { ...one, result: 'pass' } : one))) },
      'ENGINE_COVERAGE',
    ],
    [
      'loses CEL policies',
      { validate: withResults((all) => all.filter((one) => one.policy !== 'k8s-gate-canary-cel')) },
      'ENGINE_COVERAGE',
    ],
    [
      'does not look at a resource',
      { validate: withResults((all) => all.filter((one) => one.resources[0]?.name !== 'settings')) },
      'ENGINE_COVERAGE',
    ],
    ['mutates nothing', { mutate: (recorded) => ({ ...recorded, output: '' }) }, 'ENGINE_COVERAGE'],
    [
      'does not write the resources back',
      { mutate: (recorded) => ({ ...recorded, output: recorded.output?.replaceAll('name: app', 'name: other') ?? '' }) },
      'ENGINE_COVERAGE',
    ],
    ['writes broken YAML', { mutate: (recorded) => ({ ...recorded, output: 'a: [' }) }, 'ENGINE_OUTPUT_INVALID'],
    ['runs out of time', { validate: say({ end: 'timeout', stdout: '' }) }, 'ENGINE_TIMEOUT'],
    ['writes without end', { validate: say({ end: 'output-limit', stdout: '' }) }, 'ENGINE_FAILED'],
  ])('never takes it for clean when Kyverno %s', async (_what, changes, code) => {
    expect((await refusal(judge(changes))).code).toBe(code);
  });

  it('fails only the resource that an evaluation error names', async () => {
    const broken = withResults((all) =>
      all.map((one) =>
        one.resources[0]?.name === 'web' && one.rule === 'registry' ? { ...one, result: 'error', message: 'boom' } : one,
      ),
    );
    const run = await judge({ validate: broken });
    expect(statusesOf(run)).toEqual({ web: 'failed', app: 'evaluated', settings: 'not-applicable' });
  });

  it('passes no flag that could loosen it', async () => {
    const seen: string[] = [];
    const ports = replay({});
    const run = (command: Command) => {
      seen.push(...command.args);
      return ports.processes.run(command);
    };
    await judgeByPolicies(kyvernoEngine, {
      tool: { id: 'kyverno', path: '/nowhere/kyverno', version: '1.19.1' },
      policies,
      resources,
      ports: { ...ports, processes: { ...ports.processes, run } },
    });
    const loosening = /^(-e$|--exception|--generate|--audit-warn|--continue-on-fail|-c$|--cluster|--registry|--context)/;
    expect(seen.filter((arg) => loosening.test(arg))).toEqual([]);
    expect(seen).toContain('--continue-on-error=false');
    expect(seen).toContain('--warn-no-pass');
  });

  it('applies only with Kyverno policies and resources', () => {
    const options = kyvernoEngine.options.parse({});
    const set = { resources: [], images: [], units: [], policies: [], failures: [], gaps: [] };
    expect(kyvernoEngine.notApplicable(set, options)).toBe('no Kyverno policies');
    expect(kyvernoEngine.notApplicable({ ...set, policies: [policy('kyverno', '')] }, options)).toBe('no resources to evaluate');
  });
});

it('names what images would be verified by', () => {
  const attestors = [{ entries: [{ keys: { publicKeys: 'x' } }, { keyless: { subject: 'a', issuer: 'b' } }] }];
  expect(clusterNeed({ name: 'r', verifyImages: [{ imageReferences: ['*'], attestors }] })).toBe(
    'verifying the signatures of images (by public keys, keyless identities and a transparency log) needs their registry',
  );
  expect(clusterNeed({ name: 'r', verifyImages: [{ attestations: [{ type: 'a' }] }] })).toContain('(by attestations)');
});

describe('what an expression needs', () => {
  it.each([
    ['http.Get("https://x").a == 1', 'http.Get'],
    ['resource.Get("v1", "configmaps", "a", "b").x == 1', 'resource.Get'],
    ['globalContext.Get("x", "")', 'globalContext.Get'],
    ['resource.get("v1", "configmaps", "a", "b").x == 1', 'resource.get'],
    ['resource . get("v1", "configmaps", "a", "b").x == 1', 'resource.get'],
    ['.resource.List("v1", "pods", "a").items.size() > 0', 'resource.List'],
    ['true && .http.get("https://x").a == 1', 'http.get'],
    ['[globalContext][0].get("x", "") == ""', 'globalContext'],
    ['{"a": http}["a"].get("https://x") == ""', 'http'],
    ['object.spec.x.all(resource, resource.name != "") && resource.get("v1", "pods", "a", "b").x', 'resource.get'],
    ['images.containers.all(i, verifyImageSignatures(i, [attestors.a]) > 0)', 'verifyImageSignatures'],
    ['image("nginx").getMetadata().config.user != ""', 'getMetadata'],
    ['image.GetMetadata("nginx").config != null', 'image.GetMetadata'],
    ['getImageData ("nginx").x', 'getImageData'],
    ['request.userInfo.username == "a"', 'request.userInfo'],
    ['request["userInfo"].username == "a"', 'request.userInfo'],
    ['request.?userInfo.hasValue()', 'request.userInfo'],
    ['dyn(request).userInfo.username == "a"', 'request.userInfo'],
    ['request.operation == "CREATE"', undefined],
    ['request["operation"] == "CREATE"', undefined],
    ['object.spec.?resource.orValue("") != ""', undefined],
    ['object.metadata.name != "resource.get()" // http.get', undefined],
    ["object.metadata.name != r'\\' && '''http.get('a')''' != \"\"", undefined],
    ['object.spec.list.all(resource, resource.startsWith("a"))', undefined],
    ['Object{spec: Object.spec{replicas: 1, http: "a"}} != null', undefined],
    ['authorizer.group("").check("x").allowed()', 'authorizer'],
    ['object.spec.rules.all(r, r.http.paths.size() > 0)', undefined],
    ['object.spec.containers.all(image, image.image.startsWith("http"))', undefined],
    ['object.spec.resource.name == "x"', undefined],
  ])('is seen in %j', (expression, need) => {
    expect(celNeed({ validations: [{ expression }] })?.split(' ')[0]).toBe(need);
  });

  it.each<[string, JsonObject]>([
    ['variables', { variables: [{ name: 'x', expression: 'resource.get("v1", "pods", "a", "b")' }] }],
    ['messages', { validations: [{ expression: 'true', messageExpression: 'http.get("https://x").a' }] }],
    ['patches', { mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{value: http.get("x")}]' } }] }],
  ])('is seen in %s', (_where, spec) => expect(celNeed(spec)).toContain('needs the cluster'));
});

describe('what a rule needs', () => {
  it.each<[string, JsonObject]>([
    [
      'a nested foreach',
      { mutate: { foreach: [{ list: 'a', foreach: [{ list: 'b', context: [{ name: 'c', apiCall: {} }] }] }] } },
    ],
    ['a global reference', { context: [{ name: 'c', globalReference: { name: 'x' } }], validate: {} }],
    [
      'a variable without braces',
      { context: [{ name: 'c', variable: { jmesPath: 'request.userInfo.username' } }], validate: {} },
    ],
    ['a quoted field', { validate: { deny: { conditions: { any: [{ key: '{{ request."userInfo".groups }}' }] } } } }],
    ['a list', { validate: { foreach: [{ list: 'request.userInfo.groups', deny: {} }] } }],
  ])('is seen in %s', (_where, rule) => expect(clusterNeed(rule)).toBeDefined());

  it('is nothing where a field of the object has such a name', () => {
    const pattern = { spec: { serviceAccountName: '!default', roles: '?*', context: 'x' } };
    expect(clusterNeed({ name: 'r', validate: { pattern } })).toBeUndefined();
  });
});

describe('a rule that never applies to new resources', () => {
  const key = '{{ request.operation }}';
  it.each<[boolean, JsonObject]>([
    [true, { all: [{ key, operator: 'Equals', value: 'DELETE' }] }],
    [true, { all: [{ key: "{{request.operation || 'BACKGROUND'}}", operator: 'AnyIn', value: ['UPDATE', 'DELETE'] }] }],
    [false, { all: [{ key, operator: 'NotEquals', value: 'DELETE' }] }],
    [false, { all: [{ key, operator: 'AnyIn', value: ['CREATE', 'DELETE'] }] }],
    [false, { all: [{ key, operator: 'AnyIn', value: ['{{ x }}'] }] }],
    [
      false,
      {
        any: [
          { key, operator: 'Equals', value: 'DELETE' },
          { key: 'a', operator: 'Equals', value: 'a' },
        ],
      },
    ],
    [false, { all: [{ key: '{{ request.object.spec.operation }}', operator: 'Equals', value: 'DELETE' }] }],
  ])('is noted (%s): %j', (noted, preconditions) => expect(neverOnCreateBy({ preconditions })).toBe(noted));

  it('is noted for the list of earlier versions', () =>
    expect(neverOnCreateBy({ preconditions: [{ key, operator: 'In', value: ['DELETE'] }] })).toBe(true));
});

describe('field of a Kyverno result', () => {
  it.each([
    [
      'validation error: x. rule autogen-r failed at path /spec/template/spec/containers/0/image/',
      'spec.template.spec.containers[0].image',
    ],
    [
      '(Forbidden reason: privileged, field error list: [spec.containers[0].securityContext.privileged is forbidden, x])',
      'spec.containers[0].securityContext.privileged',
    ],
    ['nothing of the kind', ''],
  ])('is read from %j', (message, path) => {
    expect(formatPath(pathInMessage(message))).toBe(path);
  });

  it.each([
    ['object.spec.replicas > 1', 'spec.replicas'],
    ['variables.all.exists(c, c.x)', 'spec.template.spec.containers'],
    ["'a' in object.metadata.labels", 'metadata.labels'],
    ['object.spec.?hostNetwork.orValue(false)', 'spec.template.spec.hostNetwork'],
    ['true', ''],
  ])('is read from the expression %j', (expression, path) => {
    const spec: JsonObject = { variables: [{ name: 'all', expression: 'object.spec.containers + []' }] };
    const object: JsonObject = { metadata: {}, spec: { replicas: 1, template: { spec: { containers: [], hostNetwork: true } } } };
    expect(formatPath(pathInExpression(spec, expression, object))).toBe(path);
  });
});

describe('diff', () => {
  const json = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 1, 'a', '~/'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c/d', 'e~f'), tie('value'), { noNullPrototype: true }),
    ),
  })).value;

  it('gives operations that make the one of the other', () => {
    fc.assert(
      fc.property(json, json, (from, to) => isDeepStrictEqual(apply(from, diff(from, to)), to)),
      { numRuns: 500 },
    );
  });

  it('keeps what an insertion in front moves', () => {
    expect(diff({ a: [1, 2] }, { a: [0, 1, 2] })).toEqual([{ op: 'add', path: '/a/0', value: 0 }]);
    expect(diff({ n: 1n }, { n: 1 })).toEqual([]);
  });
});

/** RFC 6902, as little of it as the operations need. */
function apply(value: JsonValue, operations: readonly JsonPatchOperation[]): JsonValue {
  const holder: { root: unknown } = { root: structuredClone(value) };
  for (const { op, path: pointer, value: operand } of operations) {
    const steps = [
      'root',
      ...pointer
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
    ];
    const last = steps.pop() ?? '';
    const parent = steps.reduce<unknown>((at, step) => Reflect.get(Object(at), step), holder);
    if (Array.isArray(parent) && op !== 'replace')
      parent.splice(Number(last), op === 'remove' ? 1 : 0, ...(op === 'add' ? [operand] : []));
    else if (op === 'remove') Reflect.deleteProperty(Object(parent), last);
    else Reflect.set(Object(parent), last, operand);
  }
  return z.json().parse(holder.root);
}
