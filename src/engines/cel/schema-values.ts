import { addMember, isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { type Instant, parseInstant, parseSpan, type Span } from './semantics/time.ts';

/** A value as a rule of a schema has it. */
type SelfValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Instant
  | Span
  | readonly SelfValue[]
  | { readonly [key: string]: SelfValue };

/** @param isRoot Of the whole object, rules read only apiVersion, kind and the name besides the fields of the schema. */
export function selfOf(value: JsonValue, schema: JsonObject, isRoot: boolean): SelfValue {
  if (isRoot && isObject(value)) {
    const { metadata } = value;
    const { name, generateName } = isObject(metadata) ? metadata : {};
    const shown = { ...(name !== undefined && { name }), ...(generateName !== undefined && { generateName }) };
    return { ...objectOf(value, schema), metadata: plain(shown) };
  }
  if (isArray(value)) {
    const { items } = schema;
    return value.map((item) => (isObject(items) ? selfOf(item, items, false) : plain(item)));
  }
  if (isObject(value)) return objectOf(value, schema);
  return scalarOf(value, schema);
}

function objectOf(value: JsonObject, schema: JsonObject): { readonly [key: string]: SelfValue } {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const { additionalProperties } = schema;
  const members: Record<string, SelfValue> = {};
  for (const [key, item] of Object.entries(value)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const of = own ?? additionalProperties;
    const converted = isObject(of) ? selfOf(item, of, false) : plain(item);
    addMember(members, key, converted);
    // A field has an identifier of its own if its name is not an identifier; the key of a map is the same as it is written.
    if (own !== undefined && escaped(key) !== key) addMember(members, escaped(key), converted);
  }
  return members;
}

function scalarOf(value: JsonValue, { type, format }: JsonObject): SelfValue {
  if (typeof value === 'number' || typeof value === 'bigint') return type === 'number' ? Number(value) : plain(value);
  if (typeof value !== 'string' || type !== 'string') return plain(value);
  if (format === 'duration') return parseSpan(value) ?? value;
  if (format === 'date-time') return parseInstant(value) ?? value;
  if (format === 'date') return parseInstant(`${value}T00:00:00Z`) ?? value;
  return format === 'byte' ? Uint8Array.from(Buffer.from(value, 'base64')) : value;
}

/** Integers are CEL ints. */
function plain(value: JsonValue): SelfValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const members: Record<string, SelfValue> = {};
  for (const [key, item] of Object.entries(value)) addMember(members, key, plain(item));
  return members;
}

/** Words that are not identifiers in CEL: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax */
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#available-validation-libraries */
function escaped(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}
