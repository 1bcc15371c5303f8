import type { Target } from '../model/engine-run.ts';
import type { ManifestSet } from '../model/manifest-set.ts';

/** The targets of an engine that evaluates every resource. */
export function resourceTargets(set: ManifestSet): readonly Target[] {
  return set.resources.map((resource) => ({ kind: 'resource', resource: resource.uid }));
}

/** The targets of an engine that evaluates every image. Images that are only known at run time are excluded. */
export function imageTargets(set: ManifestSet): readonly Target[] {
  return set.images
    .filter(({ unresolved }) => unresolved?.atRunTime !== true)
    .map((image) => ({ kind: 'image', reference: image.reference }));
}

/** The set without images that cannot be scanned: reconcile.ts reports those. */
export function scannable(set: ManifestSet): ManifestSet {
  if (set.images.every(({ unresolved }) => unresolved === undefined)) return set;
  return { ...set, images: set.images.filter(({ unresolved }) => unresolved === undefined) };
}
