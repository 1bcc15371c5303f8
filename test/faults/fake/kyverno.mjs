import { isPrivileged, objectsIn } from './manifests.mjs';

export function kyverno(args) {
  const policies = objectsIn(args[1]).map(({ object }) => object);
  return args.includes('-p') ? validate(policies, args[args.indexOf('-r') + 1]) : load(policies);
}

function load(policies) {
  const rules = policies.reduce((sum, { spec }) => sum + (spec.rules?.length ?? 1), 0);
  const stdout = `\nApplying ${rules} policy rule(s) to 1 resource(s)...\n\npass: 2, fail: 2, warn: 0, error: 0, skip: 0 \n`;
  return { code: 1, stdout };
}

function validate(policies, folder) {
  const results = objectsIn(folder).flatMap(({ object }) => policies.flatMap((policy) => judge(policy, object)));
  const count = (word) => results.filter(({ result }) => result === word).length;
  const summary = { pass: count('pass'), fail: count('fail'), warn: 0, error: 0, skip: 0 };
  const report = { kind: 'ClusterReport', apiVersion: 'openreports.io/v1alpha1', metadata: { name: 'merged' }, summary, results };
  return { code: 1, stdout: `${JSON.stringify(report)}\n` };
}

function judge(policy, object) {
  const { apiVersion, kind, metadata } = object;
  const planted = metadata.name.startsWith('k8s-gate-canary');
  const said = (rule, result, message) => ({
    source: 'kyverno',
    policy: policy.metadata.name,
    ...(rule !== undefined && { rule }),
    result,
    message,
    resources: [{ apiVersion, kind, namespace: metadata.namespace ?? 'default', name: metadata.name }],
  });
  switch (policy.metadata.name) {
    case 'k8s-gate-canary':
      return [said('seen', 'pass', 'seen'), ...(planted ? [said('refused', 'fail', 'refused')] : [])];
    case 'k8s-gate-canary-cel':
      return planted ? [said(undefined, 'fail', 'refused')] : [];
    case 'k8s-gate-canary-mutate':
      return [];
    default:
      if (kind !== 'Deployment') return [];
      return [said('privileged', isPrivileged(object) ? 'fail' : 'pass', 'a container is privileged')];
  }
}
