import { describe, expect, it } from 'vitest';
import { hasNoTemplates, isClusterScoped, isOwnGroup, isOwnKind, ownKind, ownKinds } from './own-kinds.ts';

describe('kinds of the API server', () => {
  it.each([
    ['policy', 'PodSecurityPolicy', 'podsecuritypolicies', false],
    ['extensions', 'Ingress', 'ingresses', true],
    ['extensions', 'DaemonSet', 'daemonsets', true],
    ['', 'ComponentStatus', 'componentstatuses', false],
    ['resource.k8s.io', 'ResourceClaimParameters', 'resourceclaimparameters', true],
    ['resource.k8s.io', 'ResourceClaim', 'resourceclaims', true],
  ])('include those of earlier releases and new ones: %s %s', (group, kind, plural, namespaced) => {
    expect(ownKind(group, kind)).toMatchObject({ plural, namespaced });
  });

  it('have one entry for each group and kind', () => {
    expect(new Set(ownKinds().map(({ group, kind }) => `${group} ${kind}`)).size).toBe(ownKinds().length);
  });

  it('are not those of other groups, of files that are never applied, and of requests', () => {
    expect(isOwnGroup('gateway.networking.k8s.io/v1')).toBe(false);
    expect(isOwnGroup('v2')).toBe(false);
    expect(isOwnKind('v1', 'Config')).toBe(false);
    expect(isOwnKind('v1', 'Pod')).toBe(true);
    expect(isOwnKind('authorization.k8s.io/v1', 'SubjectAccessReview')).toBe(false);
    expect(isClusterScoped({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' })).toBe(true);
    expect(isClusterScoped({ apiVersion: 'example.com/v1', kind: 'Node' })).toBe(false);
  });

  it('have no pod templates at other places, except policies and groups of pods', () => {
    expect(hasNoTemplates('networking.k8s.io/v1', 'ServiceCIDR')).toBe(true);
    expect(hasNoTemplates('apps/v1', 'Deploymnet')).toBe(false);
    expect(hasNoTemplates('admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy')).toBe(false);
    expect(hasNoTemplates('scheduling.k8s.io/v1alpha1', 'Workload')).toBe(false);
  });
});
