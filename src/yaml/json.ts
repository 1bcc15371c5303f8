import type { JsonValue } from '../model/json.ts';
import { jsonOf } from './resolve.ts';
import { type Part, placedAs, type Spot } from './spot.ts';

export interface JsonRead {
  readonly parts: readonly Part[];
  /** Behind the last value that was read. */
  readonly end: number;
  readonly endLine: number;
  /** `isFinal`: JSON, but refused; else it is not JSON, and may be YAML. */
  readonly broken?: { readonly line: number; readonly message: string; readonly isFinal: boolean };
}

const maxDepth = 64;
const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const word = /true|false|null/y;
const quoteOrEscape = /["\\]/g;

/** A reason to read no further. */
class Broken extends Error {
  readonly isFinal: boolean;
  constructor(message: string, isFinal = false) {
    super(message);
    this.isFinal = isFinal;
  }
}

/** Reads values one after the other, as Go's json.Decoder does, and where each of their fields is. A key twice in a map is refused. */
export function readJson(text: string): JsonRead {
  const reader = new Reader(text);
  const parts: Part[] = [];
  let end = 0;
  let endLine = 1;
  try {
    for (reader.skip(); reader.at < text.length; reader.skip()) {
      parts.push(reader.value(0));
      end = reader.at;
      endLine = reader.line;
    }
  } catch (thrown) {
    if (!(thrown instanceof Broken)) throw thrown;
    return { parts, end, endLine, broken: { line: reader.line, message: thrown.message, isFinal: thrown.isFinal } };
  }
  return { parts, end, endLine };
}

class Reader {
  readonly text: string;
  at = 0;
  line = 1;
  private lineStart = 0;

  constructor(text: string) {
    this.text = text;
  }

  skip(): void {
    for (; this.at < this.text.length; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (code === 10) {
        this.line += 1;
        this.lineStart = this.at + 1;
      } else if (code !== 32 && code !== 9 && code !== 13) return;
    }
  }

  value(depth: number): Part {
    const { line, column } = this;
    switch (this.text[this.at]) {
      case '{':
        return this.map(depth);
      case '[':
        return this.list(depth);
      case '"':
        return { value: this.string(), spot: { line, column, endLine: line } };
      default:
        return { value: this.plain(), spot: { line, column, endLine: line } };
    }
  }

  private get column(): number {
    return this.at - this.lineStart + 1;
  }

  private map(depth: number): Part {
    const { line, column } = this;
    const entries = new Map<string, JsonValue>();
    const parts = new Map<string, Spot>();
    this.items('}', depth, () => {
      const place = { line: this.line, column: this.column };
      if (this.text[this.at] !== '"') throw new Broken('expected a key in quotes');
      const key = this.string();
      this.skip();
      this.take(':');
      this.skip();
      const part = this.value(depth + 1);
      if (entries.has(key)) throw new Broken(`the key ${JSON.stringify(key)} occurs twice in one map`, true);
      entries.set(key, part.value);
      parts.set(key, placedAs(part.spot, place.line, place.column));
    });
    return { value: Object.fromEntries(entries), spot: { line, column, endLine: this.line, parts } };
  }

  private list(depth: number): Part {
    const { line, column } = this;
    const value: JsonValue[] = [];
    const parts: Spot[] = [];
    this.items(']', depth, () => {
      const part = this.value(depth + 1);
      value.push(part.value);
      parts.push(part.spot);
    });
    return { value, spot: { line, column, endLine: this.line, parts } };
  }

  private items(close: string, depth: number, read: () => void): void {
    if (depth > maxDepth) throw new Broken(`nested more than ${maxDepth} levels deep`, true);
    this.at += 1;
    this.skip();
    for (let isFirst = true; this.text[this.at] !== close || !isFirst; isFirst = false) {
      read();
      this.skip();
      if (this.text[this.at] === close) break;
      this.take(',');
      this.skip();
    }
    this.take(close);
  }

  private take(character: string): void {
    if (this.text[this.at] !== character) throw new Broken(`expected \`${character}\``);
    this.at += 1;
  }

  private string(): string {
    let end = this.at + 1;
    for (;;) {
      quoteOrEscape.lastIndex = end;
      const found = quoteOrEscape.exec(this.text);
      if (found === null) throw new Broken('a string is not closed');
      end = found.index + (found[0] === '"' ? 1 : 2);
      if (found[0] === '"') break;
    }
    const source = this.text.slice(this.at, end);
    try {
      const value: unknown = JSON.parse(source);
      this.at = end;
      return String(value);
    } catch {
      throw new Broken('a string contains a character that must be escaped');
    }
  }

  private plain(): JsonValue {
    word.lastIndex = this.at;
    const literal = word.exec(this.text)?.[0];
    if (literal !== undefined) {
      this.at += literal.length;
      return literal === 'null' ? null : literal === 'true';
    }
    number.lastIndex = this.at;
    const match = number.exec(this.text);
    if (match === null) throw new Broken('expected a value');
    this.at += match[0].length;
    if (match[1] === undefined && match[2] === undefined) return jsonOf(BigInt(match[0]));
    const value = Number(match[0]);
    if (!Number.isFinite(value)) throw new Broken('a number is too large', true);
    return jsonOf(value);
  }
}
