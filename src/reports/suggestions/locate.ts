import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Finding } from '../../model/finding.ts';
import type { SourceLocation } from '../../model/location.ts';
import { child, places, type Source, type Steps, walk } from './source.ts';
import type { Operation } from './value.ts';

/** A patch of a resource, as one of the document that it was rendered from. */
export interface Target {
  readonly document: number;
  readonly operations: readonly Operation[];
}

/** A place in the head's file. */
export type Place = Pick<SourceLocation, 'line' | 'column' | 'precision'>;

/**
 * A finding's patch is about the rendered resource; the file may be that resource, a base or patch of it whose lists are in another order,
 * or values. Its place tells: only what the place itself proves to be the same field is patched. Undefined where nothing does.
 */
export function locateTarget(
  finding: Finding,
  operations: readonly Operation[],
  place: Place,
  source: Source,
): Target | undefined {
  if (finding.subject.kind !== 'resource' || place.precision === 'file') return undefined;
  const subject = finding.subject.path.map(String);
  const isField = place.precision === 'field';
  const kind = (finding.resources[0] ?? '').split(' ')[0] ?? '';
  for (const [document, tree] of source.trees.entries()) {
    for (const { root, prefix } of rootsOf(tree.contents, kind)) {
      const own = inDocument(root, subject, place, source, isField);
      const moved = own === undefined ? undefined : move(operations, subject, own, prefix);
      if (moved !== undefined) return { document, operations: moved };
    }
    const value = isField ? inValues(tree.contents, operations, subject, place, source) : undefined;
    if (value !== undefined) return { document, operations: [value] };
  }
  return undefined;
}

/** Objects of the finding's kind: the document, or the items of a list. */
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

/** Steps within the object to the marked place: the field, or its nearest parent. */
function inDocument(root: Node | null, subject: Steps, place: Place, source: Source, isField: boolean): Steps | undefined {
  const { found, depth } = walk(root, subject);
  if (found !== undefined && (!isField || depth === subject.length) && stands(found.mark, place, source))
    return subject.slice(0, depth);
  if (place.column === undefined) return undefined;
  // Kustomize merges lists by name, so that an item may have another index in the base.
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
 * The operations with the proven steps in place of the resource's. Another list's item is not proven by this place: in a base it may be
 * another container, and a patch must never land on that. Adding at a list's end is left to the check of the whole document.
 */
function move(operations: readonly Operation[], subject: Steps, own: Steps, prefix: Steps): readonly Operation[] | undefined {
  const moved = operations.map((operation): Operation | undefined => {
    let shared = 0;
    while (shared < own.length && operation.path[shared] === subject[shared]) shared += 1;
    const rest = operation.path.slice(shared);
    if (rest.slice(0, -1).some(isIndex) || (operation.op === 'replace' && isIndex(rest.at(-1) ?? ''))) return undefined;
    return { ...operation, path: [...prefix, ...own.slice(0, shared), ...rest] };
  });
  return moved.every((operation) => operation !== undefined) ? moved : undefined;
}

/**
 * A switch in a values file. A template may compute with any other value, and the finding does not tell what the resource had; of a boolean
 * under the same name, the other one is the only value there is.
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
