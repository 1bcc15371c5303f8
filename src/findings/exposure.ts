import type { Finding } from '../model/finding.ts';
import type { ImageUse } from '../model/image.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { memoize } from '../model/memoize.ts';
import { once } from '../model/once.ts';
import { type Resource, resourceLabel } from '../model/resource.ts';
import { uniqueBy } from './locate.ts';
import { createReach, type Reach } from './reach.ts';
import { hostPortsOf, podOf, powersOf } from './running-pod.ts';

/** Maximum resources named for a fact that does not apply to all of them. */
const maxNamed = 3;

/**
 * Adds context that makes a vulnerability worse: whether its image is reachable from outside the cluster, and its privileges on the node.
 * Only explicit facts of the manifests; their absence proves nothing. The severity does not change.
 */
export function createExposure(set: ManifestSet): (finding: Finding) => Finding {
  const resources = new Map(set.resources.map((resource) => [resource.uid, resource]));
  const uses = new Map(set.images.map((image) => [image.reference, image.uses]));
  const reach = once(() => createReach(set.resources));
  const contextFor = memoize((reference) => contextOf(uses.get(reference) ?? [], resources, reach()));
  return (finding) => {
    if (finding.category !== 'vulnerability' || finding.subject.kind !== 'image') return finding;
    const context = contextFor(finding.subject.reference);
    return context.length === 0 ? finding : { ...finding, context };
  };
}

function contextOf(uses: readonly ImageUse[], resources: ReadonlyMap<string, Resource>, reach: Reach): readonly string[] {
  const users = new Set<Resource>();
  const facts = new Map<string, Set<Resource>>();
  for (const use of uses) {
    const resource = resources.get(use.resource);
    if (resource === undefined) continue;
    users.add(resource);
    for (const fact of factsOf(use, resource, reach)) facts.set(fact, (facts.get(fact) ?? new Set()).add(resource));
  }
  return [...facts].map(([fact, of]) => (of.size === users.size ? fact : `${fact} (${named([...of])})`));
}

/** Init containers receive no requests: the pod is only reachable after they end. */
function factsOf(use: ImageUse, resource: Resource, reach: Reach): readonly string[] {
  const pod = podOf(resource, use);
  if (pod === undefined) return [];
  const doors = use.containerKind === 'init' ? [] : [...reach(resource, pod.labels), ...hostPortsOf(pod)];
  return [...doors.map((door) => `reachable through ${door}`), ...powersOf(pod)];
}

function named(resources: readonly Resource[]): string {
  const labels = uniqueBy(resources.map(resourceLabel), String);
  const more = labels.length - maxNamed;
  return [...labels.slice(0, maxNamed), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
