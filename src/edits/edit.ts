import { isMap, isNode, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { removed } from './remove.ts';
import { readSource, type Source, walk } from './source.ts';
import { equal, type Operation, patched, settled } from './value.ts';
import { flowText, isScalarValue, itemLines, pairLines, scalarText } from './write.ts';

/** Where a new key is inserted: after the last or the first key of its map, since perhaps only one of them is in the diff. */
export type Where = 'end' | 'start';

/**
 * Applies the operations to one document of the text and changes as few lines as possible. Undefined if that is impossible or changes
 * nothing, or if any document, read as either version of YAML, would then differ by more or less than the patch (an alias, a merge key, a
 * crafted comment).
 */
export function editText(before: Source, document: number, wanted: readonly Operation[], where: Where): string | undefined {
  let source = before;
  const operations: Operation[] = [];
  for (const one of wanted) {
    const operation = settled(source.values[0]?.[document], one);
    const next = operation === undefined ? undefined : apply(source, document, operation, where);
    const read = next === undefined ? undefined : readSource(next);
    if (operation === undefined || read === undefined) return undefined;
    operations.push(operation);
    source = read;
  }
  const isRight = before.values.every((values, version) => isPatched(values, source.values[version] ?? [], document, operations));
  return isRight && source.text !== before.text ? source.text : undefined;
}

function isPatched(
  before: readonly unknown[],
  after: readonly unknown[],
  document: number,
  operations: readonly Operation[],
): boolean {
  const wanted = operations.reduce((value: unknown, operation) => patched(value, operation), before[document]);
  return wanted !== undefined && equal(before.with(document, wanted), after);
}

function apply({ text, trees }: Source, document: number, operation: Operation, where: Where): string | undefined {
  const { op, path, value } = operation;
  const root = trees[document]?.contents ?? null;
  const { found, depth } = walk(root, op === 'replace' ? path : path.slice(0, -1));
  const last = path.at(-1);
  if (found === undefined || last === undefined) return undefined;
  if (depth !== (op === 'replace' ? path.length : path.length - 1)) return undefined;
  const { node } = found;
  if (op === 'remove') return removed(text, node, last, found.mark);
  if (op === 'replace')
    return isScalar(node) && isScalarValue(value) && keepsReference(node.value, value)
      ? replaceScalar(text, node, scalarText(value, node.type))
      : undefined;
  if (isMap(node)) {
    if (node.flow !== true) return addLines(text, node, pairLines(last, value), where);
    return openEmpty(text, node, pairLines(last, value)) ?? addFlow(text, node, flowPair(last, value));
  }
  if (!isSeq(node) || (last !== '-' && last !== String(node.items.length))) return undefined;
  return node.flow === true ? addFlow(text, node, flowText(value)) : addLines(text, node, itemLines(value), 'end');
}

/**
 * A digest belongs to one reference, so it is only appended to exactly that one: the file may contain a name that kustomize's `images`
 * replaces, which would then get the digest of another image.
 */
function keepsReference(old: unknown, value: Operation['value']): boolean {
  const [, reference] = /^(.*)@sha256:[0-9a-f]{64}$/.exec(String(value)) ?? [];
  return reference === undefined || reference === old;
}

function flowPair(key: string, value: Operation['value']): string {
  return `${scalarText(key)}: ${flowText(value)}`;
}

/** Only for a value on one line without an anchor or tag. */
function replaceScalar(text: string, node: Scalar, written: string): string | undefined {
  if (!node.range || node.anchor !== undefined || node.tag !== undefined) return undefined;
  const [start, end] = node.range;
  const old = text.slice(start, end);
  return old === '' || /[\n|>]/.test(old) ? undefined : text.slice(0, start) + written + text.slice(end);
}

function addFlow(text: string, node: YAMLMap | YAMLSeq, written: string): string | undefined {
  if (!node.range) return undefined;
  const [start, end] = node.range;
  if (node.items.length > 0) {
    const at = endOfItems(text, node);
    return at === undefined ? undefined : `${text.slice(0, at)}, ${written}${text.slice(at)}`;
  }
  const [open = '', close = ''] = isMap(node) ? ['{ ', ' }'] : ['[', ']'];
  return text.slice(start + 1, end - 1).trim() === ''
    ? text.slice(0, start) + open + written + close + text.slice(end)
    : undefined;
}

/** `key: {}` in block style becomes `key:` with lines below it, which are easier to add to than a map in braces. */
function openEmpty(text: string, node: YAMLMap, lines: readonly string[]): string | undefined {
  if (!node.range || node.items.length > 0) return undefined;
  const [start, end] = node.range;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', end) === -1 ? text.length : text.indexOf('\n', end);
  const [, margin, key] = /^( *(?:- +)*)([\w./-]+:) +$/.exec(text.slice(lineStart, start)) ?? [];
  const rest = text.slice(end, lineEnd);
  if (margin === undefined || key === undefined || text.slice(start, end) !== '{}' || !/^( +#.*| *)$/.test(rest))
    return undefined;
  const below = lines.map((line) => `\n${' '.repeat(margin.length + 2)}${line}`).join('');
  return `${text.slice(0, lineStart)}${margin}${key}${rest.trimEnd()}${below}${text.slice(lineEnd)}`;
}

/** Inserts whole lines, indented like the first key or dash of the collection. */
function addLines(text: string, node: YAMLMap | YAMLSeq, lines: readonly string[], where: Where): string | undefined {
  const [first] = node.items;
  const anchor = isMap(node) ? keyOf(node.items[0]) : node;
  const start = anchor?.range?.[0];
  const at = where === 'start' && isMap(node) && first !== undefined ? endOfPair(text, node.items[0]) : endOfItems(text, node);
  if (start === undefined || at === undefined) return undefined;
  const margin = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const lineEnd = text.indexOf('\n', at);
  const cut = lineEnd === -1 ? text.length : lineEnd;
  return `${text.slice(0, cut)}\n${lines.map((line) => margin + line).join('\n')}${text.slice(cut)}`;
}

function keyOf(pair: Pair | undefined): Node | undefined {
  return isNode(pair?.key) ? pair.key : undefined;
}

/** The offset after the last node of a collection, excluding trailing comments. */
function endOfItems(text: string, node: YAMLMap | YAMLSeq): number | undefined {
  const last: unknown = node.items.at(-1);
  if (isMap(node)) return endOfPair(text, node.items.at(-1));
  return isNode(last) ? endOf(text, last) : undefined;
}

function endOfPair(text: string, pair: Pair | undefined): number | undefined {
  return isNode(pair?.value) ? endOf(text, pair.value) : keyOf(pair)?.range?.[1];
}

function endOf(text: string, node: Node): number | undefined {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) return endOfItems(text, node);
  return node.range ? text.slice(0, node.range[1]).trimEnd().length : undefined;
}
