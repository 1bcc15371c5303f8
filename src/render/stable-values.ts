import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';

/** A value with `*` for each word that differs in another rendering of it. What differs in its shape is kept, because nothing is known about it. */
export function stableValue(value: JsonValue, other: JsonValue | undefined): JsonValue {
  if (value === other || other === undefined) return value;
  if (isArray(value)) {
    const items = isArray(other) && other.length === value.length ? other : undefined;
    return items === undefined ? value : value.map((item, index) => stableValue(item, items[index]));
  }
  if (isObject(value)) return isObject(other) ? stableObject(value, other) : value;
  if (typeof value === 'string' && typeof other === 'string') return masked(value, other, () => '*');
  return typeof value === typeof other ? '*' : value;
}

export function stableObject(value: JsonObject, other: JsonObject): JsonObject {
  const entries = Object.entries(value).map(
    ([key, item]) => [key, stableValue(item, Object.hasOwn(other, key) ? other[key] : undefined)] as const,
  );
  return Object.fromEntries(entries);
}

/** A name with `?` for each character that differs: `web-test-?????`, so that a pattern for the written name matches it. */
export function stableName(name: string, other: string): string {
  return masked(name, other, questionMarks);
}

/** Word by word if both have as many, or a text with two random words would hide what is between them. */
function masked(text: string, other: string, mask: (word: string, other: string) => string): string {
  const [words, others] = [text, other].map((one) => one.split(/([^A-Za-z0-9]+)/));
  if (words === undefined || others === undefined || words.length !== others.length) return mask(text, other);
  return words.map((word, index) => (word === others[index] ? word : mask(word, others[index] ?? ''))).join('');
}

function questionMarks(word: string, other: string): string {
  const shorter = Math.min(word.length, other.length);
  let start = 0;
  while (start < shorter && word[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && word[word.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  return word.slice(0, start) + '?'.repeat(word.length - start - end) + word.slice(word.length - end);
}

/** What kustomize appends to the name of a ConfigMap or Secret it generates: kustomize/api/hasher, `encode`. */
const hashSuffix = /-[2456789bcdfghkmt]{10}$/;

/** The name of a generated resource without its hash; undefined where it has none. */
export function withoutHash(name: string): string | undefined {
  return hashSuffix.test(name) ? name.replace(hashSuffix, (suffix) => `-${'?'.repeat(suffix.length - 1)}`) : undefined;
}
