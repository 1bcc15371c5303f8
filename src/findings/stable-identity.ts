import { type Resource, stableLabel } from '../model/resource.ts';

/**
 * A resource in words that are the same in every rendering. Two random texts may begin or end alike by chance, so of a name with a random part
 * each run of letters and digits that holds some is one `*`, and the template stands in for what this loses.
 */
export function nameOf(resource: Resource): string {
  const label = `${resource.apiVersion} ${stableLabel(resource)}`;
  if (resource.stableName === undefined) return label;
  const random = `${resource.apiVersion} ${resource.kind} ${resource.namespace ?? ''}/${resource.stableName.replace(/[A-Za-z0-9]*\?[A-Za-z0-9?]*/g, '*')}`;
  return `${random} of ${resource.origin.locate([]).file}`;
}

/** Numbers the resources that one rendering makes under the same name, from 1: with a random name a second one must not pass as the first. */
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
