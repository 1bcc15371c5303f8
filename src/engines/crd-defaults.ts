import { addMember, isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';

/** With the default values of a structural schema, which an API server sets before it validates. */
export function defaulted(value: JsonValue, schema: JsonObject): JsonValue {
  if (isArray(value)) {
    const { items } = schema;
    return isObject(items) ? value.map((item) => defaulted(item, items)) : value;
  }
  if (!isObject(value)) return value;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const { additionalProperties } = schema;
  const members: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value)) {
    const of = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    // A null that is not allowed is the same as a missing field.
    if (item === null && isObject(of) && of.nullable !== true) continue;
    addMember(members, key, isObject(of) ? defaulted(item, of) : item);
  }
  for (const [key, of] of Object.entries(properties))
    if (isObject(of) && of.default !== undefined && !Object.hasOwn(members, key))
      addMember(members, key, defaulted(of.default, of));
  return members;
}
