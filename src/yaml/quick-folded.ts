import type { JsonValue } from '../model/json.ts';
import { endsLine, indentOf, isPlainText, plainValue, startsPlain, unescaped } from './quick-scalar.ts';
import type { Part } from './spot.ts';

/** A scalar that more than one line holds, and the line behind it. */
export interface Folded {
  readonly part: Part;
  readonly next: number;
}

/** Without an escape of a line break, or one that JSON reads otherwise. */
const quotedText = /(?:[^"\\]|\\["\\nt])*/y;
/** A first character of a later line that YAML takes for text; after any other it may, too, but seldom does in a manifest. */
const continuation = /^(?:[A-Za-z0-9_/.$()'"=<>!+&|]|-[^ -])/;

/** Whether the line belongs to what began on a line before it, whose parent stands at `indent`. */
function continues(line: string | undefined, indent: number): line is string {
  if (line === undefined) return false;
  const own = indentOf(line);
  return own > indent && own < line.length;
}

/** Text without quotes, where the next line is indented and so belongs to it; undefined: the full parser has to say. */
export function foldedPlain(lines: readonly string[], at: number, from: number, indent: number): Folded | 'one line' | undefined {
  if (!continues(lines[at + 1], indent)) return 'one line';
  const pieces = [(lines[at] ?? '').slice(from).trimEnd()];
  let next = at + 1;
  for (let line = lines[next]; continues(line, indent); line = lines[++next]) pieces.push(line.trim());
  const [first = '', ...rest] = pieces;
  if (!startsPlain(first, 0) || !pieces.every(isPlainText) || !rest.every((piece) => continuation.test(piece))) return undefined;
  const value = plainValue(pieces.join(' '));
  return value === undefined ? undefined : folded(value, at, from, next);
}

/** Text in double quotes that does not end on its first line. */
export function foldedQuoted(lines: readonly string[], at: number, from: number, indent: number): Folded | undefined {
  const pieces = [(lines[at] ?? '').slice(from + 1).trimEnd()];
  if (quotedLength(pieces[0] ?? '') !== pieces[0]?.length) return undefined;
  for (let next = at + 1; continues(lines[next], indent); next += 1) {
    const line = (lines[next] ?? '').trimStart();
    const length = quotedLength(line.trimEnd());
    if (line[length] === '"') {
      pieces.push(line.slice(0, length));
      return endsLine(line, length + 1) ? folded(unescaped(pieces.join(' ')), at, from, next + 1) : undefined;
    }
    if (length !== line.trimEnd().length) return undefined;
    pieces.push(line.trimEnd());
  }
  return undefined;
}

function quotedLength(text: string): number {
  quotedText.lastIndex = 0;
  return quotedText.exec(text)?.[0].length ?? 0;
}

/** `>` and `>-`: lines of one indentation and without a blank one between them, joined by spaces. */
export function foldedBlock(lines: readonly string[], at: number, header: string, indent: number): Folded | undefined {
  if (header !== '>' && header !== '>-') return undefined;
  const margin = indentOf(lines[at + 1] ?? '');
  const content: string[] = [];
  let next = at + 1;
  for (let line = lines[next]; continues(line, indent); line = lines[++next]) {
    if (indentOf(line) !== margin || line.endsWith(' ')) return undefined;
    content.push(line.slice(margin));
  }
  if (content.length === 0) return undefined;
  const end = next;
  // Blank lines behind the text are cut; text behind blank lines is not for here.
  while (next < lines.length && lines[next] === '') next += 1;
  if (next < lines.length && indentOf(lines[next] ?? '') > indent) return undefined;
  const value = content.join(' ') + (header === '>' ? '\n' : '');
  return { part: { value, spot: { line: at + 1, column: 1, endLine: end } }, next };
}

function folded(value: JsonValue, at: number, from: number, next: number): Folded {
  return { part: { value, spot: { line: at + 1, column: from + 1, endLine: next } }, next };
}
