import { RE2JS } from 're2js';
import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../../model/json.ts';
import { formatCheck } from './formats.ts';
import type { Gaps } from './structural.ts';

/** What is expected, in words, if a value does not satisfy a keyword of a schema; undefined if it does or the keyword is not about its type. */
export type ValueCheck = (value: JsonValue) => string | undefined;

/** Checks for the keywords of a schema that are about a value itself, not about its fields or items. */
export function valueChecks(schema: JsonObject, gaps: Gaps): readonly ValueCheck[] {
  return [
    ...enumCheck(schema),
    ...lengthChecks(schema),
    ...numberChecks(schema),
    ...patternCheck(schema, gaps),
    ...formatOf(schema),
  ];
}

function enumCheck({ enum: allowed }: JsonObject): readonly ValueCheck[] {
  if (!isArray(allowed)) return [];
  const texts = new Set(allowed.map((one) => canonical(one)));
  const shown = allowed
    .slice(0, 20)
    .map((one) => stringifyJson(one))
    .join(', ');
  const expected = `one of ${shown}${allowed.length > 20 ? ' and others' : ''}`;
  return [(value) => (texts.has(canonical(value)) ? undefined : expected)];
}

/** Equal for equal values, whatever the order of keys. */
export function canonical(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return stringifyJson(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

const sizes: readonly (readonly [least: string, most: string, unit: string, sizeOf: (value: JsonValue) => number | undefined])[] =
  [
    // Characters as Go counts them: code points.
    ['minLength', 'maxLength', 'characters', (value) => (typeof value === 'string' ? [...value].length : undefined)],
    ['minItems', 'maxItems', 'items', (value) => (isArray(value) ? value.length : undefined)],
    ['minProperties', 'maxProperties', 'fields', (value) => (isObject(value) ? Object.keys(value).length : undefined)],
  ];

function lengthChecks(schema: JsonObject): readonly ValueCheck[] {
  return sizes.flatMap(([least, most, unit, sizeOf]) => {
    const [min, max] = [schema[least], schema[most]];
    return [
      ...(typeof min === 'number' ? [bound(sizeOf, (size) => size >= min, `at least ${min} ${unit}`)] : []),
      ...(typeof max === 'number' ? [bound(sizeOf, (size) => size <= max, `at most ${max} ${unit}`)] : []),
    ];
  });
}

function numberChecks({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonObject): readonly ValueCheck[] {
  const above = exclusiveMinimum === true;
  const below = exclusiveMaximum === true;
  return [
    ...(typeof minimum === 'number'
      ? [bound(numberOf, (n) => (above ? n > minimum : n >= minimum), `${above ? 'more than' : 'at least'} ${minimum}`)]
      : []),
    ...(typeof maximum === 'number'
      ? [bound(numberOf, (n) => (below ? n < maximum : n <= maximum), `${below ? 'less than' : 'at most'} ${maximum}`)]
      : []),
    ...(typeof multipleOf === 'number' && multipleOf > 0
      ? [bound(numberOf, (n) => Number.isInteger(n / multipleOf), `a multiple of ${multipleOf}`)]
      : []),
  ];
}

function numberOf(value: JsonValue): number | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

function bound(sizeOf: (value: JsonValue) => number | undefined, holds: (size: number) => boolean, expected: string): ValueCheck {
  return (value) => {
    const size = sizeOf(value);
    return size === undefined || holds(size) ? undefined : expected;
  };
}

/** RE2, as in Go. A pattern that it does not compile is refused by the API server as a part of the CustomResourceDefinition. */
function patternCheck({ pattern }: JsonObject, gaps: Gaps): readonly ValueCheck[] {
  if (typeof pattern !== 'string' || pattern === '') return [];
  try {
    const compiled = RE2JS.compile(pattern);
    const expected = `text that matches ${pattern.slice(0, 200)}`;
    return [(value) => (typeof value !== 'string' || compiled.matcher(value).find() ? undefined : expected)];
  } catch {
    gaps.add(`pattern ${JSON.stringify(pattern.slice(0, 100))}`);
    return [];
  }
}

function formatOf({ format, type }: JsonObject): readonly ValueCheck[] {
  if (typeof format !== 'string' || (type !== undefined && type !== 'string')) return [];
  const check = formatCheck(format);
  if (check === undefined) return [];
  return [(value) => (typeof value !== 'string' || check.holds(value) ? undefined : check.expected)];
}
