import { EvaluationError } from '@marcbachmann/cel-js';
import { keysOf } from '../semantics/maps.ts';
import { format } from './format.ts';
import type { CreateLibrary, Library } from './library.ts';

/**
 * cel-js counts in UTF-16 and changes the case of every letter; CEL's strings library counts code points and changes only ASCII:
 * https://github.com/google/cel-go/blob/master/ext/strings.go
 */
export const stringLibrary: CreateLibrary = (spend) => {
  /** A negative count means all. The empty string is found before each code point and at the end. */
  const replace = (text: string, from: string, to: string, count = -1n): string => {
    const parts = from === '' ? ['', ...text] : text.split(from);
    const times = from === '' ? parts.length : parts.length - 1;
    spend((times * to.length) / 10);
    const most = count < 0n || count > BigInt(times) ? times : Number(count);
    if (from === '') return parts.map((part, index) => (index < most ? part + to : part)).join('');
    return parts.map((part, index) => (index === 0 ? part : (index <= most ? to : from) + part)).join('');
  };
  return {
    ...tests,
    string_lower_ascii: (text: string) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    string_upper_ascii: (text: string) => text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()),
    string_char_at_int: (text: string, index: bigint) => {
      const points = [...text];
      return points[position(index, points)] ?? '';
    },
    string_substring_int: substring,
    string_substring_int_int: substring,
    string_index_of_string: indexOf,
    string_index_of_string_int: indexOf,
    string_last_index_of_string: (text: string, part: string) =>
      part !== '' && text.length < part.length ? -1n : lastIndexOf(text, part, undefined),
    string_last_index_of_string_int: lastIndexOf,
    string_split_string: split,
    string_split_string_int: split,
    string_replace_string_string: replace,
    string_replace_string_string_int: replace,
    string_format: (template: string, values: readonly unknown[]) => format(template, values, spend),
  };
};

/** The characters that Go's unicode.IsSpace knows. JavaScript's trim() also removes U+FEFF, and leaves U+0085. */
const space = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const leading = new RegExp(`^${space}+`);
const trailing = new RegExp(`${space}$`);

const tests: Library = {
  contains_string: (text: string, part: string) => text.includes(part),
  starts_with_string: (text: string, part: string) => text.startsWith(part),
  ends_with_string: (text: string, part: string) => text.endsWith(part),
  string_trim: trim,
  string_size: size,
  size_string: size,
  bytes_size: (bytes: Uint8Array) => BigInt(bytes.length),
  size_bytes: (bytes: Uint8Array) => BigInt(bytes.length),
  list_size: (list: readonly unknown[]) => BigInt(list.length),
  size_list: (list: readonly unknown[]) => BigInt(list.length),
  map_size: (map: object) => BigInt(keysOf(map).length),
  size_map: (map: object) => BigInt(keysOf(map).length),
  list_join: (list: readonly unknown[]) => join(list, ''),
  list_join_string: join,
  strings_quote: quote,
};

function trim(text: string): string {
  const rest = text.replace(leading, '');
  let end = rest.length;
  while (end > 0 && trailing.test(rest.charAt(end - 1))) end -= 1;
  return rest.slice(0, end);
}

/** In code points. */
function size(text: string): bigint {
  let count = 0;
  for (const _ of text) count += 1;
  return BigInt(count);
}

function join(list: readonly unknown[], separator: string): string {
  if (!list.every((item) => typeof item === 'string'))
    throw new EvaluationError('join() of a list that has other items than strings');
  return list.join(separator);
}

const escapes: Readonly<Record<string, string>> = {
  ...{ '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' },
  ...{ '\\': '\\\\', '"': '\\"' },
};

const quoted = new RegExp(`[${Object.keys(escapes).join('').replace('\\', '\\\\')}]`, 'g');

function quote(text: string): string {
  return `"${text.replaceAll(quoted, (character) => escapes[character] ?? character)}"`;
}

/** 0 to the length, both allowed. */
function position(index: bigint, points: readonly string[]): number {
  if (index < 0n || index > BigInt(points.length)) throw new EvaluationError('index out of range');
  return Number(index);
}

function substring(text: string, start: bigint, end?: bigint): string {
  const points = [...text];
  if (end !== undefined && end < start) throw new EvaluationError('invalid substring range');
  return points.slice(position(start, points), end === undefined ? undefined : position(end, points)).join('');
}

function startsAt(points: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((point, index) => points[at + index] === point);
}

function indexOf(text: string, part: string, from = 0n): bigint {
  if (part === '') return from;
  if (from < 0n) throw new EvaluationError('index out of range');
  const points = [...text];
  const wanted = [...part];
  for (let at = Number(from); at + wanted.length <= points.length; at += 1) if (startsAt(points, wanted, at)) return BigInt(at);
  return -1n;
}

/** `from` undefined: from the end. */
function lastIndexOf(text: string, part: string, from: bigint | undefined): bigint {
  const points = [...text];
  const wanted = [...part];
  if (part === '') return from ?? BigInt(points.length);
  const offset = from ?? BigInt(points.length - 1);
  if (offset < 0n) throw new EvaluationError('index out of range');
  if (offset >= BigInt(points.length)) return -1n;
  for (let at = Math.min(Number(offset), points.length - wanted.length); at >= 0; at -= 1)
    if (startsAt(points, wanted, at)) return BigInt(at);
  return -1n;
}

function split(text: string, by: string, limit = -1n): readonly string[] {
  const parts = by === '' ? [...text] : text.split(by);
  if (limit === 0n) return [];
  if (limit < 0n || BigInt(parts.length) <= limit) return parts;
  const kept = Number(limit) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(by)];
}
