import { describe, expect, it } from 'vitest';
import { kindOf, kindsJudged } from './kinds.ts';

const of = (apiVersion: string, kind: string, ...checks: readonly string[]) =>
  kindsJudged(checks).has(kindOf({ apiVersion, kind }));

describe('what checks of KubeLinter are about', () => {
  it.each<[string, string, string, boolean]>([
    ['v1', 'Pod', 'privileged-container', true],
    ['apps/v1', 'Deployment', 'privileged-container', true],
    ['batch/v1', 'CronJob', 'a-check-of-a-later-version', true],
    ['argoproj.io/v1alpha1', 'Rollout', 'privileged-container', false],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'no-extensions-v1beta', false],
    ['apps/v1', 'Deployment', 'no-extensions-v1beta', false],
    ['v1', 'Service', 'dangling-service', true],
    ['serving.knative.dev/v1', 'Service', 'dangling-service', false],
    ['v1', 'Pod', 'dangling-service', false],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'cluster-admin-role-binding', true],
    ['rbac.authorization.k8s.io/v1', 'Role', 'cluster-admin-role-binding', false],
    ['v1', 'ConfigMap', 'privileged-container', false],
  ])('%s %s by %s: %s', (apiVersion, kind, check, expected) => {
    expect(of(apiVersion, kind, check)).toBe(expected);
  });

  it('is what any of them is about', () => {
    expect(of('v1', 'Service', 'no-extensions-v1beta', 'dangling-service')).toBe(true);
    expect(of('v1', 'Service')).toBe(false);
  });
});
