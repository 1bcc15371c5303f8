import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { manifestSet, resource } from '../../../test/support/model.ts';
import type { CompletedRun } from '../../model/engine-run.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { runOf } from '../part.ts';
import { createResults } from '../results.ts';
import { requireCanary } from './canary.ts';
import { celEngine } from './engine.ts';
import { loadPack } from './evaluate.ts';
import { celOptionsSchema } from './options.ts';
import { choose } from './pack.ts';

const header = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
`;
function policy(name: string, expression: string, more = '', annotations = ''): string {
  return `${header}metadata: { name: ${name}, annotations: { ${annotations} } }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }]
${more}  validations: [{ expression: '${expression}', messageExpression: '"spec.replicas: has " + string(object.spec.replicas)' }]
`;
}
const withParams = `${policy('least', 'object.spec.replicas >= int(params.data.least)', '  paramKind: { apiVersion: v1, kind: ConfigMap }\n', 'k8s-gate.io/severity: critical')}---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: least }
spec: { policyName: least, validationActions: [Warn], paramRef: { name: least, namespace: default, parameterNotFoundAction: Deny } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: least, namespace: default }
data: { least: "2" }
`;

const object: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app', namespace: 'shop' },
  spec: { replicas: 1 },
};

const service: JsonObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'app' } };

function run(...texts: readonly string[]) {
  return judged([object, service], texts);
}

function resourceOf(object: JsonObject, index: number): Resource {
  const { name, namespace } = z.object({ name: z.string(), namespace: z.string().optional() }).parse(object.metadata);
  const known = { uid: `obj-${index + 1}`, apiVersion: String(object.apiVersion), kind: String(object.kind), name, object };
  const { namespace: _none, ...rest } = resource(known);
  return namespace === undefined ? rest : { ...rest, namespace };
}

/** The pack is off, so the engine needs only a clock. */
async function judged(
  objects: readonly JsonObject[],
  texts: readonly string[],
  {
    signal = new AbortController().signal,
    timeoutMs = 60_000,
    options = {},
    results = createResults(),
    part = objects.length,
  } = {},
): Promise<CompletedRun> {
  const whole = objects.map((one, index) => resourceOf(one, index));
  const set = manifestSet({
    whole,
    resources: whole.slice(0, part),
    policies: texts.map((text, index) => ({ file: `p${index}.yaml`, language: 'cel', text })),
  });
  const unused = () => Promise.reject(new Error('not used here'));
  const files = {
    readText: unused,
    readBytes: unused,
    write: unused,
    stat: unused,
    walk: unused,
    resolveInside: unused,
    makeTempDir: unused,
    makeDir: unused,
    remove: unused,
    rename: unused,
    makeExecutable: unused,
    sha256: unused,
    unpack: unused,
  };
  const result = await celEngine.run({
    set,
    options: celOptionsSchema.parse({ pack: false, ...options }),
    mode: 'strict',
    concurrency: 2,
    ports: {
      files,
      processes: { run: unused, find: unused },
      http: { download: unused },
      registries: { digest: unused, read: unused, refused: unused, relay: unused, lend: unused },
      remotes: { checkout: unused, get: unused, manifest: unused, blob: unused, tags: unused },
      trustRoots: { current: unused },
      clock: { now: () => new Date(0), monotonicMs: () => performance.now() },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    },
    tool: undefined,
    workspace: '/w',
    trusted: '/w',
    workdir: '/t',
    gateRoot: '/g',
    cacheDir: '/c',
    timeoutMs,
    signal,
    progress: () => {},
    canonical: { write: unused },
    results,
    namedRegistries: unused,
  });
  return runOf('cel', result, { version: 'unknown', durationMs: 0 });
}

describe('the engine', () => {
  it('reports a refusal at the field that the message names', async () => {
    const result = await run(policy('two', 'object.spec.replicas >= 2'));
    expect(result.findings).toMatchObject([
      { rule: 'two', title: 'has 1', severity: 'high', subject: { resource: 'obj-1', path: ['spec', 'replicas'] } },
    ]);
    expect(result.coverage.map((entry) => entry.status)).toEqual(['evaluated', 'not-applicable']);
    expect(result.notes.join()).toContain('two has no binding');
  });

  it('reads parameters from the file of the policy, and its severity', async () => {
    expect((await run(withParams)).findings).toMatchObject([{ rule: 'least', severity: 'critical' }]);
    const lost = await run(withParams.slice(0, withParams.lastIndexOf('---')));
    expect(lost.findings).toMatchObject([
      { severity: 'unknown', title: expect.stringContaining('cannot determine whether least') },
    ]);
  });

  it.each([
    ['Deny', 'critical'],
    ['Warn', 'medium'],
    ['Audit', 'low'],
  ])('grades a policy without a severity by what its binding does: %s', async (action, severity) => {
    const binding = header.replace('Policy', 'PolicyBinding');
    const bound = `${policy('two', 'object.spec.replicas >= 2')}---\n${binding}metadata: { name: two }\nspec: { policyName: two, validationActions: [${action}] }\n`;
    expect((await run(bound)).findings).toMatchObject([{ severity }]);
  });

  it('never passes a resource on which a policy fails with an error', async () => {
    const failed = await run(policy('broken', 'object.spec.nope == 1'));
    expect(failed.findings).toEqual([]);
    expect(failed.coverage[0]).toMatchObject({
      status: 'failed',
      error: { code: 'POLICY_INVALID', details: { file: 'p0.yaml', line: 1 } },
    });
    const ignored = await run(policy('broken', 'object.spec.nope == 1', '  failurePolicy: Ignore\n'));
    expect(ignored.findings).toMatchObject([{ severity: 'unknown', title: expect.stringContaining('could not be evaluated') }]);
  });

  it('refuses a policy that validates nothing, and notes one with audit annotations only', async () => {
    const empty = policy('empty', 'true').replace(/ {2}validations:[\s\S]*$/, '');
    await expect(run(`${empty}  validations: []\n`)).rejects.toMatchObject({ code: 'POLICY_INVALID' });
    const audit = await run(`${empty}  auditAnnotations: [{ key: a, valueExpression: "'a'" }]\n`);
    expect(audit.notes).toContain('empty rejects nothing: it only has audit annotations');
  });

  it('reports what is known only to a cluster', async () => {
    const result = await run(policy('who', 'request.userInfo.username == "x"'));
    expect(result.findings).toMatchObject([
      { rule: 'who', severity: 'unknown', title: expect.stringContaining('request.userInfo is known only to a cluster') },
    ]);
  });

  describe('for a policy with parameters', () => {
    const [file = ''] = withParams.replace(', namespace: default', '').split('---\napiVersion: v1');
    const params = (least: number): JsonObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'least', namespace: 'shop' },
      data: { least: String(least) },
    });
    const severities = async (...args: Parameters<typeof judged>) =>
      (await judged(...args)).findings.map(({ severity }) => severity);

    it('reads those that are deployed with the resource, also by another shard', async () => {
      expect(await severities([object, params(2)], [file])).toEqual(['critical']);
      expect(await severities([object, params(2)], [file], { part: 1 })).toEqual(['critical']);
      expect(await severities([object, params(1)], [file])).toEqual(['unknown']);
      expect(await severities([object, params(1)], [file], { options: { paramsFromManifests: true } })).toEqual([]);
    });

    it('does not use a result again that was made with others', async () => {
      const results = createResults();
      const options = { paramsFromManifests: true };
      expect(await severities([object, params(1)], [file], { results, options })).toEqual([]);
      expect(await severities([object, params(2)], [file], { results, options })).toEqual(['critical']);
    });
  });

  describe('for a policy about pods', () => {
    const text = policy('pods', '!object.spec.?hostNetwork.orValue(false)', '', `k8s-gate.io/set: "false"`)
      .replace('deployments', 'pods')
      .replace('[apps]', '[""]')
      .replace(/, messageExpression: .*\}\]/, ', message: "spec.hostNetwork: not on the host"}]');
    const workload = (kind: string, spec: JsonObject): JsonObject => ({
      ...object,
      apiVersion: kind === 'CronJob' ? 'batch/v1' : 'apps/v1',
      kind,
      spec,
    });
    const pod = { template: { metadata: { labels: { app: 'a' } }, spec: { hostNetwork: true, containers: [] } } };
    const objects = [workload('Deployment', pod), workload('CronJob', { jobTemplate: { spec: pod } })];

    it('notes once that it is not evaluated for the pods of workloads', async () => {
      const { notes, findings, coverage } = await judged(objects, [text]);
      expect(findings).toEqual([]);
      expect(coverage.map(({ status }) => status)).toEqual(['not-applicable', 'not-applicable']);
      expect(notes.filter((note) => note.includes('pod templates of 2 workload(s)'))).toEqual([
        expect.stringContaining('autogen'),
      ]);
    });

    it('reports the field of the template with autogen', async () => {
      const { notes, findings, coverage } = await judged(objects, [text], { options: { autogen: true } });
      expect(findings.map(({ subject, title }) => [subject, title])).toEqual([
        [{ kind: 'resource', resource: 'obj-1', path: ['spec', 'template', 'spec', 'hostNetwork'] }, 'not on the host'],
        [
          { kind: 'resource', resource: 'obj-2', path: ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'hostNetwork'] },
          'not on the host',
        ],
      ]);
      expect(findings[0]?.fix?.patch).toEqual([{ op: 'replace', path: '/spec/template/spec/hostNetwork', value: false }]);
      expect(coverage.map(({ status }) => status)).toEqual(['evaluated', 'evaluated']);
      expect(notes.join()).not.toContain('autogen');
    });

    it('evaluates a policy about pods and their workloads once', async () => {
      const both = text.replace('resources: [pods]', 'resources: ["*"]').replace('[""]', '["*"]');
      expect((await judged(objects, [both], { options: { autogen: true } })).findings).toEqual([]);
    });

    it('is about the workloads only with autogen, for the check of settings', () => {
      const set = manifestSet({
        resources: objects.map(resourceOf),
        policies: [{ file: 'p.yaml', language: 'cel', text }],
      });
      const unasked = (autogen: boolean) =>
        celEngine.settings?.unasked?.(set, celOptionsSchema.parse({ autogen })).map(({ name }) => name);
      expect([unasked(false), unasked(true)]).toEqual([['pods'], []]);
    });

    it('names policies that change pods in the same way', async () => {
      const mutating = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: { name: change }
spec:
  reinvocationPolicy: Never
  matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods] }] }
  mutations: [{ patchType: ApplyConfiguration, applyConfiguration: { expression: 'Object{}' } }]
`;
      const policies = [{ file: 'p.yaml', language: 'cel' as const, text: mutating }];
      const set = manifestSet({ resources: objects.map(resourceOf), policies });
      const options = celOptionsSchema.parse({});
      expect(celEngine.settings?.unasked?.(set, options).map(({ name }) => name)).toEqual(['change']);
      const { notes } = await judged(objects, [mutating]);
      expect(notes.join()).toContain('of 2 workload(s), whose pods a cluster changes: change;');
    });
  });

  it('takes the scope of a custom kind from its definition, also by another shard', async () => {
    const widget = (name: string): JsonObject => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name } });
    const definition: JsonObject = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: { group: 'example.com', scope: 'Cluster', names: { kind: 'Widget', plural: 'widgets' } },
    };
    const text = policy('never', 'false').replace('deployments', 'widgets').replace('[apps]', '[example.com], scope: Namespaced');
    expect((await judged([widget('a')], [text])).findings).toHaveLength(1);
    expect((await judged([widget('a'), definition], [text], { part: 1 })).findings).toHaveLength(0);
  });

  it('offers a patch only where it fits and replaces nothing', async () => {
    const patched = (pointer: string) =>
      run(policy('two', 'object.spec.replicas >= 2', '', `k8s-gate.io/patch: '[{"op":"add","path":"${pointer}","value":2}]'`));
    expect((await patched('/spec/minReadySeconds')).findings[0]?.fix?.patch).toHaveLength(1);
    expect((await patched('/spec/replicas')).findings[0]?.fix).toBeUndefined();
    expect((await patched('/nowhere/replicas')).findings[0]?.fix).toBeUndefined();
  });

  it('offers a patch that sets the named field to what the policy wants', async () => {
    const { findings } = await run(policy('two', 'object.spec.replicas >= 2', '', `k8s-gate.io/set: "2"`));
    expect(findings[0]?.fix?.patch).toEqual([{ op: 'replace', path: '/spec/replicas', value: 2 }]);
    await expect(run(policy('two', 'object.spec.replicas >= 2', '', `k8s-gate.io/set: "two"`))).rejects.toThrow(/is not JSON/);
  });

  it('notes a mutating policy without a binding, and one that does not match new resources', async () => {
    const text = `apiVersion: admissionregistration.k8s.io/v1beta1
kind: MutatingAdmissionPolicy
metadata: { name: m }
spec:
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: ['*'], operations: [UPDATE], resources: [deployments] }]
  mutations: [{ patchType: ApplyConfiguration, applyConfiguration: { expression: 'Object{}' } }]
`;
    expect((await run(text)).notes).toEqual([
      'm changes nothing here: it does not match new resources',
      'm has no binding: it is evaluated as if it were bound to everything',
    ]);
    await expect(run(text.replace('mutations:', 'mutation:'))).rejects.toThrow(
      /unknown key `mutation` in `spec`; expected `mutations`/,
    );
  });

  it('has nothing to do without policies', () => {
    expect(celEngine.notApplicable(manifestSet(), celOptionsSchema.parse({ pack: false }))).toContain('the pack is disabled');
  });

  it('notices an evaluator that passes the known-bad pod', () => {
    expect(() => requireCanary()).not.toThrow();
    expect(() => requireCanary(policy('none', 'true'))).toThrow(/planted pods/);
  });
});

