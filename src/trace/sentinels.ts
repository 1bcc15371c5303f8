import { createHmac, randomBytes } from 'node:crypto';
import type { JsonValue } from '../model/json.ts';
import { isScalar } from './fields.ts';

/** A scalar of a source that may be what a field shows. */
export interface Leaf {
  readonly value: string | number | boolean;
}

/** A leaf that a field shows. */
export interface Hit<L extends Leaf> {
  readonly leaf: L;
  /** The field shows nothing but this leaf. */
  readonly whole: boolean;
  /** Offset in the field's text without sentinels. */
  readonly at: number;
}

/** Replacements for leaves that can be recognized in what is rendered with them. */
export interface Sentinels<L extends Leaf> {
  standIn(leaf: L): JsonValue;
  /** Text without sentinels: as it is without the replacements. */
  clean(text: string): string;
  hits(text: string): readonly Hit<L>[];
  /** The leaf, and the line in it (from 0), that a line of the output was copied from. */
  lineHit(line: string): { readonly leaf: L; readonly line: number } | undefined;
}

/**
 * A word that the authors of templates can't know, so that they can't forge a place. With the same secret it is the same for the same text, so
 * that the same rendering is found in the cache the next time.
 */
export function nonce(secret: string | undefined, text: string): string {
  const bytes = secret === undefined ? randomBytes(5) : createHmac('sha256', secret).update(text).digest().subarray(0, 5);
  return [...bytes].map((byte) => 'bcdfghjklmnpqrst'[byte % 16]).join('');
}

const firstNumber = 20_011;
/** Still a valid port. */
const lastNumber = 65_000;

/**
 * Sentinels that templates treat like the value: a string keeps its text and gets a word behind it, a version gets build metadata, a number
 * becomes a number that nothing else has, and so does a boolean. `rendered` is the rendering without them, `word` a nonce.
 */
export function createSentinels<L extends Leaf>(leaves: readonly L[], rendered: string, word: string): Sentinels<L> {
  const used = new Set(rendered.match(/\d{5}/g) ?? []);
  const numbers = new Map<string, L>();
  const numberOf = new Map<L, number>();
  const indexOf = new Map(leaves.map((leaf, index) => [leaf, index]));
  let next = firstNumber;
  for (const leaf of leaves) {
    if (typeof leaf.value === 'string' && !/^\d+$/.test(leaf.value)) continue;
    while (used.has(String(next))) next += 1;
    if (next > lastNumber) break;
    numbers.set(String(next), leaf);
    numberOf.set(leaf, next);
    next += 1;
  }
  const token = new RegExp(`q${word}(\\d+)z|[-+_.]?v${word}(\\d+)z| #@@${word}(\\d+)\\.\\d+|(?<!\\d)\\d{5}(?!\\d)`, 'g');

  function standIn(leaf: L): JsonValue {
    const { value } = leaf;
    const number = numberOf.get(leaf);
    if (number !== undefined) return typeof value === 'string' ? String(number) : number;
    if (typeof value !== 'string') return value;
    const index = indexOf.get(leaf) ?? 0;
    if (value.includes('\n')) {
      return value
        .split('\n')
        .map((line, at) => (line.trim() === '' ? line : `${line} #@@${word}${index}.${at}`))
        .join('\n');
    }
    return /^v?\d+\.\d+\.\d+$/.test(value) ? `${value}+v${word}${index}z` : `${value}q${word}${index}z`;
  }

  const clean = (text: string): string =>
    text.replaceAll(token, (all: string) => {
      const leaf = numbers.get(all);
      if (leaf !== undefined) return String(leaf.value);
      return /^\d/.test(all) ? all : '';
    });

  return {
    standIn,
    clean,
    hits: (text) =>
      [...text.matchAll(token)].flatMap((match) => {
        const index = match[1] ?? match[2] ?? match[3];
        const leaf = numbers.get(match[0]) ?? (index === undefined ? undefined : leaves[Number(index)]);
        return leaf === undefined
          ? []
          : [{ leaf, whole: text.trimEnd() === String(standIn(leaf)).trimEnd(), at: clean(text.slice(0, match.index)).length }];
      }),
    lineHit(line) {
      const match = new RegExp(` #@@${word}(\\d+)\\.(\\d+)`).exec(line);
      const leaf = match === null ? undefined : leaves[Number(match[1])];
      return leaf === undefined ? undefined : { leaf, line: Number(match?.[2]) };
    },
  };
}

export function isFalsy({ value }: Leaf): boolean {
  return value === false || value === 0;
}

/** For one leaf that is `false` or 0, if nothing that is true in an `if` renders the same documents: the other one of the two. */
export function falsySentinel<L extends Leaf>(leaf: L): Sentinels<L> {
  const other = leaf.value === false ? 0 : false;
  const isIt = (text: string): boolean => text === String(other);
  return {
    standIn: () => other,
    clean: (text) => (isIt(text) ? String(leaf.value) : text),
    hits: (text) => (isIt(text) ? [{ leaf, whole: true, at: 0 }] : []),
    lineHit: () => undefined,
  };
}

/** What a sentinel can stand for. */
export function canMark(value: JsonValue | undefined): value is Leaf['value'] {
  return isScalar(value) && value !== null && value !== '' && typeof value !== 'bigint';
}
