import { addMember, isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { fieldsOf, type Shape, structOf } from './go-types.ts';
import { canonicalQuantity } from './libraries/quantity.ts';

/** A JSON value as CEL has it. */
export type CelValue = null | boolean | number | bigint | string | readonly CelValue[] | { readonly [key: string]: CelValue };

/**
 * Integers are CEL ints (bigint), other numbers doubles. An object of a built-in kind is as an API server has it, which decodes it into its Go
 * type first: a member that is null is absent; so is an empty one whose field has `omitempty`; one without `omitempty` is always there.
 * A custom resource keeps all of its members that are not null. Members that the Go type does not have are kept: they may be newer.
 */
export function toCel(value: JsonValue): CelValue {
  const struct = isObject(value) ? structOf(String(value.apiVersion), String(value.kind)) : undefined;
  return struct === undefined || !isObject(value) ? plain(value) : structValue(value, struct);
}

function plain(value: JsonValue): CelValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const members: Members = {};
  for (const key in value) {
    const item = value[key];
    if (item !== null && item !== undefined && Object.hasOwn(value, key)) addMember(members, key, plain(item));
  }
  return members;
}

type Members = Record<string, CelValue>;

function structValue(value: JsonObject, struct: number): CelValue {
  const { byName, always } = fieldsOf(struct);
  const members: Members = {};
  for (const key in value) {
    const item = value[key];
    if (item === null || item === undefined || !Object.hasOwn(value, key)) continue;
    const field = byName.get(key);
    if (field === undefined) addMember(members, key, plain(item));
    else if (!field.omitEmpty || !isEmpty(item, field.shape)) members[key] = shaped(item, field.shape);
  }
  for (const { name, shape } of always) if (!Object.hasOwn(members, name)) members[name] = zero(shape);
  return members;
}

/** The value of a type that it does not fit is left as it is: manifest-shape.ts reports it. */
function shaped(value: JsonValue, shape: Shape): CelValue {
  if (shape.kind === 'pointer') return shaped(value, shape.of);
  if (shape.kind === 'struct' && isObject(value)) return structValue(value, shape.number);
  if (shape.kind === 'list' && isArray(value)) return value.map((item) => (item === null ? null : shaped(item, shape.of)));
  if (shape.kind === 'map' && isObject(value)) {
    const members: Members = {};
    for (const [key, item] of Object.entries(value))
      addMember(members, key, item === null ? zero(shape.of) : shaped(item, shape.of));
    return members;
  }
  if (shape.kind === 'quantity' && value !== null && !isObject(value) && !isArray(value)) return canonicalQuantity(String(value));
  return plain(value);
}

function isEmpty(value: JsonValue, { kind }: Shape): boolean {
  if (kind === 'list') return isArray(value) && value.length === 0;
  if (kind === 'map') return isObject(value) && Object.keys(value).length === 0;
  if (kind === 'number') return value === 0 || value === 0n;
  if (kind === 'string' || kind === 'bytes') return value === '';
  return kind === 'boolean' && value === false;
}

function zero(shape: Shape): CelValue {
  if (shape.kind === 'struct') return structValue({}, shape.number);
  if (shape.kind === 'string') return '';
  if (shape.kind === 'number' || shape.kind === 'int-or-string') return 0n;
  if (shape.kind === 'duration') return '0s';
  if (shape.kind === 'boolean') return false;
  return shape.kind === 'quantity' ? '0' : null;
}
