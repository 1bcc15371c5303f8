import * as z from 'zod';

/** Types whose values the API server reads in a way of their own. */
export const scalars = [
  ...(['string', 'boolean', 'int32', 'int64', 'number', 'bytes'] as const),
  ...(['quantity', 'int-or-string', 'time', 'micro-time', 'any'] as const),
] as const;
export type Scalar = (typeof scalars)[number];

/** `#core.v1.PodSpec`: a definition. */
type Reference = `#${string}`;

/** A type as openapi/kubernetes.json has it; scripts/schemas/reduce.mjs writes it. */
export type Shape = Scalar | Reference | ObjectShape | ListShape | MapShape | UnionShape;
export interface ObjectShape {
  readonly fields: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[] | undefined;
}
interface ListShape {
  readonly items: Shape;
}
interface MapShape {
  readonly values: Shape;
}
interface UnionShape {
  readonly or: readonly Shape[];
}

const shapeSchema: z.ZodType<Shape> = z.lazy(() =>
  z.union([
    z.enum(scalars),
    z.templateLiteral(['#', z.string()]),
    z.strictObject({ fields: z.record(z.string(), shapeSchema), required: z.array(z.string()).optional() }),
    z.strictObject({ items: shapeSchema }),
    z.strictObject({ values: shapeSchema }),
    z.strictObject({ or: z.array(shapeSchema) }),
  ]),
);

/** Where the shapes of a Kubernetes minor are from: the hash is that of the Go module, as in go.sum. */
const source = z.strictObject({ minor: z.int(), module: z.string(), version: z.string(), sum: z.string().startsWith('h1:') });

/** The whole file: kinds as `apps/v1/Deployment`, and each definition by the minor from which on it has this shape. */
export const shapesSchema = z.strictObject({
  sources: z.array(source).min(1),
  kinds: z.record(z.string(), z.string()),
  definitions: z.record(z.string(), z.record(z.string().regex(/^\d+$/), z.unknown())),
});
export type Shapes = z.infer<typeof shapesSchema>;

/**
 * The shape that a definition has in a minor: that of the newest minor up to it; undefined if it has none. Each is parsed when it is used: a run
 * uses a tenth of them, and to parse all takes longer than anything else that the engine does at its start. Throws ZodError.
 */
export function shapeIn({ definitions }: Shapes, name: string, minor: number): Shape | undefined {
  const history = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  let found: unknown;
  for (const [from, raw] of Object.entries(history ?? {})) if (Number(from) <= minor) found = raw;
  return found === undefined || found === null ? undefined : shapeSchema.parse(found);
}
