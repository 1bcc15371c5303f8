import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Base } from '../render/kustomize-base.ts';
import { type KustomizeNode, readKustomizeTree } from '../render/kustomize-tree.ts';
import { readItems } from '../render/objects.ts';
import type { Arrived, Build } from '../render/provenance.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import { existing, fieldsOf, pathKey, scalarsFor } from './fields.ts';
import { type BuildAgain, createBuilds, keysOf } from './kustomize-builds.ts';
import { type KustomizeLeaf, leavesOf, written } from './kustomize-leaves.ts';
import { identifying, same, translate } from './kustomize-match.ts';
import { replacementOf } from './kustomize-replacements.ts';
import { editedFiles, type RawSource, type Source, sourcesOf } from './kustomize-sources.ts';
import { type Found, type Shown, search } from './search.ts';
import { canMark, nonce } from './sentinels.ts';

export interface KustomizeField {
  readonly arrived: Arrived;
  readonly field: FieldPath;
}

interface Wanted {
  readonly arrived: Arrived;
  readonly path: FieldPath;
  readonly value: JsonValue;
}

/** Per resource: path -> the leaves that the field shows. */
type Leaves = ReadonlyMap<string, Found<KustomizeLeaf>>;

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
  const sources = sourcesOf(root);
  const again = createBuilds(build, root);
  const wanted = new Map<string, Wanted>();
  for (const { arrived, field } of fields) {
    const { object } = arrived.resource;
    for (const { path, value } of scalarsNear(object, existing(object, field)))
      wanted.set(`${build.arrived.indexOf(arrived)} ${pathKey(path)}`, { arrived, path, value });
  }
  const found = await findLeaves([...wanted.values()], sources, build, again);
  const deletions = await findDeletions(fields, sources, build, again);
  return new Map(
    fields.flatMap((asked) => {
      const place = deletions.get(asked) ?? locate(asked.arrived, asked.field, found.get(asked.arrived) ?? new Map(), root);
      return place === undefined ? [] : [[asked, place] as const];
    }),
  );
}

/** The scalars to trace for a field; those beside it as well, if it may not show its source. */
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
  const leaves = leavesOf(sources);
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

/** A scalar is where it was written last; a map or list where it was last written whole, else where it first came to be; else it is in the base. */
function locate(
  { resource, base: known }: Arrived,
  field: FieldPath,
  leaves: Leaves,
  root: KustomizeNode,
): SourceLocation | undefined {
  const path = existing(resource.object, field);
  const exact = path.length === field.length;
  const base = known ?? baseIn(leaves, resource);
  for (let at = path; at.length > 0; at = at.slice(0, -1)) {
    const own = leaves.get(pathKey(at));
    const place =
      (own === undefined ? undefined : ofScalar(resource, at, own, root)) ??
      ofMap(resource.object, at, leaves) ??
      beside(resource.object, at, leaves) ??
      inBase(resource.object, at, base);
    if (place !== undefined) return { ...place, precision: exact && at === path ? place.precision : 'parent' };
  }
  return base === undefined ? undefined : { ...base.locate([]), precision: exact && path.length === 0 ? 'field' : 'parent' };
}

function ofScalar(
  resource: Arrived['resource'],
  path: FieldPath,
  { hits }: Found<KustomizeLeaf>,
  root: KustomizeNode,
): SourceLocation | undefined {
  // A reference to a name follows the name; it is written where it refers to it.
  const isName = path.length === 2 && path[0] === 'metadata';
  const own = hits.map(({ leaf }) => leaf).filter((leaf) => isName || !/^name(?:Prefix|Suffix)$/.test(String(leaf.path.at(-1))));
  const last = own.toSorted((a, b) => b.rank - a.rank)[0];
  const isForeign = own.some((leaf) => isOfAnother(leaf, resource));
  return (isForeign ? replacementOf(resource, path, root) : undefined) ?? last?.place;
}

/** What the resource began as, if kustomize does not tell: a patch may drop its annotations. */
function baseIn(leaves: Leaves, { kind }: Arrived['resource']): Base | undefined {
  const own = [...leaves.values()].flatMap(({ hits }) => hits.flatMap(({ leaf }) => objectOf(leaf) ?? []));
  const [one] = own.filter((item) => item.identity.kind === kind);
  return one && { file: one.file, object: one.identity.object, locate: (path) => one.document.locate([...one.path, ...path]) };
}

/** Of an object of another kind: a replacement or variable copied it. */
function isOfAnother(leaf: KustomizeLeaf, { kind }: Arrived['resource']): boolean {
  const object = objectOf(leaf);
  return object !== undefined && object.identity.kind !== kind;
}

/** The object of a resource file that has a leaf. */
function objectOf({ source, document: index, path }: KustomizeLeaf) {
  const document = 'documents' in source && source.role === 'resource' ? source.documents[index] : undefined;
  if (document === undefined) return undefined;
  const item = readItems(document).items.find((one) => one.path.every((step, at) => path[at] === step));
  return item && { ...item, document, file: source.file.file };
}

