import { type FieldPath, valueAt } from '../../model/field-path.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { podSpecPath } from '../../model/workloads.ts';
import { type ApiResource, apiResource } from './kinds.ts';
import { mayMatch } from './match.ts';
import type { CelPolicy } from './policy.ts';
import type { MatchResources } from './schema.ts';

/** The pod that a workload creates, and where its template is in the workload. */
export interface TemplatePod {
  readonly object: JsonObject;
  readonly at: FieldPath;
}

export const podKind = apiResource('v1', 'Pod');

/** Undefined for pods themselves, and for kinds that create none. */
export function templatePod({ apiVersion, kind, name, namespace, object }: Resource): TemplatePod | undefined {
  const at = podSpecPath({ apiVersion, kind })?.slice(0, -1);
  if (at === undefined || at.length === 0) return undefined;
  const template = valueAt(object, at);
  if (!isObject(template) || !isObject(template.spec)) return undefined;
  // The controllers of Kubernetes let the API server generate the name of a pod from their own.
  const own = { name, generateName: `${name}-`, ...(namespace !== undefined && { namespace }) };
  const metadata = { ...(isObject(template.metadata) ? template.metadata : {}), ...own };
  return { object: { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec }, at };
}

/** Whether these constraints are about pods and not about the workload: a policy that is about both is evaluated for the workload itself. */
export function isOnlyAboutPods(constraints: MatchResources, workload: ApiResource): boolean {
  return mayMatch(constraints, podKind) && !mayMatch(constraints, workload);
}

/** The policy with its patch for the workload instead of the pod. */
export function forTemplate(policy: CelPolicy, at: FieldPath): CelPolicy {
  const { patch } = policy.notes;
  if (patch === undefined) return policy;
  const prefix = at.map((step) => `/${step}`).join('');
  return { ...policy, notes: { ...policy.notes, patch: patch.map((step) => ({ ...step, path: `${prefix}${step.path}` })) } };
}

/** A note on the policies that a cluster applies only later, to the pods of the workloads; undefined if there is none. */
export function unaskedTemplates(
  policies: readonly { readonly name: string; readonly constraints: MatchResources }[],
  resources: readonly Resource[],
  effect: 'may reject' | 'changes' = 'may reject',
): string | undefined {
  if (policies.length === 0) return undefined;
  const workloads = resources
    .filter((resource) => templatePod(resource) !== undefined)
    .map(({ apiVersion, kind }) => apiResource(apiVersion, kind));
  const counts = policies
    .map(({ name, constraints }) => ({ name, count: workloads.filter((one) => isOnlyAboutPods(constraints, one)).length }))
    .filter(({ count }) => count > 0);
  if (counts.length === 0) return undefined;
  const most = Math.max(...counts.map(({ count }) => count));
  const names = counts.map(({ name }) => name);
  const listed = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return `policies about pods are not evaluated for the pod templates of ${most} workload(s), whose pods a cluster ${effect}: ${listed}; set engines.cel.autogen to evaluate them as well`;
}
