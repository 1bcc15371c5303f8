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

/** One row per field, nested ones below their parent. The fields of a shape that occurs several times are listed once. */
export function fieldTable(schema, required = 'Always present') {
  const rows = fieldRows(schema, '', firstNames(schema)).map(
    ({ name, type, required, text }) => `| \`${name}\` | ${type} | ${required ? 'yes' : 'no'} | ${text} |\n`,
  );
  return `| Field | Type | ${required} | Meaning |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}

/** A text in a table of a page in docs/, with links to other pages. */
export const cell = (text) =>
  text
    .replaceAll('|', '\\|')
    .replaceAll(/\bdocs\/([a-z-]+)\.md\b/g, '[$1]($1.md)')
    .replaceAll('\n', ' ')
    .trim();

/** The name under which the fields of each shape are listed: the least nested, of these the first. */
function firstNames(schema) {
  const names = new Map();
  const depth = (name) => name.split('.').length;
  for (const { name, shape } of fieldRows(schema, '').toSorted((one, other) => depth(one.name) - depth(other.name)))
    if (!names.has(shape)) names.set(shape, name);
  return names;
}

/** Equal for fields that have the same fields, alone or in a list. */
function shapeOf({ description, ...schema }) {
  return schema.items ? shapeOf(schema.items) : JSON.stringify(schema);
}

function fieldRows(schema, prefix, names) {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants?.some((variant) => variant.properties)) return variantsRows(variants, prefix, names);
  if (schema.items) return fieldRows(schema.items, `${prefix}[]`, names);
  if (schema.type === 'object' && schema.propertyNames) return fieldRows(schema.additionalProperties, `${prefix}.*`, names);
  return Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    const shape = shapeOf(part);
    const nested = fieldRows(part, name, names);
    const same = names?.get(shape) ?? name;
    const isListed = same === name || nested.length < 2;
    const text = cell(part.description ?? '');
    const reference = isListed || text.includes(`as in \`${same}\``) ? '' : `Fields as in \`${same}\`.`;
    return [
      {
        name,
        shape,
        type: typeOf(part),
        required: (schema.required ?? []).includes(key),
        text: [text, reference].filter((sentence) => sentence !== '').join(' '),
      },
      ...(isListed ? nested : []),
    ];
  });
}

/** The fields of each kind of a union. A list of another kind has the same fields. */
function variantsRows(variants, prefix, names) {
  const isRepeated = (variant) => variant.items && variants.some((other) => shapeOf(other) === shapeOf(variant) && !other.items);
  return variants.filter((variant) => !isRepeated(variant)).flatMap((variant) => variantRows(variant, prefix, names));
}

/** The fields of one kind of a union, named by its discriminator: `subject(image).reference`. */
function variantRows(variant, prefix, names) {
  const key = discriminator(variant);
  if (key === undefined) return fieldRows(variant, prefix, names);
  const name = `${prefix}(${variant.properties[key].const})`;
  return fieldRows(variant, name, names).filter((row) => row.name !== `${name}.${key}`);
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
