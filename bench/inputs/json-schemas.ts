import { type Shape, type Shapes, shapeIn, shapesSchema } from '../../src/engines/schema/shapes.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** Kubernetes' types as JSON Schema, as strict as the gate as far as JSON Schema can express it. */
const scalars: Readonly<Record<string, JsonSchema>> = {
  string: { type: ['string', 'null'] },
  boolean: { type: ['boolean', 'null'] },
  int32: { type: ['integer', 'null'], minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  int64: { type: ['integer', 'null'] },
  number: { type: ['number', 'null'] },
  bytes: { type: ['string', 'null'] },
  quantity: {
    type: ['string', 'number', 'null'],
    pattern: '^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$',
  },
  'int-or-string': { type: ['integer', 'string', 'null'] },
  time: { type: ['string', 'null'] },
  'micro-time': { type: ['string', 'null'] },
  any: {},
};

/** One self-contained file for each kind of a minor, named as kubeconform's `-schema-location` of the measurement expects it. */
export function jsonSchemas(text: string, minor: number): ReadonlyMap<string, string> {
  const shapes = shapesSchema.parse(JSON.parse(text));
  const files = new Map<string, string>();
  for (const [key, name] of Object.entries(shapes.kinds)) {
    const [group = '', version = '', kind = ''] = key.split('/');
    if (shapeIn(shapes, name, minor) === undefined) continue;
    const prefix = group === '' ? '' : `${group.split('.')[0]}-`;
    files.set(`${kind.toLowerCase()}-${prefix}${version}.json`, JSON.stringify(whole(shapes, name, minor)));
  }
  return files;
}

function whole(shapes: Shapes, root: string, minor: number): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const wanted = new Set([root]);
  for (const name of wanted) {
    const shape = shapeIn(shapes, name, minor);
    if (shape !== undefined) definitions[name] = schemaOf(shape, wanted);
  }
  return { $schema: 'http://json-schema.org/draft-07/schema#', $ref: `#/definitions/${root}`, definitions };
}

function schemaOf(shape: Shape, wanted: Set<string>): JsonSchema {
  if (typeof shape === 'string') {
    if (!shape.startsWith('#')) return scalars[shape] ?? {};
    wanted.add(shape.slice(1));
    return { $ref: `#/definitions/${shape.slice(1)}` };
  }
  if ('items' in shape) return { type: ['array', 'null'], items: schemaOf(shape.items, wanted) };
  if ('values' in shape) return { type: ['object', 'null'], additionalProperties: schemaOf(shape.values, wanted) };
  if ('or' in shape) return { anyOf: shape.or.map((one) => schemaOf(one, wanted)) };
  const properties = Object.fromEntries(Object.entries(shape.fields).map(([name, one]) => [name, schemaOf(one, wanted)]));
  return {
    type: ['object', 'null'],
    properties,
    additionalProperties: false,
    ...(shape.required && { required: shape.required }),
  };
}
