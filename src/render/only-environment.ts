import type { ManifestSet } from '../model/manifest-set.ts';

/**
 * What belongs to one environment, and what belongs to none: in a matrix with a job for each environment, everything is judged by at least one.
 * The coverage has the number that is left to the others.
 */
export function onlyEnvironment(set: ManifestSet, environment: string | undefined): ManifestSet {
  if (environment === undefined) return set;
  const resources = set.resources.filter(({ environments }) => environments.length === 0 || environments.includes(environment));
  const kept = new Set(resources.map(({ uid }) => uid));
  const leftOut = new Map<string, number>();
  for (const { uid, source } of set.resources) if (!kept.has(uid)) leftOut.set(source.unit, (leftOut.get(source.unit) ?? 0) + 1);
  return {
    ...set,
    resources,
    images: set.images
      .map((image) => ({ ...image, uses: image.uses.filter((use) => kept.has(use.resource)) }))
      .filter((image) => image.uses.length > 0),
    units: set.units.map((unit) => {
      const others = leftOut.get(unit.path) ?? 0;
      return others === 0 ? unit : { ...unit, reason: `${unit.resources} resources, ${others} of them not of ${environment}` };
    }),
  };
}
