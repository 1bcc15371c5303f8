import type { Target } from '../model/engine-run.ts';
import type { ManifestSet } from '../model/manifest-set.ts';

/** For an engine that looks at every resource. */
export function resourceTargets(set: ManifestSet): readonly Target[] {
  return set.resources.map((resource) => ({ kind: 'resource', resource: resource.uid }));
}

/** For an engine that looks at every image. One that the cluster names at run time is known to nobody before. */
export function imageTargets(set: ManifestSet): readonly Target[] {
  return set.images
    .filter(({ unresolved }) => unresolved?.atRunTime !== true)
    .map((image) => ({ kind: 'image', reference: image.reference }));
}

/** The set without images that no engine could scan: reconcile.ts answers for those. */
export function scannable(set: ManifestSet): ManifestSet {
  if (set.images.every(({ unresolved }) => unresolved === undefined)) return set;
  return { ...set, images: set.images.filter(({ unresolved }) => unresolved === undefined) };
}
