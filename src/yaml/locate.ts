import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { FieldPath } from '../model/field-path.ts';
import type { SourceLocation } from '../model/location.ts';
import { isMergeKey, keyOf } from './value.ts';

/** Where the text of a document is in its file. */
interface Place {
  readonly file: string;
  readonly lines: number;
  readonly places: LineCounter;
}

export function locateNode(document: Document.Parsed, path: FieldPath, { file, lines, places }: Place): SourceLocation {
  let node: Node | null = document.contents;
  let mark: Node | null = node;
  let precision: SourceLocation['precision'] = 'field';
  for (const step of path) {
    const found = child(resolve(node, document), step, document);
    if (found === undefined) {
      precision = 'parent';
      break;
    }
    mark = found.mark;
    node = found.value;
  }
  const start = places.linePos(mark?.range?.[0] ?? 0);
  const end = places.linePos(Math.max(endOf(node), mark?.range?.[0] ?? 0));
  return {
    file,
    line: lines + start.line,
    column: start.col,
    endLine: lines + Math.max(start.line, end.col === 1 ? end.line - 1 : end.line),
    precision,
  };
}

/** Where the last content of a node ends: the range of a block collection goes on to the comments below it. */
function endOf(node: unknown): number {
  if (isPair(node)) return Math.max(endOf(node.key), endOf(node.value));
  if ((isMap(node) || isSeq(node)) && node.flow !== true) return endOf(node.items.at(-1));
  if (!isNode(node)) return 0;
  const isEmpty = isScalar(node) && node.type === 'PLAIN' && node.source === '';
  return node.range?.[isEmpty ? 0 : 1] ?? 0;
}

function resolve(node: Node | null, document: Document.Parsed): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

interface Child {
  readonly mark: Node;
  readonly value: Node | null;
}

/** A key of a map (own, or through `<<`) or an item of a list; the mark is what a reader should be pointed at. */
function child(node: Node | null, step: string | number, document: Document.Parsed): Child | undefined {
  if (isSeq(node)) {
    const item = typeof step === 'number' ? node.items[step] : undefined;
    return isNode(item) ? { mark: item, value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  for (const pair of node.items) {
    if (isScalar(pair.key) && !isMergeKey(pair.key) && keyOf(pair.key) === String(step))
      return { mark: pair.key, value: isNode(pair.value) ? pair.value : null };
  }
  for (const pair of node.items) {
    if (!isScalar(pair.key) || !isMergeKey(pair.key) || !isNode(pair.value)) continue;
    const merged = resolve(pair.value, document);
    const sources: readonly unknown[] = isSeq(merged) ? merged.items : [merged];
    for (const part of sources) {
      const found = isNode(part) ? child(resolve(part, document), step, document) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
