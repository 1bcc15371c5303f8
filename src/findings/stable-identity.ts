import { comparedName, type Resource, resourceLabel } from '../model/resource.ts';

/** A name that is the same in every rendering; for random names, the template is part of it. */
export function nameOf(resource: Resource): string {
  if (resource.stableName === undefined) return `${resource.apiVersion} ${resourceLabel(resource)}`;
  const { apiVersion, kind, namespace } = resource;
  const label = resourceLabel({ kind, name: comparedName(resource), ...(namespace !== undefined && { namespace }) });
  return `${apiVersion} ${label} of ${resource.origin.locate([]).file}`;
}

/** Numbers the resources of one rendering with the same name, from 1: with random names, a second one must not count as the first. */
export function createOrdinals(resources: readonly Resource[]): (resource: Resource) => number {
  const ordinals = new Map<Resource, number>();
  const seen = new Map<string, number>();
  for (const resource of resources) {
    if (resource.stableName === undefined) continue;
    const key = JSON.stringify([nameOf(resource), resource.source.unit, resource.environments]);
    const ordinal = (seen.get(key) ?? 0) + 1;
    seen.set(key, ordinal);
    ordinals.set(resource, ordinal);
  }
  return (resource) => ordinals.get(resource) ?? 1;
}
