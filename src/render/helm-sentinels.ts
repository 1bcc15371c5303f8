import { createHmac, randomBytes } from 'node:crypto';
import type { FieldPath } from '../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { fieldsOf, isScalar } from './helm-documents.ts';

/** A value that a rendering can be asked to show. */
export interface Leaf {
  readonly path: FieldPath;
  readonly value: string | number | boolean;
}

/** A stand-in is found in what was rendered, and can be taken out of it again. */
export interface Hit {
  readonly leaf: Leaf;
  /** Nothing but this leaf. */
  readonly whole: boolean;
  /** Offset in the field's text as it was before. */
  readonly at: number;
}

export interface Sentinels {
  standIn(leaf: Leaf): JsonValue;
  /** Text as it was before. */
  clean(text: string): string;
  hits(text: string): readonly Hit[];
  /** The leaf and the line in it (from 0) that a line of the output was copied from. */
  lineHit(line: string): { readonly leaf: Leaf; readonly line: number } | undefined;
}

/**
 * Letters only, and unknown to whoever wrote the templates: they can't forge a place. With the same secret it is the same for the same
 * text, so that the same chart is rendered with the same stand-ins the next time.
 */
export function nonce(secret: string | undefined, text: string): string {
  const bytes = secret === undefined ? randomBytes(5) : createHmac('sha256', secret).update(text).digest().subarray(0, 5);
  return [...bytes].map((byte) => 'bcdfghjklmnpqrst'[byte % 16]).join('');
}

const firstNumber = 20_011;
/** Still a valid port. */
const lastNumber = 65_000;

/**
 * Stand-ins that templates treat like the value: a string keeps its text and gets a word behind it, a version gets build metadata, a
 * number becomes a number that no other field has, and so does `true`, which is as true. `rendered` is the first rendering, `word` a nonce.
 */
export function createSentinels(leaves: readonly Leaf[], rendered: string, word: string): Sentinels {
  const used = new Set(rendered.match(/\d{5}/g) ?? []);
  const numbers = new Map<string, Leaf>();
  const numberOf = new Map<Leaf, number>();
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

  function standIn(leaf: Leaf): JsonValue {
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
      const number = numbers.get(all);
      if (number !== undefined) return String(number.value);
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

/** The leaves that a stand-in can be made for. */
export function leavesOf(values: JsonObject): readonly Leaf[] {
  return fieldsOf(values).flatMap(({ path, value }) =>
    isScalar(value) && value !== null && value !== '' && typeof value !== 'bigint' ? [{ path, value }] : [],
  );
}

/** Values that change these leaves only. A list is replaced as a whole, as Helm has it. */
export function overriding(values: JsonObject, changed: ReadonlyMap<string, JsonValue>): JsonObject {
  const result = override(values, [], changed);
  return isObject(result) ? result : {};
}

function override(value: JsonValue, at: FieldPath, changed: ReadonlyMap<string, JsonValue>): JsonValue | undefined {
  const own = changed.get(JSON.stringify(at));
  if (own !== undefined) return own;
  if (isArray(value)) {
    const items = value.map((item, index) => override(item, [...at, index], changed));
    return items.every((item) => item === undefined) ? undefined : items.map((item, index) => whole(value[index], item));
  }
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const inner = override(item, [...at, key], changed);
    return inner === undefined ? [] : [[key, inner] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** An item of a list with what was not changed, too. */
function whole(before: JsonValue | undefined, after: JsonValue | undefined): JsonValue {
  if (after === undefined) return before ?? null;
  if (!isObject(before) || !isObject(after)) return after;
  const keys = Object.keys(before);
  return Object.fromEntries(keys.map((key) => [key, whole(before[key], after[key])]));
}
