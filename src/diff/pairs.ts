import { groupBy } from '../model/group.ts';
import { comparedName, groupOf, type Resource } from '../model/resource.ts';

/** A resource as the base and as the change deploys it; one of both is absent for what is new or gone. */
export interface Pair {
  readonly before?: Resource;
  readonly after?: Resource;
}

/**
 * Finds each resource again: where it was, else in other environments of the same file, chart or kustomization, else where its sources
 * moved to. What the API server identifies an object by is the same in all of them.
 */
export function pairsOf(before: readonly Resource[], after: readonly Resource[]): readonly Pair[] {
  const found = new Map<Resource, Resource>();
  const taken = new Set<Resource>();
  for (const keyOf of [exactly, inUnit, inEnvironments]) {
    if (taken.size === before.length || found.size === after.length) break;
    const left = groupBy(
      before.filter((one) => !taken.has(one)),
      keyOf,
    );
    for (const resource of after) {
      if (found.has(resource)) continue;
      const previous = left.get(keyOf(resource))?.shift();
      if (previous === undefined) continue;
      found.set(resource, previous);
      taken.add(previous);
    }
  }
  return [
    ...after.map((resource): Pair => {
      const previous = found.get(resource);
      return previous === undefined ? { after: resource } : { before: previous, after: resource };
    }),
    ...before.filter((one) => !taken.has(one)).map((resource): Pair => ({ before: resource })),
  ];
}

function exactly(resource: Resource): string {
  return JSON.stringify([resource.source.unit, resource.environments, ...identityOf(resource)]);
}

function inUnit(resource: Resource): string {
  return JSON.stringify([resource.source.unit, ...identityOf(resource)]);
}

function inEnvironments(resource: Resource): string {
  return JSON.stringify([resource.environments, ...identityOf(resource)]);
}

function identityOf(resource: Resource): readonly string[] {
  const { apiVersion, kind, namespace = '' } = resource;
  return [groupOf(apiVersion), kind, namespace, comparedName(resource)];
}
