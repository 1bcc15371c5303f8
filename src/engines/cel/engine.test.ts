import { describe, expect, it } from 'vitest';
import { manifestSet, resource } from '../../../test/support/model.ts';
import type { EngineRun } from '../../model/engine-run.ts';
import type { JsonObject } from '../../model/json.ts';
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

/** The engine asks for nothing but a clock here: the pack is off. */
async function run(...texts: readonly string[]): Promise<Extract<EngineRun, { status: 'completed' }>> {
  const set = manifestSet({
    resources: [
      resource({ uid: 'obj-1', object }),
      resource({ uid: 'obj-2', kind: 'Service', object: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'app' } } }),
    ],
    policies: texts.map((text, index) => ({ file: `p${index}.yaml`, language: 'cel', text })),
  });
  const unused = () => Promise.reject(new Error('not used here'));
  const files = {
    readText: unused,
    readBytes: unused,
    write: unused,
    stat: unused,
    walk: unused,
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
    options: celOptionsSchema.parse({ pack: false }),
    mode: 'strict',
    ports: {
      files,
      processes: { run: unused, find: unused },
      http: { download: unused },
      clock: { now: () => new Date(0), monotonicMs: () => 0 },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    },
    tool: undefined,
    workspace: '/w',
    workdir: '/t',
    gateRoot: '/g',
    cacheDir: '/c',
    timeoutMs: 1000,
    signal: new AbortController().signal,
    progress: () => {},
    canonical: { write: unused },
  });
  if (result.status !== 'completed') throw new Error(`the run ${result.status}`);
  return result;
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

  it('reads parameters that stand beside the policy, and its severity', async () => {
    expect((await run(withParams)).findings).toMatchObject([{ rule: 'least', severity: 'critical' }]);
    const lost = await run(withParams.slice(0, withParams.lastIndexOf('---')));
    expect(lost.findings).toMatchObject([{ severity: 'unknown', title: expect.stringContaining('not known whether least') }]);
  });

  it('never passes a resource that a policy stumbles over', async () => {
    const failed = await run(policy('broken', 'object.spec.nope == 1'));
    expect(failed.findings).toEqual([]);
    expect(failed.coverage[0]).toMatchObject({
      status: 'failed',
      error: { code: 'POLICY_INVALID', details: { file: 'p0.yaml', line: 1 } },
    });
    const ignored = await run(policy('broken', 'object.spec.nope == 1', '  failurePolicy: Ignore\n'));
    expect(ignored.findings).toMatchObject([{ severity: 'unknown', title: expect.stringContaining('could not be evaluated') }]);
  });

  it('says what is not known', async () => {
    const result = await run(policy('who', 'request.userInfo.username == "x"'));
    expect(result.findings).toMatchObject([
      { rule: 'who', severity: 'unknown', title: expect.stringContaining('request.userInfo is known only to a cluster') },
    ]);
  });

  it('offers a patch only where it fits and replaces nothing', async () => {
    const patched = (pointer: string) =>
      run(policy('two', 'object.spec.replicas >= 2', '', `k8s-gate.io/patch: '[{"op":"add","path":"${pointer}","value":2}]'`));
    expect((await patched('/spec/minReadySeconds')).findings[0]?.fix?.patch).toHaveLength(1);
    expect((await patched('/spec/replicas')).findings[0]?.fix).toBeUndefined();
    expect((await patched('/nowhere/replicas')).findings[0]?.fix).toBeUndefined();
  });

  it('offers what the policy would set the named field to', async () => {
    const { findings } = await run(policy('two', 'object.spec.replicas >= 2', '', `k8s-gate.io/set: "2"`));
    expect(findings[0]?.fix?.patch).toEqual([{ op: 'replace', path: '/spec/replicas', value: 2 }]);
    await expect(run(policy('two', 'object.spec.replicas >= 2', '', `k8s-gate.io/set: "two"`))).rejects.toThrow(/is no JSON/);
  });

  it('names a mutating policy that it leaves alone', async () => {
    const text =
      'apiVersion: admissionregistration.k8s.io/v1beta1\nkind: MutatingAdmissionPolicy\nmetadata: { name: m }\nspec: {}\n';
    expect((await run(text)).notes).toEqual(['m is not judged: it changes objects and refuses none']);
  });

  it('has nothing to do without policies', () => {
    expect(celEngine.notApplicable(manifestSet(), celOptionsSchema.parse({ pack: false }))).toContain('the pack is off');
  });

  it('notices an evaluator that lets the planted pod pass', () => {
    expect(() => requireCanary()).not.toThrow();
    expect(() => requireCanary(policy('none', 'true'))).toThrow(/planted pods/);
  });
});

describe('the pack’s settings', () => {
  const pack = loadPack([
    { path: 'a.yaml', text: withParams },
    { path: 'b.yaml', text: policy('extra', 'true', '', 'k8s-gate.io/enabled: "false"') },
  ]);
  const names = (options: object) => choose(pack, celOptionsSchema.parse(options)).policies.map((one) => one.name);

  it('leave opt-in policies off until they are asked for', () => {
    expect(names({})).toEqual(['least']);
    expect(names({ enable: ['extra'], disable: ['least'] })).toEqual(['extra']);
  });

  it.each([
    [{ enable: ['extr'] }, /perhaps extra/],
    [{ disable: ['leest'] }, /perhaps least/],
    [{ params: { nowhere: { a: 'b' } } }, /no policy of the pack/],
    [{ params: { least: { leas: '3' } } }, /perhaps least/],
    [{ enable: ['extra'], disable: ['extra'] }, /both enables and disables/],
  ])('refuse %o', (options, message) => {
    expect(() => names(options)).toThrow(message);
  });
});
