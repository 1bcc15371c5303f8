import type { FieldPath } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { fieldsOf, type Shape, structOf } from './go-types.ts';

/** A field whose value the API server cannot decode. */
export interface Misfit {
  readonly path: FieldPath;
  readonly expected: string;
  readonly found: string;
}

/** More are not listed. */
const most = 20;

/**
 * Every field of a built-in kind that has another type than in Kubernetes, in the order of the manifest; of a custom resource only its metadata. null
 * counts as absent, as for the API server.
 */
export function misfitsIn(object: JsonObject): readonly Misfit[] {
  const found: Misfit[] = [];
  const struct = structOf(String(object.apiVersion), String(object.kind));
  if (struct !== undefined) look(object, { kind: 'struct', number: struct }, [], found);
  else look(object.metadata, metadataShape(), ['metadata'], found);
  return found;
}

function metadataShape(): Shape {
  const pod = structOf('v1', 'Pod');
  return (pod === undefined ? undefined : fieldsOf(pod).byName.get('metadata')?.shape) ?? { kind: 'own' };
}

function look(value: JsonValue | undefined, shape: Shape, path: FieldPath, found: Misfit[]): void {
  if (value === null || value === undefined || found.length >= most) return;
  if (shape.kind === 'pointer') look(value, shape.of, path, found);
  else if (shape.kind === 'list') {
    if (isArray(value)) for (const [index, item] of value.entries()) lookAtItem(item, shape.of, [...path, index], found);
    else found.push({ path, expected: 'a list', found: inWords(value) });
  } else if (shape.kind !== 'map' && shape.kind !== 'struct') {
    const expected = expectations[shape.kind];
    if (expected !== undefined && !isScalar(value, shape, path)) found.push({ path, expected, found: quoted(value) });
  } else if (!isObject(value)) found.push({ path, expected: 'a map', found: inWords(value) });
  else {
    const { byName } = shape.kind === 'struct' ? fieldsOf(shape.number) : { byName: undefined };
    for (const [key, item] of Object.entries(value)) {
      const inner = shape.kind === 'map' ? shape.of : byName?.get(key)?.shape;
      if (inner !== undefined) look(item, inner, [...path, key], found);
    }
  }
}

/** Unlike a field, an item that is null exists: as an empty one, which a policy can't read. */
function lookAtItem(item: JsonValue, shape: Shape, path: FieldPath, found: Misfit[]): void {
  if (item === null) found.push({ path, expected: expectations[shape.kind] ?? 'a map', found: 'null' });
  else look(item, shape, path, found);
}

/** Types that decode themselves (a time, a resource quantity) are not checked. */
const expectations: Readonly<Partial<Record<Shape['kind'], string>>> = {
  boolean: 'true or false, without quotes',
  string: 'a string',
  bytes: 'a string in Base64',
  number: 'an integer, without quotes',
};

/** The only numbers of built-in kinds that may have a fraction: those of a JSON schema in a CustomResourceDefinition. */
const fractions: ReadonlySet<string | number | undefined> = new Set(['maximum', 'minimum', 'multipleOf']);

function isScalar(value: JsonValue, { kind }: Shape, path: FieldPath): boolean {
  if (kind !== 'number') return typeof value === (kind === 'boolean' ? 'boolean' : 'string');
  return typeof value === 'bigint' || Number.isInteger(value) || (typeof value === 'number' && fractions.has(path.at(-1)));
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
