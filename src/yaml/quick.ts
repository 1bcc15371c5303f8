import type { JsonValue } from '../model/json.ts';
import { type Folded, foldedBlock, foldedPlain, foldedQuoted } from './quick-folded.ts';
import { inlineValue } from './quick-inline.ts';
import { indentOf, isPlainKey } from './quick-scalar.ts';
import { type Part, placedAs, type Spot } from './spot.ts';

/**
 * Nine of ten manifests are block maps and lists of one-line scalars. This reads those, thirty times as fast as the full parser, and nothing
 * else: at the first thing that is not of that kind (or broken) it gives up, and the full parser reads the whole file. What it does read, it
 * reads the same: quick.test.ts holds it to the full parser.
 */
export function readQuickly(text: string): readonly Part[] | undefined {
  if (text.length > maxChars || unusual.test(text)) return undefined;
  const reader: Reader = { lines: text.split('\n'), at: 0, hasStrayComment: false, comments: 0 };
  const documents: Part[] = [];
  for (let line = nextContent(reader); line !== undefined; line = nextContent(reader)) {
    if (line === separator) {
      reader.at += 1;
      continue;
    }
    const read = readMap(reader, 0, 0);
    if (read === undefined) return undefined;
    documents.push(read);
    const next = nextContent(reader);
    if (next !== undefined && next !== separator) return undefined;
  }
  return reader.hasStrayComment ? undefined : documents;
}

/** Past it there could be more values than the full parser allows. */
const maxChars = 100_000;
const maxDepth = 24;
const separator = '---';
/** Controls, what may end a line, surrogates; a byte order mark; and what an anchor, an alias, a tag, a directive or an end would begin with. */
const unusual = /[^\n\x20-\x7e\u00a1-\u1fff\u2010-\u2027\u2030-\u205e\u2190-\ud7ff]|^(?:%|\.\.\.|---.)/m;
const key = /([A-Za-z_][\w./-]{0,200}):(?: +|$)/y;
const contentStart = /[^ ]/g;

interface Reader {
  readonly lines: string[];
  at: number;
  /** A comment stands where the full parser would count it to what is before it. */
  hasStrayComment: boolean;
  /** Lines of comments so far. */
  comments: number;
}

/** Skips blank lines and comments. */
function nextContent(reader: Reader): string | undefined {
  let margin: number | undefined;
  for (; reader.at < reader.lines.length; reader.at += 1) {
    const line = reader.lines[reader.at] ?? '';
    const own = indentOf(line);
    if (own === line.length) continue;
    if (line[own] !== '#') {
      if (margin !== undefined && margin !== own) reader.hasStrayComment = true;
      return line;
    }
    if (margin !== undefined && margin !== own) reader.hasStrayComment = true;
    margin = own;
    reader.comments += 1;
  }
  if (margin !== undefined) reader.hasStrayComment = true;
  return undefined;
}

function isItem(line: string, indent: number): boolean {
  return line[indent] === '-' && (line[indent + 1] === ' ' || line.length === indent + 1);
}

function readMap(reader: Reader, indent: number, depth: number): Part | undefined {
  if (depth > maxDepth) return undefined;
  const value: Record<string, JsonValue> = {};
  const parts = new Map<string, Spot>();
  const line = reader.at + 1;
  let endLine = line;
  for (let text = nextContent(reader); text !== undefined && text !== separator; text = nextContent(reader)) {
    const own = indentOf(text);
    if (own < indent) break;
    key.lastIndex = indent;
    const match = own === indent ? key.exec(text) : null;
    const name = match?.[1];
    if (match === null || name === undefined || !isPlainKey(name) || parts.has(name)) return undefined;
    const at = reader.at + 1;
    const part = readValue(reader, text, indent + match[0].length, indent, depth);
    if (part === undefined) return undefined;
    value[name] = part.value;
    parts.set(name, placedAs(part.spot, at, indent + 1));
    endLine = part.spot.endLine;
  }
  return parts.size === 0 ? undefined : { value, spot: { line, column: indent + 1, endLine, parts } };
}

