// What the schema engine reads of a definition: fields, types and what is required. docs/adr/0027 describes the format.

/** Types whose Go type reads JSON in its own way. */
const special = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'micro-time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'any',
};
const unions = {
  JSONSchemaPropsOrArray: { or: ['#apiextensions.v1.JSONSchemaProps', { items: '#apiextensions.v1.JSONSchemaProps' }] },
  JSONSchemaPropsOrBool: { or: ['#apiextensions.v1.JSONSchemaProps', 'boolean'] },
  JSONSchemaPropsOrStringArray: { or: ['#apiextensions.v1.JSONSchemaProps', { items: 'string' }] },
};
const known = new Set([
  ...['description', 'type', 'format', 'properties', 'required', 'items', 'additionalProperties', '$ref', 'default'],
  ...['x-kubernetes-group-version-kind', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type'],
  ...['x-kubernetes-patch-strategy', 'x-kubernetes-patch-merge-key', 'x-kubernetes-unions'],
]);

/** `core.v1.PodSpec`, and the definition. Throws for a keyword that it does not know: nothing is left out silently. */
export function reduceDefinition(name, definition) {
  const short = shortName(name);
  const union = unions[short.split('.').at(-1)];
  return [short, special[name] ?? union ?? reduce(definition, short)];
}

function shortName(name) {
  return name.split('.').slice(-3).join('.');
}

function reduce(schema, where) {
  for (const key of Object.keys(schema)) if (!known.has(key)) throw new Error(`${where} has ${key}, which is not supported`);
  const { type, format, $ref, properties, required, items, additionalProperties } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return special[name] ?? `#${shortName(name)}`;
  }
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(([key, value]) => [key, reduce(value, `${where}.${key}`)]);
    return { fields: Object.fromEntries(fields), ...(required !== undefined && { required }) };
  }
  if (type === 'array') return { items: reduce(items, `${where}[]`) };
  if (type === 'object')
    return additionalProperties === undefined ? { fields: {} } : { values: reduce(additionalProperties, `${where}{}`) };
  if (type === 'boolean') return 'boolean';
  if (type === 'integer' && (format === 'int32' || format === 'int64')) return format;
  if (type === 'number' && format === 'double') return 'number';
  if (type === 'string' && format === undefined) return 'string';
  if (type === 'string' && format === 'byte') return 'bytes';
  throw new Error(`${where} has the type ${type} ${format}, which is not supported`);
}
