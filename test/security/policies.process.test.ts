import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repository, runGate } from '../support/gate-process.ts';
import { goodDeployment, privilegedDeployment } from '../support/manifests.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const policy = (expression: string, more = '') => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: own, annotations: { k8s-gate.io/severity: critical } }
spec:
${more}  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }]
  validations: [{ expression: '${expression}', message: refused by our own }]
`;
const binding = (spec: string) =>
  `---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: { name: own }\nspec: { policyName: own, ${spec} }\n`;
const judge = async (text: string, manifest = goodDeployment) =>
  runGate(
    ['check', '--engines', 'cel', '-o', 'terminal', '-o', 'json=r.json'],
    await repository({ 'web.yaml': manifest, '.k8s-gate/policies/own.yaml': text }),
  );

describe('a policy of one’s own', () => {
  it.each([
    ['without a binding', policy('false')],
    ['bound to warn only', policy('false') + binding('validationActions: [Warn]')],
    ['bound to audit only', policy('false') + binding('validationActions: [Audit]')],
    ['that ignores its failures', policy('false', '  failurePolicy: Ignore\n') + binding('validationActions: [Deny]')],
  ])('blocks by its severity, whatever the cluster would do: %s', async (_what, text) => {
    const run = await judge(text);
    expect(run.stdout).toContain('refused by our own');
    expect(run.code).toBe(1);
  });

  it.each([
    ['fails', policy('object.spec.nowhere == 1'), 2],
    ['fails and is configured to ignore that', policy('object.spec.nowhere == 1', '  failurePolicy: Ignore\n'), undefined],
  ])('is named where its expression %s', async (_what, text, code) => {
    const run = await judge(text);
    expect(run.stdout).toContain('own');
    expect(run.stdout).not.toMatch(/^PASS {2}no findings/);
    if (code !== undefined) expect(run.code).toBe(code);
  });

  it('answers at once for an expression that explodes elsewhere', { timeout: 60_000 }, async () => {
    const long = goodDeployment.replace('  namespace: shop', `  namespace: shop\n  annotations: { a: "${'a'.repeat(20_000)}!" }`);
    const run = await judge(policy('object.metadata.annotations.a.matches("^(a+)+$")'), long);
    expect(run.stdout).toContain('refused by our own');
    expect(run.code).toBe(1);
  });
});

it('runs nothing from the repository', async () => {
  const folder = await repository({
    'web.yaml': privilegedDeployment,
    'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
  });
  const mark = path.join(emptyFolder(), 'owned');
  for (const name of [
    'helm',
    'kustomize',
    'trivy',
    'kyverno',
    'opa',
    'kube-linter',
    'git',
    'node',
    'bin/helm',
    'node_modules/.bin/helm',
  ]) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), `#!/bin/sh\ntouch ${mark}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  for (const name of ['.npmrc', '.node-version', 'package.json']) writeFileSync(path.join(folder, name), '{}');
  const PATH = `.:bin:./node_modules/.bin:${process.env.PATH ?? ''}`;
  const run = await runGate(['check', '--engines', 'cel,opa,kyverno'], folder, { PATH });
  expect(run.stdout).toContain('container web is privileged');
  expect(existsSync(mark)).toBe(false);
});
