import { digest } from '../engines/reuse.ts';
import type { Shard } from '../inputs/shard.ts';
import { type Target, targetKey } from '../model/engine-run.ts';
import { parseImageName } from '../model/image-name.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { comparedName, groupOf, isNamespace, type Resource } from '../model/resource.ts';

/** The number, from 1, of the shard that something belongs to. By what it is and nothing else, so that shards agree without talking. */
export function shardOf(identity: string, count: number): number {
  return (Number.parseInt(digest(identity).slice(0, 12), 16) % count) + 1;
}

/**
 * Not by file, uid or version: what moves, or is another version in the base commit, stays in its shard and is compared there. A stand-in is
 * judged in the shard of its owner.
 */
export function resourceIdentity({ standsFor, namespace, ...own }: Omit<Resource, 'object' | 'origin'>): string {
  const { apiVersion, kind } = standsFor ?? own;
  const name = standsFor?.name ?? comparedName(own);
  return JSON.stringify(['resource', groupOf(apiVersion), kind, namespace ?? '', name]);
}

/** Its repository: a new tag or digest is the same image, changed. */
export function imageIdentity(reference: string): string {
  return JSON.stringify(['image', parseImageName(reference)?.repository ?? reference]);
}

/** Which shard answers for a target; undefined for what no shard does (files and nodes of result files). */
export type Owner = (target: Target) => number | undefined;

/** By target, for one set. Asked often, so each is hashed once. */
export function ownerOf(set: ManifestSet, count: number): Owner {
  const known = owners.get(set) ?? new Map<number, Owner>();
  owners.set(set, known);
  const found = known.get(count) ?? createOwner(set, count);
  known.set(count, found);
  return found;
}
const owners = new WeakMap<ManifestSet, Map<number, Owner>>();

function createOwner(set: ManifestSet, count: number): Owner {
  const byKey = new Map<string, number>();
  for (const resource of set.resources)
    byKey.set(targetKey({ kind: 'resource', resource: resource.uid }), shardOf(resourceIdentity(resource), count));
  for (const { reference } of set.images)
    byKey.set(targetKey({ kind: 'image', reference }), shardOf(imageIdentity(reference), count));
  return (target) => byKey.get(targetKey(target));
}

/** What the engines of a shard see: its own part, and every Namespace, whose labels policies about other resources read. */
export function partOf(set: ManifestSet, { index, count }: Shard): ManifestSet {
  const owner = ownerOf(set, count);
  return {
    ...set,
    resources: set.resources.filter(
      (resource) => owner({ kind: 'resource', resource: resource.uid }) === index || isNamespace(resource),
    ),
    images: set.images.filter(({ reference }) => owner({ kind: 'image', reference }) === index),
  };
}
