import { expect, it } from 'vitest';
import { judgedByPack } from '../../../test/support/pack-bench.ts';
import { createResults } from '../results.ts';

const group = 'rbac.authorization.k8s.io';
const role = (rule: string, kind = 'ClusterRole') =>
  `apiVersion: ${group}/v1\nkind: ${kind}\nmetadata: { name: everything }\nrules: [${rule}]\n---\n`;
const all = '{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }';
const binding = (subject: string) => `apiVersion: ${group}/v1
kind: ClusterRoleBinding
metadata: { name: b }
roleRef: { apiGroup: ${group}, kind: ClusterRole, name: everything }
subjects: [${subject}]
`;
const everybody = `{ kind: Group, apiGroup: ${group}, name: "system:authenticated" }`;

async function graded(manifests: string, results = createResults()): Promise<readonly string[]> {
  const { findings } = await judgedByPack(manifests, undefined, results);
  return findings.filter(({ rule }) => rule === 'rbac-broad-bindings').map(({ severity }) => severity);
}

it.each([
  ['everything', role(all), 'critical'],
  ['everything of the core group', role('{ apiGroups: ["", apps], resources: ["*"], verbs: ["*"] }'), 'critical'],
  ['much', role('{ apiGroups: ["*"], resources: ["*"], verbs: [get] }'), 'high'],
  ['everything, but as a Role', role(all, 'Role'), 'high'],
  ['what is not known', '', 'high'],
])('a binding to everybody of a role that allows %s is %s', async (_, before, severity) => {
  expect(await graded(before + binding(everybody))).toEqual([severity]);
});

it('is critical for the account default, and nothing for one of its own', async () => {
  expect(await graded(role(all) + binding('{ kind: ServiceAccount, name: default, namespace: shop }'))).toEqual(['critical']);
  expect(await graded(role(all) + binding('{ kind: ServiceAccount, name: app, namespace: shop }'))).toEqual([]);
});

it('is graded by the current role, even if the result for the binding is reused', async () => {
  const results = createResults();
  const mild = role('{ apiGroups: [""], resources: [pods], verbs: [get] }');
  expect(await graded(mild + binding(everybody), results)).toEqual(['high']);
  expect(await graded(role(all) + binding(everybody), results)).toEqual(['critical']);
  expect(await graded(mild + binding(everybody), results)).toEqual(['high']);
});
