import { expect, it } from 'vitest';
import { isJudged } from './kinds.ts';

it.each<[string, string, boolean]>([
  ['v1', 'Pod', true],
  ['apps/v1', 'Deployment', true],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', true],
  ['v1', 'Service', true],
  ['serving.knative.dev/v1', 'Service', false],
  ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', false],
  ['v1', 'Namespace', false],
])('judges %s %s: %s', (apiVersion, kind, expected) => {
  expect(isJudged({ apiVersion, kind })).toBe(expected);
});
