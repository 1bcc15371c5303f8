import { loadAll, Schema, type State, Type, YAMLException } from 'js-yaml';
import type { JsonValue } from '../model/json.ts';
import { jsonOf, resolvePlain } from './resolve.ts';
import { type Part, placedAs, type Spot } from './spot.ts';

/**
 * Reads most manifests with js-yaml, ten times as fast as the full parser. Whatever the two could read differently is left to the full
 * parser, which then reads the whole text: an error, an anchor, an alias or a tag, a key that is not a string, an indicator without a space.
 * quick.test.ts compares values and positions with those of the full parser.
 */
export function readQuickly(text: string): readonly Part[] | undefined {
  if (text.length > maxChars || unusual.test(text)) return undefined;
  const documents: Part[] = [];
  const open: Node[] = [];
  let left = maxNodes;
  const listener = (event: 'open' | 'close', state: State): void => {
    if (event === 'open') {
      left -= 1;
      if (left < 0) leave();
      open.push(newNode(state));
      return;
    }
    const node = open.pop();
    if (node === undefined) leave();
    const read = readNode(node, state);
    const parent = open.at(-1);
    if (parent?.children === none) parent.children = [read];
    else if (parent !== undefined) parent.children.push(read);
    else if (read.part !== undefined) documents.push(asDocument(read.part));
  };
  try {
    loadAll(text, null, { schema, maxDepth, listener, onWarning: leave });
  } catch (thrown) {
    if (thrown instanceof YAMLException) return undefined;
    throw thrown;
  }
  return documents;
}

/** As long as a document may be. */
const maxChars = 5 * 1024 * 1024;
/** Keys and values, some counted twice. The full parser refuses more values in one document. */
const maxNodes = 200_000;
const maxDepth = 48;
/** Control characters, what may end a line, surrogates, a byte order mark; a directive, and the end of a document. */
const unusual = /[^\n\x20-\x7e\u00a1-\u1fff\u2010-\u2027\u2030-\u205e\u2190-\ud7ff]|^(?:%|\.\.\.|---.)/m;
const plainTag = 'plain';
/** A plain scalar keeps its text here and is resolved below. Every other tag is unknown, which is an error to js-yaml. */
const plainType = new Type(plainTag, { kind: 'scalar', resolve: () => true, construct: (text) => text });
const schema = new Schema({ implicit: [plainType], explicit: [] });

const none: Node[] = [];

interface Node {
  readonly line: number;
  readonly column: number;
  children: Node[];
  /** Undefined for an empty node. */
  part: Part | undefined;
  /** The value that js-yaml gave the node. */
  result: unknown;
  isKey: boolean;
}

function newNode({ line, position, lineStart }: State): Node {
  return { line: line + 1, column: position - lineStart + 1, children: none, part: undefined, result: undefined, isKey: false };
}

function leave(): never {
  throw new YAMLException('left to the full parser');
}

function asDocument(part: Part): Part {
  if (part.spot.parts === undefined || part.spot.column > 1) leave();
  return part;
}

function readNode(node: Node, state: State): Node {
  const { kind, result, tag, anchor } = state;
  if (anchor !== null || (tag !== null && tag !== plainTag)) leave();
  const { children } = node;
  const [first] = children;
  // A block collection is tried first: it then has the node itself as its only child.
  if (kind !== null && children.length === 1 && first?.part !== undefined && first.result === result) return first;
  node.result = result;
  if (kind === null) {
    // Not empty: an alias.
    if (result !== null) leave();
  } else if (kind === 'scalar') readScalar(node, state);
  else if (kind === 'sequence') readSequence(node, state);
  else readMapping(node, state);
  return node;
}

function readScalar(node: Node, { result, tag, input, position, line }: State): void {
  if (typeof result !== 'string') leave();
  const { line: start, column } = node;
  // Blank lines below a block scalar are not part of it.
  let endLine = line + 1;
  for (let at = position - 1; input[at] === '\n' || input[at] === ' '; at -= 1) if (input[at] === '\n') endLine -= 1;
  // Unless they are kept, or all there is.
  if (endLine <= line && !/\S\n?$/.test(result)) leave();
  const next = input[position];
  // To some tools `?a` and `a:,` are keys, to others text; `"a"#b` is an error to some.
  const isUnclear =
    tag === plainTag
      ? result[0] === '?' || result[0] === ':' || (next === ':' && ',]}'.includes(input[position + 1] ?? ' '))
      : next === '#' && endLine > line;
  if (isUnclear) leave();
  const value = tag === plainTag ? resolvePlain(result) : result;
  if (typeof value === 'object' && value !== null) leave();
  node.isKey = typeof value === 'string' && next === ':' && endLine === start && !unsafeKeys.has(value);
  node.part = { value: jsonOf(value), spot: { line: start, column, endLine } };
}

const unsafeKeys = new Set(['<<', '__proto__']);

function readSequence(node: Node, state: State): void {
  const { line, column, children } = node;
  const value: JsonValue[] = [];
  const parts: Spot[] = [];
  for (const { part } of children) {
    if (part === undefined) leave();
    value.push(part.value);
    parts.push(part.spot);
  }
  // An empty item, or a pair without braces: `[a: b]`.
  if (!Array.isArray(state.result) || state.result.length !== parts.length) leave();
  node.part = { value, spot: { line, column, endLine: endOfCollection(parts.at(-1), state), parts } };
}

function readMapping(node: Node, state: State): void {
  const { line, column, children } = node;
  const value: Record<string, JsonValue> = {};
  const parts = new Map<string, Spot>();
  let last: Spot | undefined;
  for (let at = 0; at + 1 < children.length; at += 2) {
    const key = children[at];
    const part = children[at + 1]?.part;
    const name = key?.part?.value;
    if (key?.part === undefined || !key.isKey || typeof name !== 'string') leave();
    // Readers differ on a comment between a key and a scalar below it.
    if (part !== undefined && part.spot.parts === undefined && part.spot.line > key.line) leave();
    value[name] = part === undefined ? null : part.value;
    last = placedAs(part?.spot ?? key.part.spot, key.line, key.column);
    parts.set(name, last);
  }
  // js-yaml looks for one more key behind a block map. In `{a, b}` it looks for no values, and so there are fewer pairs than keys.
  const isOdd = children.length % 2 === 1 && children.at(-1)?.part !== undefined;
  if (isOdd || Object.keys(state.result ?? {}).length !== parts.size) leave();
  node.part = { value, spot: { line, column, endLine: endOfCollection(last, state), parts } };
}

/** A flow collection ends with its bracket, a block collection with its last item. */
function endOfCollection(last: Spot | undefined, { input, position, line }: State): number {
  const isFlow = ']}'.includes(input[position - 1] ?? ' ');
  if (isFlow && input[position] === '#') leave();
  return isFlow || last === undefined ? line + 1 : last.endLine;
}
