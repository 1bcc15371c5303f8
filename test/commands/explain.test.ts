import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { examples } from '../../src/commands/explain/examples.ts';
import trivy from '../../src/commands/explain/trivy-0.74.0.json' with { type: 'json' };
import { explainCommand } from '../../src/commands/explain.ts';
import { evaluate, loadPack } from '../../src/engines/cel/evaluate.ts';
import { correlationFile, parseCorrelation } from '../../src/inputs/correlation.ts';
import { isObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';
import { jsonReporter } from '../../src/reports/json/reporter.ts';
import { runCommand } from '../support/in-process.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { blocked, renderContext } from '../support/verdicts.ts';

afterAll(removeTempFolders);

const explain = (...args: readonly string[]) => runCommand(explainCommand, args, root);
const packFiles = readdirSync(path.join(root, 'policies'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.includes(path.sep),
);
const pack = loadPack(packFiles.map((file) => ({ path: file, text: readFileSync(path.join(root, 'policies', file), 'utf8') })));
/** Every rule of the engine is in this page: see its own test. */
const schemaRules = [...readFileSync(path.join(root, 'docs/schema.md'), 'utf8').matchAll(/^\| `(schema\/[\w-]+)` \|/gm)].map(
  ([, rule = '']) => rule,
);
const severities = parse(readFileSync(path.join(root, 'policies/severity.yaml'), 'utf8')) as Record<string, object>;

describe('k8s-gate explain', () => {
  it('explains every rule of the pack with title, reason, fix and reference', async () => {
    for (const { name } of pack) {
      const { code, stdout } = await explain(`cel/${name}`);
      expect([name, code]).toEqual([name, 0]);
      for (const label of ['Severity', 'Why', 'Fix', 'Policy', 'Details'])
        expect(stdout).toMatch(new RegExp(`^${label}: \\S`, 'm'));
    }
  });

  it.each([
    ['Trivy', Object.keys(trivy).map((id) => `trivy/${id}`)],
    ['KubeLinter', Object.keys(severities['kube-linter'] ?? {}).map((check) => `kube-linter/${check}`)],
    [
      'images',
      ['license/denied', 'license/not-allowed', 'license/unknown', 'trivy/os-end-of-life'].map((rule) => `trivy/${rule}`),
    ],
    ['the schemas', schemaRules],
    [
      'the gate',
      [
        'not-evaluated',
        'config-loosened',
        'config-broken',
        'waiver-added',
        'baseline-added',
        'risk-data',
        'extends-changed',
        'policy-changed',
        'policy-removed',
        'setting-unused',
        'environment-left',
      ].map((rule) => `gate/${rule}`),
    ],
  ])('explains every rule of %s', async (_engine, rules) => {
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) {
      const { code, stdout } = await explain(rule);
      expect([rule, code]).toEqual([rule, 0]);
      expect(stdout).toMatch(new RegExp(`^${rule.replace('$', '\\$')}: \\S[\\s\\S]*^Details: `, 'm'));
      for (const label of ['Why', 'Fix'])
        expect([rule, stdout]).toEqual([rule, expect.stringMatching(new RegExp(`^${label}: \\S`, 'm'))]);
    }
  });

  it('describes every check of KubeLinter with all parts', async () => {
    for (const check of Object.keys(severities['kube-linter'] ?? {})) {
      const { stdout } = await explain(`kube-linter/${check}`);
      for (const label of ['Severity: \\S', 'Why: \\S', 'Rejected:\\n {4}\\S', 'Accepted:\\n {4}\\S', 'Fix: \\S', 'Details: \\S'])
        expect([check, stdout]).toEqual([check, expect.stringMatching(new RegExp(`^${label}`, 'm'))]);
    }
  });

  it.each([
    ['kube-bench/1.2.16', 'kube-apiserver.yaml'],
    ['kube-bench/2.2', 'etcd.yaml'],
    ['kube-bench/4.2.1', '/var/lib/kubelet/config.yaml'],
    ['5.7', 'seccompProfile'],
  ])('describes a check or a section of kube-bench and what to change: %s', async (rule, place) => {
    const { code, stdout } = await explain(rule);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kube-bench\/[\d.]+: section \d\S* of the CIS Kubernetes Benchmark: \S/);
    expect(stdout).toContain(place);
    for (const label of ['Severity', 'Why', 'Fix', 'Details']) expect(stdout).toMatch(new RegExp(`^${label}: \\S`, 'm'));
    expect(stdout).toMatch(/^Rejected:\n {4}\S[\s\S]*^Accepted:\n {4}\S/m);
  });

  it('knows no check of a section that the benchmark does not have', async () => {
    expect((await explain('kube-bench/9.1.1')).log).toContain('unknown rule `kube-bench/9.1.1`');
  });

  it('takes a name without its engine, and offers the nearest name', async () => {
    expect((await explain('KSV-0017')).stdout).toMatch(/^trivy\/KSV-0017: /);
    expect((await explain('cel/privilegd')).log).toContain('expected `cel/privileged`');
    expect((await explain('kube-linter/privileged-contaner')).log).toContain('expected `kube-linter/privileged-container`');
    expect((await explain('trivy/KSV-017')).log).toMatch(/expected `trivy\/KSV-\d+`/);
  });

  it('names the rules of other engines with the same cause, and shows an example', async () => {
    expect((await explain('trivy/KSV-0017')).stdout).toContain(
      'Rejected:\n    securityContext:\n      privileged: true\nAccepted:\n    securityContext:\n      privileged: false\n',
    );
    expect((await explain('trivy/KSV-0017')).stdout).toContain('Same cause: cel/privileged,');
  });

  it('reads the policies of the repository', async () => {
    const folder = emptyFolder();
    mkdirSync(path.join(folder, '.k8s-gate/policies'), { recursive: true });
    writeFileSync(
      path.join(folder, '.k8s-gate/policies/limits.yaml'),
      'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: { name: require-limits, annotations: { policies.kyverno.io/title: Limits, policies.kyverno.io/description: They are needed. } }\n',
    );
    const { stdout } = await runCommand(explainCommand, ['kyverno/require-limits/limits'], folder);
    expect(stdout).toContain('kyverno/require-limits: Limits\n');
    expect(stdout).toContain('Policy: .k8s-gate/policies/limits.yaml\n');
  });

  it('reads policies that change objects, whose severity is low', async () => {
    const folder = emptyFolder();
    mkdirSync(path.join(folder, '.k8s-gate/policies'), { recursive: true });
    writeFileSync(
      path.join(folder, '.k8s-gate/policies/label.yaml'),
      'apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingAdmissionPolicy\nmetadata: { name: label, annotations: { k8s-gate.io/title: Labels } }\n',
    );
    const { stdout } = await runCommand(explainCommand, ['cel/label'], folder);
    expect(stdout).toContain('cel/label: Labels\n');
    expect(stdout).toMatch(/Severity: low/);
  });

  it('lists where a report has a rule or an advisory', async () => {
    const folder = emptyFolder();
    const file = path.join(folder, 'report.json');
    writeFileSync(file, jsonReporter.render(blocked, renderContext));
    const rules = blocked.findings.map(({ finding }) => finding);
    for (const { rule, title } of rules) {
      const { code, stdout } = await runCommand(explainCommand, [rule, '--report', 'report.json'], folder);
      expect([rule, code]).toEqual([rule, 0]);
      expect(stdout).toMatch(/\d+ findings? in report\.json:\n/);
      expect(stdout).toContain(title);
    }
    const { stdout } = await runCommand(explainCommand, ['CVE-2001-0001', '--report', 'report.json'], folder);
    expect(stdout).toContain('report.json has no finding of CVE-2001-0001.');
  });
});

