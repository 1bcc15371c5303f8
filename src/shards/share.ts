import { digest } from '../engines/reuse.ts';
import type { Shard } from '../inputs/shard.ts';
import { type Target, targetKey } from '../model/engine-run.ts';
import { parseImageName } from '../model/image-name.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { memoize, memoizeByObject } from '../model/memoize.ts';
import { comparedName, groupOf, isNamespace, type Resource } from '../model/resource.ts';

/** The shard, from 1, of a target. Only depends on its identity, so that shards agree without communicating. */
export function shardOf(identity: string, count: number): number {
  return (Number.parseInt(digest(identity).slice(0, 12), 16) % count) + 1;
}

/**
 * Without file, uid and version: a resource that moves, or has another version on the base, stays in its shard and is compared there. A
 * stand-in belongs to the shard of its owner.
 */
export function resourceIdentity({ standsFor, namespace, ...own }: Omit<Resource, 'object' | 'origin'>): string {
  const { apiVersion, kind } = standsFor ?? own;
  const name = standsFor?.name ?? comparedName(own);
  return JSON.stringify(['resource', groupOf(apiVersion), kind, namespace ?? '', name]);
}

/** The repository: an image with a new tag or digest stays in its shard. */
export function imageIdentity(reference: string): string {
  return JSON.stringify(['image', parseImageName(reference)?.repository ?? reference]);
}

/** The shard of a target; undefined for targets of imported results (files and nodes), which belong to no shard. */
export type Owner = (target: Target) => number | undefined;

/** Memoized by set: called often, so each target is only hashed once. */
export function ownerOf(set: ManifestSet, count: number): Owner {
  return ownersOf(set)(count);
}
const ownersOf = memoizeByObject((set: ManifestSet) => memoize((count: number) => createOwner(set, count)));

function createOwner(set: ManifestSet, count: number): Owner {
  const byKey = new Map<string, number>();
  for (const resource of set.resources)
    byKey.set(targetKey({ kind: 'resource', resource: resource.uid }), shardOf(resourceIdentity(resource), count));
  for (const { reference } of set.images)
    byKey.set(targetKey({ kind: 'image', reference }), shardOf(imageIdentity(reference), count));
  return (target) => byKey.get(targetKey(target));
}

/** The input of engines in a shard: its own part, and every Namespace, since policies for other resources read their labels. */
export function partOf(set: ManifestSet, { index, count }: Shard): ManifestSet {
  const owner = ownerOf(set, count);
  return {
    ...set,
    whole: set.resources,
    resources: set.resources.filter(
      (resource) => owner({ kind: 'resource', resource: resource.uid }) === index || isNamespace(resource),
    ),
    images: set.images.filter(({ reference }) => owner({ kind: 'image', reference }) === index),
  };
}
