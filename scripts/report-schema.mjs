// Generates the file in schemas/ and the table of fields in docs/reports.md from the JSON Schema of the report. Pure, so that a test can
// check whether the committed files are up to date.

export const schemaFile = 'schemas/report.schema.json';
export const docsFile = 'docs/reports.md';
const begin = '<!-- begin fields: made by scripts/generate-schemas.mjs -->';
const end = '<!-- end fields -->';

export function schemaText(schema) {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The docs with an updated table between the markers. Throws if the markers are missing. */
export function docsText(docs, schema) {
  const [from, to] = [docs.indexOf(begin), docs.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${docsFile}: the markers around the table of fields are missing`);
  return `${docs.slice(0, from + begin.length)}\n\n${fieldTable(schema)}\n${docs.slice(to)}`;
}

/** One row per field, nested ones below their parent. */
export function fieldTable(schema, required = 'Always there') {
  const rows = fieldRows(schema, '').map(
    ({ name, type, required, text }) => `| \`${name}\` | ${type} | ${required ? 'yes' : 'no'} | ${text} |\n`,
  );
  return `| Field | Type | ${required} | Meaning |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}

function fieldRows(schema, prefix) {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants?.some((variant) => variant.properties)) return variants.flatMap((variant) => variantRows(variant, prefix));
  if (schema.items) return fieldRows(schema.items, `${prefix}[]`);
  if (schema.type === 'object' && schema.propertyNames) return fieldRows(schema.additionalProperties, `${prefix}.*`);
  return Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    const required = (schema.required ?? []).includes(key);
    return [
      { name, type: typeOf(part), required, text: (part.description ?? '').replaceAll('|', '\\|') },
      ...fieldRows(part, name),
    ];
  });
}

/** The fields of one kind of a union, named by its discriminator: `subject(image).reference`. */
function variantRows(variant, prefix) {
  const key = discriminator(variant);
  if (key === undefined) return fieldRows(variant, prefix);
  const name = `${prefix}(${variant.properties[key].const})`;
  return fieldRows(variant, name).filter((row) => row.name !== `${name}.${key}`);
}

function discriminator(variant) {
  return ['kind', 'status'].find((key) => variant.properties?.[key]?.const !== undefined);
}

function typeOf(schema) {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.length > 6 ? 'one of a closed list' : schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  if (schema.oneOf) return `object, by \`${discriminator(schema.oneOf[0]) ?? 'kind'}\``;
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.format === 'date-time') return 'time (RFC 3339)';
  return schema.type ?? 'any JSON';
}
