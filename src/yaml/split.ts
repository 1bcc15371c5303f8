import { readJson } from './json.ts';
import type { Part } from './spot.ts';

/** A part of a file that Kubernetes' reader hands to its parser on its own, and the lines before it. */
export interface Chunk {
  readonly text: string;
  readonly lines: number;
  /** Already read: one value of a JSON stream. */
  readonly json?: Part;
}

export interface Split {
  readonly chunks: readonly Chunk[];
  /** A JSON stream that breaks off: the line, and what is wrong there. */
  readonly broken?: { readonly line: number; readonly message: string };
}

/** Go's unicode.IsSpace without the line feed. */
const blank = '\\t\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const space = new RegExp(`[\\n${blank}]*`, 'y');
const restOfLine = new RegExp(`[${blank}]*\\n?`, 'y');
const onlyBlank = new RegExp(`^[${blank}]*(?:#|$)`);
/** How far apimachinery looks for an open brace: StreamVisitor of cli-runtime, pkg/resource/visitor.go. */
const jsonWindow = 4_096;

/**
 * Splits a file as YAMLOrJSONDecoder of k8s.io/apimachinery does (pkg/util/yaml/decoder.go): what begins with a brace is a stream of JSON
 * values, for as long as it is one; then a line that begins with `---` and has nothing else but blanks or a comment ends a document. Such a
 * line separates even where the parser would take it for text, as in a block scalar at the margin.
 */
export function splitDocuments(text: string): Split {
  space.lastIndex = 0;
  const start = space.exec(text)?.[0] ?? '';
  if (text[start.length] !== '{' || Buffer.byteLength(start) >= jsonWindow) return { chunks: splitYaml(text, 0) };
  const { parts, end, endLine, broken } = readJson(text);
  const chunks = parts.map((json): Chunk => ({ text: '', lines: 0, json }));
  if (broken === undefined) return { chunks };
  // After more than one value it is JSON for good; before that, the rest may be YAML.
  if (parts.length > 1 || broken.isFinal) return { chunks, broken };
  restOfLine.lastIndex = end;
  const skipped = restOfLine.exec(text)?.[0] ?? '';
  return { chunks: [...chunks, ...splitYaml(text.slice(end + skipped.length), endLine - 1 + (skipped.endsWith('\n') ? 1 : 0))] };
}

function splitYaml(text: string, before: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let lines = before;
  let counted = 0;
  let start = 0;
  let isKept = false;
  const add = (end: number) => {
    for (let at = text.indexOf('\n', counted); at !== -1 && at < start; at = text.indexOf('\n', at + 1)) lines += 1;
    counted = Math.max(counted, start);
    const hasMark = !isKept && text.charCodeAt(start) === 0xfe_ff;
    if (end > start) chunks.push({ text: text.slice(hasMark ? start + 1 : start, end), lines });
  };
  for (let at = text.startsWith('---') ? 0 : nextLine(text, 0); at !== -1; at = nextLine(text, at)) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const isSeparator = onlyBlank.test(text.slice(at + 3, end));
    add(at);
    // Where nothing is before it the separator stays part of the document, which then does not begin with a byte order mark.
    isKept = isSeparator && at === start && !isKept;
    // Kubernetes refuses a line such as `--- {}` or `---x`; the parser is left to report what it is.
    start = isSeparator ? Math.min(end + 1, text.length) : at;
  }
  add(text.length);
  return chunks;
}

function nextLine(text: string, from: number): number {
  const found = text.indexOf('\n---', from);
  return found === -1 ? -1 : found + 1;
}