function ofMap(object: JsonValue, path: FieldPath, leaves: Leaves): SourceLocation | undefined {
  const now = valueAt(object, path);
  const holders = holdersOf(object, path, leaves);
  const whole = holders.findLast(({ document, at }) => same(valueAt(document.value, at), now));
  const { document, at = [] } = whole ?? holders[0] ?? {};
  return document?.locate(at);
}

/** Next to a field that shows its source: the last of its map's sources that has this field, too. */
function beside(object: JsonValue, path: FieldPath, leaves: Leaves): SourceLocation | undefined {
  const now = valueAt(object, path);
  const rest = path.slice(-1);
  const holders = holdersOf(object, path.slice(0, -1), leaves);
  const last = holders.findLast(({ document, at }) => same(valueAt(document.value, [...at, ...rest]), now));
  return last?.document.locate([...last.at, ...rest]);
}

interface Holder {
  readonly document: YamlDocument;
  readonly at: FieldPath;
  readonly rank: number;
}

/** The maps or lists of the sources that one of a resource was made of, in the order in which they are applied. */
function holdersOf(object: JsonValue, path: FieldPath, leaves: Leaves): readonly Holder[] {
  const now = valueAt(object, path);
  const holders = (now === undefined ? [] : fieldsOf(now)).flatMap(({ path: below }) =>
    (leaves.get(pathKey([...path, ...below]))?.hits ?? []).flatMap(({ leaf }): readonly Holder[] => {
      const document = 'documents' in leaf.source ? leaf.source.documents[leaf.document] : undefined;
      const at = leaf.path.slice(0, leaf.path.length - below.length);
      const isOwn = below.length > 0 && at.length > 0 && endsWith(leaf.path, below);
      return isOwn && document !== undefined ? [{ document, at, rank: leaf.rank }] : [];
    }),
  );
  return holders.toSorted((a, b) => a.rank - b.rank);
}

/** But for positions in lists. */
function endsWith(path: FieldPath, end: FieldPath): boolean {
  const own = path.slice(path.length - end.length);
  return (
    own.length === end.length &&
    own.every((step, index) => step === end[index] || (typeof step === typeof end[index] && typeof step === 'number'))
  );
}

function inBase(object: JsonValue, path: FieldPath, base: Base | undefined): SourceLocation | undefined {
  const there = base === undefined ? undefined : translate(object, base.object, path);
  return there === undefined ? undefined : base?.locate(there);
}

/** Builds without what may have deleted a field, one candidate at a time. */
const maxCandidates = 4;

async function findDeletions<F extends KustomizeField>(
  fields: readonly F[],
  sources: readonly (Source | RawSource)[],
  build: Build,
  again: BuildAgain,
): Promise<ReadonlyMap<F, SourceLocation>> {
  const found = new Map<F, SourceLocation>();
  const keys = keysOf(
    build.arrived.map(({ resource }) => resource),
    String,
  );
  const candidates = new Map<string, { readonly edit: Deletion; readonly asked: F[] }>();
  for (const asked of fields) {
    const { object } = asked.arrived.resource;
    const missing = asked.field[existing(object, asked.field).length];
    if (typeof missing !== 'string') continue;
    for (const edit of sources.flatMap((source) => deletionsOf(source, missing)).slice(-maxCandidates)) {
      const key = `${edit.place.file}:${edit.place.line}`;
      candidates.set(key, { edit, asked: [...(candidates.get(key)?.asked ?? []), asked] });
    }
  }
  for (const { edit, asked } of candidates.values()) {
    const built = await again(editedFiles([{ ...edit, value: undefined }]), String);
    for (const one of asked) {
      const { object } = one.arrived.resource;
      const other = built?.get(keys[build.arrived.indexOf(one.arrived)] ?? '');
      const parent = existing(object, one.field);
      const there = other === undefined ? undefined : translate(object, other, parent);
      const step = one.field[parent.length];
      if (there !== undefined && step !== undefined && valueAt(other, [...there, step]) !== undefined) found.set(one, edit.place);
    }
  }
  return found;
}

interface Deletion {
  readonly source: Source;
  readonly document: number;
  readonly path: FieldPath;
  readonly place: SourceLocation;
}

/** Where a patch may delete a field of this name: `null`, `$patch: delete` or an operation. */
function deletionsOf(source: Source | RawSource, name: string): readonly Deletion[] {
  if (!('documents' in source) || source.role !== 'patch') return [];
  return source.documents.flatMap(({ value: root, locate: placeOf }, document) =>
    fieldsOf(root).flatMap(({ path, value }): readonly Deletion[] => {
      const deletion = (at: FieldPath) => [{ source, document, path, place: placeOf(at) }];
      if (isArray(root)) {
        const pointer = valueAt(value, ['path']);
        const isRemoval = path.length === 1 && valueAt(value, ['op']) === 'remove' && typeof pointer === 'string';
        const last = isRemoval ? pointer.split('/').at(-1)?.replaceAll('~1', '/').replaceAll('~0', '~') : undefined;
        return last === name ? deletion([...path, 'path']) : [];
      }
      if (path.at(-1) !== name) return [];
      if (value === null) return deletion(path);
      return isObject(value) && value.$patch === 'delete' ? deletion([...path, '$patch']) : [];
    }),
  );
}