describe('the cost of a policy or manifest', () => {
  const deployment = (name: string, containers: readonly JsonObject[]): JsonObject => ({
    ...object,
    metadata: { name, namespace: 'shop' },
    spec: { replicas: 1, template: { spec: { containers } } },
  });
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `c${index}`, image: 'a:latest' }));
  const list = 'object.spec.template.spec.containers';
  const bomb = policy('bomb', `${list}.all(a, ${list}.all(b, ${list}.all(c, ${list}.all(d, a.image == d.image))))`);
  const latest = `${header}metadata: { name: latest }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }]
  variables: [{ name: bad, expression: '${list}.filter(c, c.image.endsWith(":latest"))' }]
  validations:
    - expression: variables.bad.size() == 0
      messageExpression: '"spec.template.spec.containers[name=" + variables.bad[0].name + "].image: no latest"'
`;

  it.each(['Fail', 'Ignore'])('ends nested loops with an error, never a pass, with failurePolicy %s', async (failurePolicy) => {
    const text = bomb.replace('spec:\n', `spec:\n  failurePolicy: ${failurePolicy}\n`);
    const { coverage, findings } = await judged([deployment('long', many(300)), deployment('short', many(2))], [text]);
    expect(findings).toEqual([]);
    expect(coverage).toMatchObject([
      {
        status: 'failed',
        error: { code: 'POLICY_INVALID', message: expect.stringContaining('costs more than 5,000,000 steps') },
      },
      { status: 'evaluated' },
    ]);
  });

  it('names each of 5,000 containers that a policy rejects', async () => {
    const { coverage, findings } = await judged([deployment('long', many(5_000))], [latest]);
    expect(coverage).toMatchObject([{ status: 'evaluated' }]);
    expect(new Set(findings.map(({ subject }) => JSON.stringify(subject))).size).toBe(5_000);
  });

  it('handles a signal of the process, and stops', async () => {
    const stop = new AbortController();
    const objects = Array.from({ length: 500 }, (_, index) => deployment(`long-${index}`, many(300)));
    // Like a handler of SIGTERM, which runs only if the engine does not block the event loop.
    setTimeout(() => stop.abort(), 10);
    await expect(judged(objects, [bomb], { signal: stop.signal })).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('ends at its timeout, after at most one more evaluation', async () => {
    const objects = Array.from({ length: 500 }, (_, index) => deployment(`long-${index}`, many(300)));
    await expect(judged(objects, [bomb], { timeoutMs: 100 })).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
    await expect(judged(objects, [bomb], { signal: AbortSignal.timeout(10) })).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
  });

  it('stops while it names the containers that a policy rejects', async () => {
    const run = judged([deployment('long', many(5_000))], [latest], { signal: AbortSignal.timeout(60) });
    await expect(run).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
  });
});

describe('the pack’s settings', () => {
  const pack = loadPack([
    { path: 'a.yaml', text: withParams },
    { path: 'b.yaml', text: policy('extra', 'true', '', 'k8s-gate.io/enabled: "false"') },
  ]);
  const names = (options: object) => choose(pack, celOptionsSchema.parse(options)).policies.map((one) => one.name);

  it('leave opt-in policies off unless they are enabled', () => {
    expect(names({})).toEqual(['least']);
    expect(names({ enable: ['extra'], disable: ['least'] })).toEqual(['extra']);
  });

  it.each([
    [{ enable: ['extr'] }, /perhaps extra/],
    [{ disable: ['leest'] }, /perhaps least/],
    [{ params: { nowhere: { a: 'b' } } }, /not a policy of the pack/],
    [{ params: { least: { leas: '3' } } }, /perhaps least/],
    [{ enable: ['extra'], disable: ['extra'] }, /both enables and disables/],
  ])('refuse %o', (options, message) => {
    expect(() => names(options)).toThrow(message);
  });
});
