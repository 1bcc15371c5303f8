import { isMap, isNode, isScalar, isSeq, type Node } from 'yaml';

/**
 * Text without one key of a map or one item of a list, and without the lines that only it is on. A collection that becomes empty is written as
 * `{}` or `[]`. Undefined if a comment would be lost, or if it is not clear where the removed part ends.
 * @param mark The key or list item that has the collection as its value.
 */
export function removed(text: string, collection: Node | null, step: string, mark: Node): string | undefined {
  if (!(isMap(collection) || isSeq(collection))) return undefined;
  const spans = isMap(collection)
    ? collection.items.map(({ key, value }) => ({
        name: isScalar(key) ? String(key.value) : undefined,
        span: spanOf(key, value ?? key),
      }))
    : collection.items.map((item, index) => ({ name: String(index), span: spanOf(item, item) }));
  const at = spans.findIndex(({ name }) => name === step);
  const own = spans[at]?.span;
  if (own === undefined) return undefined;
  const isFlow = collection.flow === true;
  if (spans.length === 1) return emptied(text, collection, mark, isMap(collection) ? '{}' : '[]');
  const [previous, next] = [spans[at - 1]?.span, spans[at + 1]?.span];
  if (isFlow) return withoutComments(text, next === undefined ? [previous?.end ?? own.start, own.end] : [own.start, next.start]);
  const line = { start: text.lastIndexOf('\n', own.start - 1) + 1, end: lineEnd(text, contentEnd(text, own)) };
  const before = text.slice(line.start, own.start);
  const isOwnLine = isSeq(collection) ? /^ *(- *)$/.test(before) : /^ *$/.test(before);
  if (isOwnLine) return text.slice(0, line.start) + text.slice(line.end);
  // The first key of a list item: the next key takes its place behind the dash.
  return next === undefined ? undefined : withoutComments(text, [own.start, next.start]);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function spanOf(first: unknown, last: unknown): Span | undefined {
  const start = isNode(first) ? first.range?.[0] : undefined;
  const end = isNode(last) ? last.range?.[1] : undefined;
  return start === undefined || end === undefined ? undefined : { start, end };
}

/** A block collection ends where the next node begins, behind the comments between them. */
function contentEnd(text: string, { start, end }: Span): number {
  const lines = text.slice(start, end).split('\n');
  while (lines.length > 1 && /^\s*(#.*)?$/.test(lines.at(-1) ?? '')) lines.pop();
  return start + lines.join('\n').length;
}

/** With the line feed. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

function withoutComments(text: string, [start, end]: readonly [number, number]): string | undefined {
  return text.slice(start, end).includes('#') ? undefined : text.slice(0, start) + text.slice(end);
}

function emptied(text: string, collection: Node, mark: Node, empty: string): string | undefined {
  const [start = 0, end = 0] = collection.range ?? [];
  if (end === 0) return undefined;
  const last = contentEnd(text, { start, end });
  if (text.slice(start, last).includes('#')) return undefined;
  // `key:` and the collection on the lines below it.
  const keyEnd = mark === collection ? start : (mark.range?.[1] ?? start);
  const between = text.slice(keyEnd, start);
  if (!/^:?\s*$/.test(between)) return undefined;
  const glue = between.startsWith(':') ? ': ' : between;
  return text.slice(0, keyEnd) + glue + empty + text.slice(last);
}
