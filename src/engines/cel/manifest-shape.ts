import type { FieldPath } from '../../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../../model/json.ts';

/** The type of a field of the API. Fields that are not named are not checked. */
export type Shape =
  | 'boolean'
  | 'string'
  | 'integer'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

/** A field whose value the API server cannot decode. */
export interface Misfit {
  readonly path: FieldPath;
  readonly expected: string;
  readonly found: string;
}

/** More are not listed. */
const most = 20;

/** Every field that has another type. null counts as absent, as for the API server. */
export function misfitsIn(value: JsonValue, shape: Shape): readonly Misfit[] {
  const found: Misfit[] = [];
  look(value, shape, [], found);
  return found;
}

function look(value: JsonValue | undefined, shape: Shape, path: FieldPath, found: Misfit[]): void {
  if (value === null || value === undefined || found.length >= most) return;
  if (typeof shape === 'string') {
    if (!isScalar(value, shape)) found.push({ path, expected: expectations[shape], found: quoted(value) });
  } else if ('list' in shape) {
    if (isArray(value)) for (const [index, item] of value.entries()) lookAtItem(item, shape.list, [...path, index], found);
    else found.push({ path, expected: 'a list', found: inWords(value) });
  } else if (!isObject(value)) found.push({ path, expected: 'a map', found: inWords(value) });
  else if ('map' in shape) for (const [key, item] of Object.entries(value)) look(item, shape.map, [...path, key], found);
  else {
    for (const [key, inner] of Object.entries(shape.fields))
      if (Object.hasOwn(value, key)) look(value[key], inner, [...path, key], found);
  }
}

/** Unlike a field, an item that is null exists: as an empty one, which a policy can't read. */
function lookAtItem(item: JsonValue, shape: Shape, path: FieldPath, found: Misfit[]): void {
  if (item === null) found.push({ path, expected: typeof shape === 'string' ? expectations[shape] : 'a map', found: 'null' });
  else look(item, shape, path, found);
}

const expectations = {
  boolean: 'true or false, without quotes',
  string: 'a string',
  integer: 'an integer, without quotes',
} as const;

function isScalar(value: JsonValue, shape: 'boolean' | 'string' | 'integer'): boolean {
  if (shape === 'integer') return typeof value === 'bigint' || Number.isInteger(value);
  return typeof value === shape;
}

/** The value of a string that should be a flag or a number, which cannot be a secret. */
function quoted(value: JsonValue): string {
  return typeof value === 'string' ? `the string ${JSON.stringify(value.slice(0, 40))}` : inWords(value);
}

function inWords(value: JsonValue): string {
  if (isArray(value)) return 'a list';
  if (isObject(value)) return 'a map';
  return typeof value === 'string' ? 'a string' : typeof value === 'boolean' ? 'a boolean' : 'a number';
}
