import { type FieldPath, valueAt } from '../model/field-path.ts';
import type { JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Base } from '../render/kustomize-base.ts';
import { same, translate } from '../render/kustomize-match.ts';
import type { KustomizeNode } from '../render/kustomize-tree.ts';
import { readItems } from '../render/objects.ts';
import type { Arrived } from '../render/provenance.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import { existing, fieldsOf, pathKey } from './fields.ts';
import type { KustomizeLeaf } from './kustomize-leaves.ts';
import { replacementOf } from './kustomize-replacements.ts';
import type { Found } from './search.ts';

/** Of one resource: path -> the leaves that the field shows. */
export type Leaves = ReadonlyMap<string, Found<KustomizeLeaf>>;

/** A scalar is where it was written last; a map or list where it was last written whole, else where it first came to be; else it is in the base. */
export function placeOf(
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
  return (isForeign ? replacementOf(resource, path, root) : undefined) ?? last?.place();
}

/** What the resource began as, if kustomize does not tell: a patch may drop its annotations. */
function baseIn(leaves: Leaves, { kind }: Arrived['resource']): Base | undefined {
  const own = [...leaves.values()].flatMap(({ hits }) => hits.flatMap(({ leaf }) => objectOf(leaf) ?? []));
  const [one] = own.filter((item) => item.identity.kind === kind);
  return one && { file: one.file, object: one.identity.object, locate: (path) => one.document.locate([...one.path, ...path]) };
}

/** Whether the leaf belongs to an object of another kind: then a replacement or variable copied it. */
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

/** The maps or lists in the sources that one in a resource was merged from, in the order in which they are applied. */
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