const podFields = [
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'volumes',
  'serviceAccountName',
  'nodeName',
  'nodeSelector',
  'terminationGracePeriodSeconds',
];
/** The fragment as a field of the whole object, of its pods or of their container. */
function objectOf(fragment: string, kind: string): JsonObject {
  const value = parse(fragment) as JsonValue;
  if (!isObject(value)) throw new Error(`${fragment} is not a map`);
  const own = { apiVersion: 'v1', metadata: { name: 'web', namespace: 'shop' } };
  if ('spec' in value) return { ...own, kind: 'Service', ...value };
  if ('rules' in value) return { ...own, apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', ...value };
  if ('roleRef' in value)
    return {
      ...own,
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      ...value,
    };
  const container = { name: 'web', image: 'registry.example/web:1.0' };
  const sysctls = fragment.includes('sysctls');
  const isPod = sysctls || Object.keys(value).some((key) => podFields.includes(key));
  const host = { volumes: [{ name: 'host', hostPath: { path: '/opt' } }] };
  const pod = isPod
    ? { containers: [container], ...value }
    : { containers: [{ ...container, ...value }], ...(fragment.includes('volumeMounts') && host) };
  return { ...own, apiVersion: 'apps/v1', kind, spec: { template: { metadata: {}, spec: pod } } };
}

describe('the example of', () => {
  const causes = parseCorrelation(readFileSync(path.join(root, correlationFile), 'utf8')).causes;
  const ruleOf = (id: string): string | undefined => {
    if (id.startsWith('cel/')) return id.slice(4);
    return causes.find((cause) => cause.id === id)?.rules.find(({ engine }) => engine === 'cel')?.rule;
  };
  const checked = Object.entries(examples).flatMap(([id, example]) => {
    const policy = pack.find(({ name }) => name === ruleOf(id));
    return policy === undefined || policy.notes.optIn ? [] : [{ id, example, policy }];
  });

  it('covers the pack', () => expect(checked.length).toBeGreaterThan(25));

  it.each(checked)('$id is rejected before and accepted after', ({ example, policy }) => {
    const kind = policy.name.startsWith('daemonset') ? 'DaemonSet' : 'Deployment';
    const failed = (fragment: string) =>
      evaluate(policy, objectOf(fragment, kind)).filter(({ status }) => status === 'fail').length;
    expect(failed(example.before)).toBeGreaterThan(0);
    expect(failed(example.after)).toBe(0);
  });
});
