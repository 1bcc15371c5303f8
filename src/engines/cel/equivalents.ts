import type { ApiResource } from './kinds.ts';
import type { ResourceRule } from './schema.ts';

/**
 * Resources that several groups have served, where an API server matches a rule for one of them with an object of the other:
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/kubeapiserver/default_storage_factory_builder.go and its predecessors.
 */
const shared: Readonly<Record<string, readonly string[]>> = {
  deployments: ['apps', 'extensions'],
  daemonsets: ['apps', 'extensions'],
  replicasets: ['apps', 'extensions'],
  ingresses: ['networking.k8s.io', 'extensions'],
  networkpolicies: ['networking.k8s.io', 'extensions'],
  podsecuritypolicies: ['policy', 'extensions'],
  events: ['', 'events.k8s.io'],
};

/** Built-in resources whose versions differ in their fields, by group; `*` is each resource of the group. */
const converted: Readonly<Record<string, readonly string[]>> = {
  '': ['events'],
  'events.k8s.io': ['events'],
  extensions: ['ingresses'],
  'networking.k8s.io': ['ingresses'],
  autoscaling: ['horizontalpodautoscalers'],
  'discovery.k8s.io': ['endpointslices'],
  'apiextensions.k8s.io': ['customresourcedefinitions'],
  'certificates.k8s.io': ['certificatesigningrequests'],
  'flowcontrol.apiserver.k8s.io': ['*'],
  'resource.k8s.io': ['*'],
};

/** The groups that an object of this kind may be converted to. */
export function equivalentGroups({ builtIn, group, plurals: [plural = ''] }: ApiResource): readonly string[] {
  const groups = builtIn && Object.hasOwn(shared, plural) ? (shared[plural] ?? []) : [];
  return groups.includes(group) ? groups : [group];
}

/**
 * What a policy reads if a rule only matches an equivalent version: undefined if the versions have the same fields, so that the object can be
 * evaluated as it is written.
 */
export function conversionOf(resource: ApiResource, { apiGroups, apiVersions }: ResourceRule): string | undefined {
  const { group, version, builtIn, plurals } = resource;
  const listed = Object.hasOwn(converted, group) ? (converted[group] ?? []) : [];
  const differs = builtIn ? listed.some((item) => item === '*' || plurals.includes(item)) : resource.converted;
  if (!differs) return undefined;
  const written = group === '' ? version : `${group}/${version}`;
  const wanted = `${apiGroups.join(', ')}${apiGroups.join() === '' ? '' : '/'}${apiVersions.join(', ')}`;
  return `the policy applies to ${wanted}, and the API server would convert ${written} to it`;
}