/** What stands behind a key, on its line or below. */
function readValue(reader: Reader, text: string, from: number, indent: number, depth: number): Part | undefined {
  const line = reader.at + 1;
  if (from < text.length && text[from] !== '#') return readScalar(reader, text, from, indent);
  reader.at += 1;
  const { comments } = reader;
  const next = nextContent(reader);
  const below = next === undefined || next === separator ? -1 : indentOf(next);
  if (next !== undefined && below >= indent && isItem(next, below)) return readList(reader, below, depth + 1);
  if (below > indent) return readMap(reader, below, depth + 1);
  // A comment is then the null's, and so are blank lines below it.
  return from < text.length || reader.comments > comments ? undefined : { value: null, spot: { line, column: 1, endLine: line } };
}

function readList(reader: Reader, indent: number, depth: number): Part | undefined {
  if (depth > maxDepth) return undefined;
  const value: JsonValue[] = [];
  const parts: Spot[] = [];
  const line = reader.at + 1;
  let endLine = line;
  for (let text = nextContent(reader); text !== undefined && text !== separator; text = nextContent(reader)) {
    if (indentOf(text) !== indent || !isItem(text, indent)) break;
    const part = readItem(reader, text, indent, depth);
    if (part === undefined) return undefined;
    value.push(part.value);
    parts.push(part.spot);
    endLine = part.spot.endLine;
  }
  return { value, spot: { line, column: indent + 1, endLine, parts } };
}

function readItem(reader: Reader, text: string, indent: number, depth: number): Part | undefined {
  contentStart.lastIndex = indent + 1;
  const from = contentStart.exec(text)?.index;
  if (from === undefined) return undefined;
  key.lastIndex = from;
  if (key.test(text)) {
    // The dash is as good as a space: the map of an item starts behind it.
    reader.lines[reader.at] = ' '.repeat(from) + text.slice(from);
    return readMap(reader, from, depth + 1);
  }
  const line = reader.at + 1;
  const part = readScalar(reader, text, from, indent);
  return part && { ...part, spot: placedAs(part.spot, line, from + 1) };
}

/** A scalar, or a collection on one line. `indent` is that of the map or list it is in. */
function readScalar(reader: Reader, text: string, from: number, indent: number): Part | undefined {
  const { lines, at } = reader;
  switch (text[from]) {
    case '|':
      return readLiteral(reader, text.slice(from), indent);
    case '>':
      return taken(reader, foldedBlock(lines, at, text.slice(from), indent));
    case '"':
    case "'":
    case '{':
    case '[':
      break;
    default: {
      const folded = foldedPlain(lines, at, from, indent);
      if (folded !== 'one line') return taken(reader, folded);
    }
  }
  const inline = inlineValue(text, from, at + 1);
  if (inline === undefined && text[from] === '"') return taken(reader, foldedQuoted(lines, at, from, indent));
  reader.at += 1;
  return inline;
}

function taken(reader: Reader, folded: Folded | undefined): Part | undefined {
  if (folded !== undefined) reader.at = folded.next;
  return folded?.part;
}

/** `|` and `|-`: the lines below, as they are, less the indentation of the first. */
function readLiteral(reader: Reader, header: string, indent: number): Part | undefined {
  if (header !== '|' && header !== '|-') return undefined;
  const start = reader.at + 1;
  const margin = indentOf(reader.lines[start] ?? '');
  if (margin <= indent || (reader.lines[start] ?? '').length === margin) return undefined;
  const content: string[] = [];
  let end = start;
  for (; end < reader.lines.length; end += 1) {
    const line = reader.lines[end] ?? '';
    const own = indentOf(line);
    if (own === line.length && own > margin) return undefined;
    if (own < line.length && own < margin) {
      if (own > indent) return undefined;
      break;
    }
    content.push(line.slice(margin));
  }
  reader.at = end;
  while (content.at(-1) === '') content.pop();
  const value = content.join('\n') + (header === '|' ? '\n' : '');
  return { value, spot: { line: start, column: 1, endLine: start + content.length } };
}
