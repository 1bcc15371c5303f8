import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, type JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import { identifying } from '../render/kustomize-match.ts';
import { askedIn } from '../render/kustomize-overlay.ts';
import { type KustomizeNode, readKustomizeTree } from '../render/kustomize-tree.ts';
import type { Arrived, Build } from '../render/provenance.ts';
import { existing, pathKey, scalarsFor } from './fields.ts';
import { type BuildAgain, createBuilds, type KustomizeField, keysOf } from './kustomize-builds.ts';
import { findDeletions } from './kustomize-deletions.ts';
import { withoutSchemas } from './kustomize-lean.ts';
import { type KustomizeLeaf, leavesOf, written } from './kustomize-leaves.ts';
import { type Leaves, placeOf } from './kustomize-places.ts';
import { editedFiles, type RawSource, type Source, sourcesOf } from './kustomize-sources.ts';
import { type Found, type Shown, search } from './search.ts';
import { canMark, nonce } from './sentinels.ts';

interface Wanted {
  readonly arrived: Arrived;
  readonly path: FieldPath;
  readonly value: JsonValue;
}

/**
 * Builds a kustomization again with sentinels for all scalars that the fields may show: whatever transformer or patch writes a field, the field shows
 * the leaf that was written last. Never throws: a build that fails proves nothing.
 */
export async function traceBuild<F extends KustomizeField>(
  build: Build,
  fields: readonly F[],
): Promise<ReadonlyMap<F, SourceLocation>> {
  const root = await readKustomizeTree(build.path, build.config.workspace, build.context.ports.files).catch(() => undefined);
  if (root === undefined) return new Map();
  const { sources, again } = await choose(build, root, fields);
  const wanted = new Map<string, Wanted>();
  for (const { arrived, field } of fields) {
    const { object } = arrived.resource;
    // The resource as a whole is where its base is.
    if (field.length === 0 && arrived.base !== undefined) continue;
    for (const { path, value } of scalarsNear(object, existing(object, field)))
      wanted.set(`${build.arrived.indexOf(arrived)} ${pathKey(path)}`, { arrived, path, value });
  }
  const found = await findLeaves([...wanted.values()], sources, build, again);
  const deletions = await findDeletions(fields, sources, build, again);
  return new Map(
    fields.flatMap((asked) => {
      const place = deletions.get(asked) ?? placeOf(asked.arrived, asked.field, found.get(asked.arrived) ?? new Map(), root);
      return place === undefined ? [] : [[asked, askedIn(build.fetched, place)] as const];
    }),
  );
}

/** Copies without the schemas of definitions build in a fraction of the time, unless something reads or patches a schema. */
async function choose(build: Build, root: KustomizeNode, fields: readonly KustomizeField[]) {
  const sources = sourcesOf(root);
  const lean = withoutSchemas(sources, new Set(fields.map(({ arrived }) => arrived.resource.kind)));
  if (lean !== undefined) {
    const { again, isSound } = createBuilds(build, root, 'lean', lean.texts);
    if (await isSound()) return { sources: lean.sources, again };
  }
  return { sources, again: createBuilds(build, root, 'copy').again };
}

/** The scalars to trace for a field; those next to it as well, if it may not show its source. */
function scalarsNear(object: JsonValue, path: FieldPath): ReturnType<typeof scalarsFor> {
  const scalars = scalarsFor(object, path).filter(({ value }) => canMark(value));
  const isSure = scalars.length > 0 && !identifying.has(String(path.at(-1)));
  return isSure || path.length === 0 ? scalars : [...scalars, ...scalarsNear(object, path.slice(0, -1))];
}

async function findLeaves(
  wanted: readonly Wanted[],
  sources: readonly (Source | RawSource)[],
  build: Build,
  again: BuildAgain,
): Promise<ReadonlyMap<Arrived, Leaves>> {
  const leaves = leavesOf(sources, new Set(wanted.map(({ arrived }) => arrived.resource.kind)));
  const rendered = wanted.map(({ value }) => String(value)).join('\n');
  const keys = keysOf(
    build.arrived.map(({ resource }) => resource),
    String,
  );
  const keyOf = new Map(build.arrived.map((arrived, index) => [arrived, keys[index] ?? '']));
  const found = await search<Wanted, KustomizeLeaf>({
    fields: wanted,
    groups: [leaves.filter(({ identifies }) => !identifies), leaves.filter(({ identifies }) => identifies)],
    rendered,
    word: nonce(build.context.renderings?.secret, rendered),
    async render(sentinels, group): Promise<Shown<Wanted, KustomizeLeaf> | undefined> {
      const edits = group.map((leaf) => ({ ...leaf, value: written(leaf, sentinels.standIn(leaf)) }));
      const built = await again(editedFiles(edits), sentinels.clean);
      if (built === undefined) return undefined;
      if (built.size === 0) return { status: 'failed', blamed: () => false };
      return {
        status: 'rendered',
        valueOf({ arrived, path }) {
          const other = built.get(keyOf.get(arrived) ?? '');
          return other !== undefined && isSameWay(arrived.resource.object, other, path, sentinels.clean)
            ? valueAt(other, path)
            : undefined;
        },
      };
    },
  });
  const byResource = new Map<Arrived, Map<string, Found<KustomizeLeaf>>>();
  for (const [{ arrived, path }, one] of found)
    byResource.set(arrived, (byResource.get(arrived) ?? new Map<string, Found<KustomizeLeaf>>()).set(pathKey(path), one));
  return byResource;
}

/** Whether all list items on the way to a field are the same ones. */
function isSameWay(object: JsonValue, other: JsonValue, path: FieldPath, clean: (text: string) => string): boolean {
  return path.every((step, index) => {
    if (typeof step !== 'number') return true;
    const [list, there] = [valueAt(object, path.slice(0, index)), valueAt(other, path.slice(0, index))];
    if (!isArray(list) || !isArray(there) || list.length !== there.length) return false;
    const [name, otherName] = [valueAt(list[step], ['name']), valueAt(there[step], ['name'])];
    return name === otherName || (typeof otherName === 'string' && clean(otherName) === name);
  });
}
