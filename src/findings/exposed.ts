import { valueAt } from '../model/field-path.ts';
import type { ImageUse } from '../model/image.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { memoize } from '../model/memoize.ts';
import { groupOf, type Resource } from '../model/resource.ts';
import { createReach, isOutward, selectsPod } from './reach.ts';
import { hostPortsOf, podOf } from './running-pod.ts';

export type Exposed = 'yes' | 'no' | 'unknown';

/**
 * Whether a workload that runs an image can be reached from outside the cluster. `no` only if all manifests were rendered and none of them
 * could be a way in: a Service of another namespace or environment, and a custom resource that names a Service, may be one.
 */
export function createExposed(set: ManifestSet): (reference: string) => Exposed {
  const resources = new Map(set.resources.map((resource) => [resource.uid, resource]));
  const uses = new Map(set.images.map((image) => [image.reference, image.uses]));
  const reach = createReach(set.resources);
  const possible = createPossibleReach(set.resources);
  const incomplete = set.gaps.length > 0 || set.failures.length > 0;
  const ofUse = (use: ImageUse): Exposed => {
    const resource = resources.get(use.resource);
    const pod = resource && podOf(resource, use);
    if (resource === undefined || pod === undefined) return 'unknown';
    if (hostPortsOf(pod).length > 0 || pod.spec.hostNetwork === true) return 'yes';
    if (use.containerKind === 'init') return incomplete ? 'unknown' : 'no';
    if (reach(resource, pod.labels).length > 0) return 'yes';
    return incomplete || possible(resource, pod.labels) ? 'unknown' : 'no';
  };
  return memoize((reference) => worst((uses.get(reference) ?? []).map(ofUse)));
}

/** Without any use, nothing is known. */
function worst(answers: readonly Exposed[]): Exposed {
  if (answers.includes('yes')) return 'yes';
  return answers.length === 0 || answers.includes('unknown') ? 'unknown' : 'no';
}

/** Whether some Service with a way in may select pods with these labels: the namespace and environment of either may not be known. */
function createPossibleReach(resources: readonly Resource[]): (workload: Resource, labels: Resource['object']) => boolean {
  const services = resources.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Service');
  const named = new Set<string>();
  for (const resource of resources) if (mayBeDoor(resource)) collectNames(resource.object, named);
  const doors = services.filter((service) => isOutward(service) || named.has(service.name));
  return (workload, labels) =>
    doors.some((service) => mayBeTogether(service, workload) && (hasOtherEndpoints(service) || selectsPod(service, labels)));
}

function mayBeTogether({ namespace: a }: Resource, { namespace: b }: Resource): boolean {
  return a === undefined || b === undefined || a === b;
}

/** Without a selector, its endpoints are managed elsewhere, and may be any pod. */
function hasOtherEndpoints({ object }: Resource): boolean {
  return !isObject(valueAt(object, ['spec', 'selector']) ?? null);
}

/** Ingresses, routes of gateways, and every custom resource. */
function mayBeDoor({ apiVersion, kind }: Resource): boolean {
  const group = groupOf(apiVersion);
  if (kind === 'Ingress') return true;
  return group.includes('.') && (!group.endsWith('.k8s.io') || group === 'gateway.networking.k8s.io');
}

/** Every text, and the first label of every host name: `web` of `web.shop.svc`. */
function collectNames(value: JsonValue, into: Set<string>): void {
  if (typeof value === 'string') into.add(value).add(value.split(/[.:]/)[0] ?? value);
  else if (isArray(value)) for (const item of value) collectNames(item, into);
  else if (isObject(value)) for (const item of Object.values(value)) collectNames(item, into);
}
