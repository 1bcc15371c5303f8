import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluate, loadPack } from '../../src/engines/cel/evaluate.ts';
import type { JsonObject } from '../../src/model/json.ts';

const folder = path.join(import.meta.dirname, '../../policies/rbac');
const policies = loadPack(
  readdirSync(folder).map((file) => ({ path: file, text: readFileSync(path.join(folder, file), 'utf8') })),
);
const group = 'rbac.authorization.k8s.io';

/** `severity rule` of each refusal. */
function said(object: JsonObject): readonly string[] {
  return policies.flatMap((policy) =>
    evaluate(policy, object)
      .filter(({ status }) => status !== 'pass' && status !== 'not-matched')
      .map(({ status, validation = 0, message }) =>
        status === 'fail' ? `${policy.notes.severities?.[validation]} ${policy.name}` : `${status} ${message}`,
      ),
  );
}

function bound(kind: string, role: string, subject: JsonObject, roleKind = 'ClusterRole'): readonly string[] {
  const roleRef = { apiGroup: group, kind: roleKind, name: role };
  return said({
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name: 'b' },
    roleRef,
    subjects: [{ kind: 'User', name: 'ada' }, subject],
  });
}
const subjects = {
  unauthenticated: { kind: 'Group', apiGroup: group, name: 'system:unauthenticated' },
  anonymous: { kind: 'User', apiGroup: group, name: 'system:anonymous' },
  authenticated: { kind: 'Group', apiGroup: group, name: 'system:authenticated' },
  accounts: { kind: 'Group', apiGroup: group, name: 'system:serviceaccounts' },
  accountsOfShop: { kind: 'Group', apiGroup: group, name: 'system:serviceaccounts:shop' },
  defaultAccount: { kind: 'ServiceAccount', name: 'default', namespace: 'shop' },
  defaultAsUser: { kind: 'User', name: 'system:serviceaccount:kube-system:default' },
};
const all = Object.entries(subjects);
const broad = all.filter(([name]) => !['unauthenticated', 'anonymous'].includes(name));

describe('a binding', () => {
  it.each(all)('of cluster-admin to %s is critical', (_, subject) => {
    for (const kind of ['ClusterRoleBinding', 'RoleBinding'])
      expect(bound(kind, 'cluster-admin', subject)).toEqual(['critical rbac-broad-bindings']);
  });

  it.each(broad)('of admin or edit to %s is critical for the whole cluster, high in a namespace', (_, subject) => {
    for (const role of ['admin', 'edit']) {
      expect(bound('ClusterRoleBinding', role, subject)).toEqual(['critical rbac-broad-bindings']);
      expect(bound('RoleBinding', role, subject)).toEqual(['high rbac-broad-bindings']);
    }
  });

  it.each(broad)('of another role to %s is high for the whole cluster', (_, subject) => {
    expect(bound('ClusterRoleBinding', 'view', subject)).toEqual(['high rbac-broad-bindings']);
  });

  it('of any role to users that nobody knows is critical, but for those that are public', () => {
    for (const subject of [subjects.anonymous, subjects.unauthenticated]) {
      expect(bound('RoleBinding', 'reader', subject, 'Role')).toEqual(['critical rbac-broad-bindings']);
      // A Role of that name is not the ClusterRole that everybody may have.
      expect(bound('RoleBinding', 'system:discovery', subject, 'Role')).toEqual(['critical rbac-broad-bindings']);
      expect(bound('ClusterRoleBinding', 'system:public-info-viewer', subject)).toEqual([]);
    }
  });

  it('to accounts of its own reports nothing', () => {
    expect(bound('ClusterRoleBinding', 'cluster-admin', { kind: 'ServiceAccount', name: 'argocd', namespace: 'argocd' })).toEqual(
      [],
    );
    expect(bound('RoleBinding', 'app', subjects.defaultAccount, 'Role')).toEqual([]);
    expect(bound('ClusterRoleBinding', 'view', { kind: 'Group', name: 'platform' })).toEqual([]);
  });
});

const role = (rule: JsonObject, kind = 'ClusterRole') =>
  said({
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name: 'r', namespace: 'shop' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }, rule],
  });

describe('a rule of a role', () => {
  it.each([
    [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, 'high rbac-wildcards'],
    [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }, 'high rbac-wildcards'],
    [{ apiGroups: [''], resources: ['*'], verbs: ['get'] }, 'high rbac-wildcards'],
    [{ apiGroups: [''], resources: ['*/scale'], verbs: ['update'] }, 'high rbac-wildcards'],
    [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'] }, 'high rbac-wildcards'],
    [{ apiGroups: ['shop.example.com', 'batch'], resources: ['*'], verbs: ['*'] }, 'high rbac-wildcards'],
    [{ nonResourceURLs: ['*'], verbs: ['*'] }, 'high rbac-wildcards'],
    [{ apiGroups: ['acme.cert-manager.io'], resources: ['*'], verbs: ['*'] }, 'medium rbac-wildcards'],
    [{ apiGroups: [group], resources: ['roles'], verbs: ['escalate'] }, 'high rbac-escalation'],
    [{ apiGroups: ['*'], resources: ['clusterroles'], verbs: ['bind'] }, 'high rbac-escalation'],
    [
      { apiGroups: [group], resources: ['clusterroles'], verbs: ['bind'], resourceNames: ['view', 'cluster-admin'] },
      'high rbac-escalation',
    ],
    [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }, 'high rbac-escalation'],
    [
      { apiGroups: [''], resources: ['groups'], verbs: ['impersonate'], resourceNames: ['system:masters'] },
      'high rbac-escalation',
    ],
    [{ apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] }, 'high rbac-escalation'],
    [{ apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] }, 'high rbac-escalation'],
    [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }, 'high rbac-secrets'],
    [{ apiGroups: ['', 'apps'], resources: ['configmaps', 'secrets'], verbs: ['list', 'watch'] }, 'high rbac-secrets'],
  ])('%j: %s', (rule, expected) => {
    expect(role(rule)).toEqual([expected]);
  });

  it.each([
    { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/approval'], verbs: ['update'] },
    { apiGroups: ['admissionregistration.k8s.io'], resources: ['mutatingwebhookconfigurations'], verbs: ['patch'] },
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] },
    { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch'] },
  ])('%j allows privilege escalation in a ClusterRole, not in a Role', (rule) => {
    expect([role(rule), role(rule, 'Role')]).toEqual([['high rbac-escalation'], []]);
  });

  it.each([
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create'] },
    { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'update'] },
    { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['tls'] },
    { nonResourceURLs: ['*'], verbs: ['get'] },
    { apiGroups: [group], resources: ['clusterroles'], verbs: ['bind'], resourceNames: ['view'] },
    { apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['robot'] },
  ])('%j reports nothing', (rule) => {
    expect(role(rule)).toEqual([]);
  });

  it('reads secrets of one namespace only in a Role', () => {
    expect(role({ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }, 'Role')).toEqual([]);
  });
});
