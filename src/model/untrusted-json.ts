import type { JsonObject, JsonValue } from './json.ts';

/** Ours: an honest report is never near these. What is past them would only cost memory and stack. */
export const reportMaxBytes = 20_000_000;
const maxDepth = 60;
const maxItems = 100_000;
const maxTextChars = 100_000;

/** JSON whose integers keep their digits. Throws SyntaxError, or RangeError for what is too deep, too long or too many. */
export function parseUntrustedJson(text: string): JsonValue {
  // JSON.parse would round long integers, so they pass as strings with a mark that nobody could have foreseen.
  const mark = `${crypto.randomUUID()}:`;
  const parsed: unknown = JSON.parse(markIntegers(text, mark));
  return restore(parsed, mark, 0);
}

function markIntegers(text: string, mark: string): string {
  let marked = '';
  let from = 0;
  const token = /"|(?<![\w.+-])-?\d{16,}(?![\w.+-])/g;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '"') token.lastIndex = endOfString(text, match.index);
    else if (!Number.isSafeInteger(Number(match[0]))) {
      marked += `${text.slice(from, match.index)}"${mark}${match[0]}"`;
      from = token.lastIndex;
    }
  }
  return marked + text.slice(from);
}

/** Behind the quote that ends the string which starts at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function restore(value: unknown, mark: string, depth: number): JsonValue {
  if (depth > maxDepth) throw new RangeError(`it is nested deeper than ${maxDepth} levels`);
  if (typeof value === 'string') return restoreText(value, mark);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) {
    limit(value.length, maxItems, 'items');
    return value.map((item: unknown) => restore(item, mark, depth + 1));
  }
  const entries: [string, unknown][] = Object.entries(value);
  limit(entries.length, maxItems, 'fields');
  const fields: JsonObject = Object.fromEntries(
    entries.map(([key, item]) => {
      limit(key.length, maxTextChars, 'characters');
      return [key, restore(item, mark, depth + 1)];
    }),
  );
  return fields;
}

function restoreText(text: string, mark: string): string | bigint {
  if (text.startsWith(mark)) return BigInt(text.slice(mark.length));
  limit(text.length, maxTextChars, 'characters');
  return text;
}

function limit(size: number, max: number, what: string): void {
  if (size > max) throw new RangeError(`one value has more than ${max} ${what}`);
}
