import type { Environment } from '@marcbachmann/cel-js';
import { EvaluationError } from '@marcbachmann/cel-js';
import { type Matcher, RE2JS } from 're2js';
import { spend, weigh } from './budget.ts';

/** Kubernetes bounds the cost of a pattern by its length. */
const patternLength = 2_000;
const patterns = new Map<string, RE2JS>();

function pattern(text: string): RE2JS {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  if (text.length > patternLength) throw new EvaluationError(`a pattern is longer than ${patternLength} characters`);
  try {
    const compiled = RE2JS.compile(text);
    if (patterns.size > 1_000) patterns.clear();
    patterns.set(text, compiled);
    return compiled;
  } catch (thrown) {
    throw new EvaluationError(`not a pattern of RE2: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/** Kubernetes' cost of a match: the length of the text times that of the pattern; here what the pattern becomes, `(a{100}){10}` being long. */
function search(text: string, regex: string): Matcher {
  const compiled = pattern(regex);
  spend((text.length * compiled.programSize()) / 40);
  return compiled.matcher(text);
}

function findAll(text: string, regex: string, limit: bigint): readonly string[] {
  const matcher = search(text, regex);
  const found: string[] = [];
  while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return found;
}

export function registerStrings(environment: Environment): void {
  const matches = (text: string, regex: string): boolean => search(text, regex).find();
  environment.registerFunction('string.k8sMatches(string): bool', matches);
  environment.registerFunction('k8sMatches(string, string): bool', matches);
  environment.registerFunction('string.find(string): string', (text: string, regex: string) => findAll(text, regex, 1n)[0] ?? '');
  environment.registerFunction('string.findAll(string): list<string>', (text: string, regex: string) =>
    findAll(text, regex, -1n),
  );
  environment.registerFunction('string.findAll(string, int): list<string>', findAll);
  environment.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    replaceSome(text, from, to, -1n),
  );
  environment.registerFunction('string.replace(string, string, int): string', replaceSome);
  environment.registerFunction('string.format(list): string', format);
}

/** A negative count is no bound. The empty text is found before each code point and at the end. */
function replaceSome(text: string, from: string, to: string, count: bigint): string {
  const parts = from === '' ? ['', ...text] : text.split(from);
  const times = from === '' ? parts.length : parts.length - 1;
  spend((times * to.length) / 10);
  const bound = count < 0n || count > BigInt(times) ? times : Number(count);
  if (from === '') return parts.map((part, index) => (index < bound ? part + to : part)).join('');
  return parts.map((part, index) => (index === 0 ? part : (index <= bound ? to : from) + part)).join('');
}

/** `%s`, `%d`, `%f`, `%x`, `%b`, `%o` and `%%` of CEL's format; anything else is an error. */
function format(template: string, values: readonly unknown[]): string {
  let next = 0;
  return template.replaceAll(/%(?:\.(\d+))?([\s\S]?)/g, (_found: string, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (next >= values.length) throw new EvaluationError('format: more placeholders than values');
    const value = values[next];
    next += 1;
    return formatOne(verb, value, precision);
  });
}

function formatOne(verb: string, value: unknown, precision: string | undefined): string {
  spend(weigh(value));
  if (verb === 's') return show(value);
  if (verb === 'd' && (typeof value === 'bigint' || typeof value === 'number')) return value.toString();
  if (verb === 'f' && (typeof value === 'bigint' || typeof value === 'number'))
    return Number(value).toFixed(Number(precision ?? 6));
  const base = { b: 2, o: 8, x: 16 }[verb];
  if (base !== undefined && typeof value === 'bigint') return value.toString(base);
  if (verb === 'X' && typeof value === 'bigint') return value.toString(16).toUpperCase();
  throw new EvaluationError(`format: %${verb} does not take such a value`);
}

/** Texts inside a list or map are quoted, keys sorted: https://github.com/google/cel-go/blob/master/ext/formatting.go */
function show(value: unknown, quoted = false): string {
  if (typeof value === 'string') return quoted ? JSON.stringify(value) : value;
  if (Array.isArray(value)) return `[${value.map((item) => show(item, true)).join(', ')}]`;
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${show(item, true)}`)
      .sort()
      .join(', ')}}`;
  }
  return String(value);
}

type Comparable = bigint | number | string | boolean;

function comparable(value: unknown): Comparable {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return value;
  throw new EvaluationError('a list of such values has no order');
}

export function same(left: unknown, right: unknown): boolean {
  spend(1);
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    spend(weigh(left) + weigh(right));
    return show(left) === show(right);
  }
  if ((typeof left === 'bigint' && typeof right === 'number') || (typeof left === 'number' && typeof right === 'bigint'))
    return Number(left) === Number(right);
  return left === right;
}

export function registerLists(environment: Environment): void {
  const holds = (list: readonly unknown[], item: unknown): boolean => list.some((one) => same(one, item));
  environment.registerFunction('list.isSorted(): bool', (list: readonly unknown[]) =>
    list.map(comparable).every((item, index, all) => index === 0 || !((all[index - 1] ?? item) > item)),
  );
  environment.registerFunction('list.sum(): dyn', (list: readonly unknown[]) => {
    if (list.every((item) => typeof item === 'bigint')) return list.reduce((sum: bigint, item) => sum + item, 0n);
    if (list.every((item) => typeof item === 'number')) return list.reduce((sum: number, item) => sum + item, 0);
    throw new EvaluationError('sum() takes a list of numbers of one type');
  });
  environment.registerFunction('list.min(): dyn', (list: readonly unknown[]) => extreme(list, (a, b) => a < b));
  environment.registerFunction('list.max(): dyn', (list: readonly unknown[]) => extreme(list, (a, b) => a > b));
  environment.registerFunction('list.k8sIndexOf(dyn): int', (list: readonly unknown[], item: unknown) =>
    BigInt(list.findIndex((one) => same(one, item))),
  );
  environment.registerFunction('list.k8sLastIndexOf(dyn): int', (list: readonly unknown[], item: unknown) =>
    BigInt(list.findLastIndex((one) => same(one, item))),
  );
  environment.registerFunction('list.distinct(): list<dyn>', (list: readonly unknown[]) =>
    list.filter((item, index) => list.findIndex((one) => same(one, item)) === index),
  );
  class SetsNamespace {}
  environment.registerType('SetsNamespace', SetsNamespace);
  environment.registerConstant('sets', 'SetsNamespace', new SetsNamespace());
  const contains = (list: readonly unknown[], items: readonly unknown[]): boolean => items.every((item) => holds(list, item));
  environment.registerFunction(
    'SetsNamespace.contains(list, list): bool',
    (_sets: unknown, list: readonly unknown[], items: readonly unknown[]) => contains(list, items),
  );
  environment.registerFunction(
    'SetsNamespace.intersects(list, list): bool',
    (_sets: unknown, list: readonly unknown[], items: readonly unknown[]) => items.some((item) => holds(list, item)),
  );
  environment.registerFunction(
    'SetsNamespace.equivalent(list, list): bool',
    (_sets: unknown, list: readonly unknown[], items: readonly unknown[]) => contains(list, items) && contains(items, list),
  );
}

function extreme(list: readonly unknown[], better: (a: Comparable, b: Comparable) => boolean): Comparable {
  const [first, ...rest] = list.map(comparable);
  if (first === undefined) throw new EvaluationError('min() and max() take a list that is not empty');
  return rest.reduce((best, item) => (better(item, best) ? item : best), first);
}
