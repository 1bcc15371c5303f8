import { EvaluationError } from '@marcbachmann/cel-js';
import { format } from './format.ts';
import type { CreateLibrary } from './library.ts';

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
    functions: {
      'string.k8sLowerAscii(): string': (text: string) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()),
      'string.k8sUpperAscii(): string': (text: string) => text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()),
      'string.charAt(int): string': (text: string, index: bigint) => {
        const points = [...text];
        return points[position(index, points)] ?? '';
      },
      'string.k8sSubstring(int): string': substring,
      'string.k8sSubstring(int, int): string': substring,
      'string.k8sIndexOf(string): int': indexOf,
      'string.k8sIndexOf(string, int): int': indexOf,
      'string.k8sLastIndexOf(string): int': (text: string, part: string) =>
        part !== '' && text.length < part.length ? -1n : lastIndexOf(text, part, undefined),
      'string.k8sLastIndexOf(string, int): int': lastIndexOf,
      'string.k8sSplit(string): list<string>': split,
      'string.k8sSplit(string, int): list<string>': split,
      'string.replace(string, string): string': replace,
      'string.replace(string, string, int): string': replace,
      'string.format(list): string': (template: string, values: readonly unknown[]) => format(template, values, spend),
    },
  };
};

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
  if (from < 0n) throw new EvaluationError('index out of range');
  const points = [...text];
  const wanted = [...part];
  if (part === '') return from > BigInt(points.length) ? BigInt(points.length) : from;
  for (let at = Number(from); at + wanted.length <= points.length; at += 1) if (startsAt(points, wanted, at)) return BigInt(at);
  return -1n;
}

/** `from` undefined: from the end. */
function lastIndexOf(text: string, part: string, from: bigint | undefined): bigint {
  const points = [...text];
  const wanted = [...part];
  if (part === '') return from === undefined || from > BigInt(points.length) ? BigInt(points.length) : from;
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
