import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Finding } from '../model/finding.ts';
import type { SourceLocation } from '../model/location.ts';
import { child, places, type Source, type Steps, walk } from './source.ts';
import type { Operation } from './value.ts';

/** A patch of a resource, translated to the document that the resource was rendered from. */
export interface Target {
  readonly document: number;
  readonly operations: readonly Operation[];
}

/** A location in the head's file. */
export type Place = Pick<SourceLocation, 'line' | 'column' | 'precision'>;

/** `checked`: the caller judges the edited file, so that an item of another list in the same document need not be proven to be the same. */
type Trust = 'proven' | 'checked';

/**
 * A finding's patch refers to the rendered resource; the file may be that resource, a base or patch of it with lists in another order, or
 * values. Only a field that the finding's location proves to be the same is patched. Undefined if none is.
 */
export function locateTarget(
  finding: Finding,
  operations: readonly Operation[],
  place: Place,
  source: Source,
  trust: Trust = 'proven',
): Target | undefined {
  if (finding.subject.kind !== 'resource' || place.precision === 'file') return undefined;
  const subject = finding.subject.path.map(String);
  const isField = place.precision === 'field';
  const kind = (finding.resources[0] ?? '').split(' ')[0] ?? '';
  for (const [document, tree] of source.trees.entries()) {
    for (const { root, prefix } of rootsOf(tree.contents, kind)) {
      const own = inDocument(root, subject, place, source, isField);
      const moved = own === undefined ? undefined : move(operations, subject, own, prefix, trust);
      if (moved !== undefined) return { document, operations: moved };
    }
    const value = isField ? inValues(tree.contents, operations, subject, place, source) : undefined;
    if (value !== undefined) return { document, operations: [value] };
  }
  return undefined;
}

/** Objects of the finding's kind: the document itself, or the items of a List. */
function rootsOf(contents: Node | null, kind: string): readonly { readonly root: Node | null; readonly prefix: Steps }[] {
  if (kindOf(contents) === kind) return [{ root: contents, prefix: [] }];
  const items = child(contents, 'items')?.node;
  if (!isSeq(items)) return [];
  return items.items.flatMap((_item, index) => {
    const root = child(items, String(index))?.node ?? null;
    return kindOf(root) === kind ? [{ root, prefix: ['items', String(index)] }] : [];
  });
}

function kindOf(node: Node | null): string | undefined {
  const kind = child(node, 'kind')?.node;
  return isScalar(kind) ? String(kind.value) : undefined;
}

/** Steps within the object to the location: the field, or its nearest parent. */
function inDocument(root: Node | null, subject: Steps, place: Place, source: Source, isField: boolean): Steps | undefined {
  const { found, depth } = walk(root, subject);
  if (found !== undefined && (!isField || depth === subject.length) && stands(found.mark, place, source))
    return subject.slice(0, depth);
  if (place.column === undefined) return undefined;
  // Kustomize merges lists by name, so an item may have another index in the base.
  for (const { mark, steps } of places(root)) {
    const fits = isField ? steps.length === subject.length : steps.length <= subject.length;
    if (fits && stands(mark, place, source) && steps.every((step, index) => alike(step, subject[index]))) return steps;
  }
  return undefined;
}

function alike(step: string, other: string | undefined): boolean {
  return step === other || (isIndex(step) && other !== undefined && isIndex(other));
}

function isIndex(step: string): boolean {
  return /^\d+$/.test(step);
}

function stands(mark: Node, { line, column }: Place, { lines }: Source): boolean {
  const at = lines.linePos(mark.range?.[0] ?? 0);
  return at.line === line && (column === undefined || at.col === column);
}

/**
 * The operations with the proven steps instead of the resource's. The location does not prove items of other lists: in a base such an item
 * may be another container, which must never be patched. Appending to a list is covered by the check of the whole document.
 */
function move(
  operations: readonly Operation[],
  subject: Steps,
  own: Steps,
  prefix: Steps,
  trust: Trust,
): readonly Operation[] | undefined {
  const moved = operations.map((operation): Operation | undefined => {
    let shared = 0;
    while (shared < own.length && operation.path[shared] === subject[shared]) shared += 1;
    const rest = operation.path.slice(shared);
    const isUnproven = rest.slice(0, -1).some(isIndex) || (operation.op === 'replace' && isIndex(rest.at(-1) ?? ''));
    if (isUnproven && trust === 'proven') return undefined;
    return { ...operation, path: [...prefix, ...own.slice(0, shared), ...rest] };
  });
  return moved.every((operation) => operation !== undefined) ? moved : undefined;
}

/**
 * A boolean in a values file. A template may compute with any other value, and the finding does not include the resource's value; for a
 * boolean of the same name, the opposite is the only possible fix.
 */
function inValues(
  root: Node | null,
  operations: readonly Operation[],
  subject: Steps,
  place: Place,
  source: Source,
): Operation | undefined {
  const [operation] = operations;
  if (operation === undefined || operations.length !== 1 || operation.op !== 'replace' || place.column === undefined)
    return undefined;
  if (operation.path.join('\n') !== subject.join('\n') || typeof operation.value !== 'boolean' || !isMap(root)) return undefined;
  if (child(root, 'kind') !== undefined) return undefined;
  for (const { mark, node, steps } of places(root))
    if (stands(mark, place, source) && steps.at(-1) === subject.at(-1) && isScalar(node) && node.value === !operation.value)
      return { ...operation, path: steps };
  return undefined;
}
