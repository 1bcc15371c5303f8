import type { Target } from '../model/engine-run.ts';
import type { ManifestSet } from '../model/manifest-set.ts';

/** For an engine that looks at every resource. */
export function resourceTargets(set: ManifestSet): readonly Target[] {
  return set.resources.map((resource) => ({ kind: 'resource', resource: resource.uid }));
}

/** For an engine that looks at every image. */
export function imageTargets(set: ManifestSet): readonly Target[] {
  return set.images.map((image) => ({ kind: 'image', reference: image.reference }));
}
