import type { JsonObject, JsonValue } from '../model/json.ts';
import { endsLine, isPlainKey, isPlainText, plainValue, startsPlain, unescaped } from './quick-scalar.ts';
import { type Part, placedAs, type Spot } from './spot.ts';

/** What stands on one line, and where the text behind it starts. */
interface Inline {
  readonly part: Part;
  readonly end: number;
}

const doubleQuoted = /"((?:[^"\\]|\\["\\nt])*)"/y;
const singleQuoted = /'([^']*)'/y;
const wordInFlow = /[A-Za-z0-9_/.][\w./-]*(?::[\w./-]+)*/y;
const keyInFlow = /([A-Za-z_][\w./-]*): +(?=[^ ])/y;
const maxFlowDepth = 16;

/** The value that ends a line, or undefined where it is not of the simplest kind. */
export function inlineValue(text: string, at: number, line: number): Part | undefined {
  const opening = text[at];
  if (opening === '{' || opening === '[' || opening === '"' || opening === "'") {
    const found = flowNode(text, at, line, 0);
    return found !== undefined && endsLine(text, found.end) ? found.part : undefined;
  }
  if (!startsPlain(text, at)) return undefined;
  const comment = text.indexOf(' #', at);
  const whole = (comment === -1 ? text.slice(at) : text.slice(at, comment)).trimEnd();
  const value = isPlainText(whole) ? plainValue(whole) : undefined;
  return value === undefined ? undefined : leaf(value, line, at);
}

function leaf(value: JsonValue, line: number, at: number): Part {
  return { value, spot: { line, column: at + 1, endLine: line } };
}

function flowNode(text: string, at: number, line: number, depth: number): Inline | undefined {
  switch (text[at]) {
    case '{':
      return depth > maxFlowDepth ? undefined : flowMap(text, at, line, depth);
    case '[':
      return depth > maxFlowDepth ? undefined : flowList(text, at, line, depth);
    case '"':
      return quoted(doubleQuoted, text, at, line);
    case "'":
      return quoted(singleQuoted, text, at, line);
    default: {
      wordInFlow.lastIndex = at;
      const word = wordInFlow.exec(text)?.[0];
      const value = word === undefined ? undefined : plainValue(word);
      return word === undefined || value === undefined ? undefined : { part: leaf(value, line, at), end: at + word.length };
    }
  }
}

function quoted(pattern: RegExp, text: string, at: number, line: number): Inline | undefined {
  pattern.lastIndex = at;
  const inner = pattern.exec(text)?.[1];
  const value = pattern === doubleQuoted ? unescaped(inner ?? '') : inner;
  return inner === undefined || value === undefined ? undefined : { part: leaf(value, line, at), end: at + inner.length + 2 };
}

function flowMap(text: string, start: number, line: number, depth: number): Inline | undefined {
  const value: Record<string, JsonValue> = {};
  const parts = new Map<string, Spot>();
  for (let at = skipSpaces(text, start + 1), isFirst = true; ; isFirst = false) {
    if (isFirst && text[at] === '}') return collection(value, parts, line, start, at + 1);
    keyInFlow.lastIndex = at;
    const match = keyInFlow.exec(text);
    const key = match?.[1];
    if (match === null || key === undefined || !isPlainKey(key) || parts.has(key)) return undefined;
    const item = flowNode(text, at + match[0].length, line, depth + 1);
    if (item === undefined) return undefined;
    value[key] = item.part.value;
    parts.set(key, placedAs(item.part.spot, line, at + 1));
    at = skipSpaces(text, item.end);
    if (text[at] === '}') return collection(value, parts, line, start, at + 1);
    if (text[at] !== ',' || text[at + 1] !== ' ') return undefined;
    at = skipSpaces(text, at + 1);
  }
}

function flowList(text: string, start: number, line: number, depth: number): Inline | undefined {
  const value: JsonValue[] = [];
  const parts: Spot[] = [];
  for (let at = skipSpaces(text, start + 1), isFirst = true; ; isFirst = false) {
    if (isFirst && text[at] === ']') return collection(value, parts, line, start, at + 1);
    const item = flowNode(text, at, line, depth + 1);
    if (item === undefined) return undefined;
    value.push(item.part.value);
    parts.push(item.part.spot);
    at = skipSpaces(text, item.end);
    if (text[at] === ']') return collection(value, parts, line, start, at + 1);
    if (text[at] !== ',' || text[at + 1] !== ' ') return undefined;
    at = skipSpaces(text, at + 1);
  }
}

function collection(
  value: JsonObject | readonly JsonValue[],
  parts: NonNullable<Spot['parts']>,
  line: number,
  start: number,
  end: number,
): Inline {
  return { part: { value, spot: { line, column: start + 1, endLine: line, parts } }, end };
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at += 1;
  return at;
}
