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

const shape: z.ZodType<Shape> = z.lazy(() =>
  z.union([
    z.enum(scalars),
    z.templateLiteral(['#', z.string()]),
    z.strictObject({ fields: z.record(z.string(), shape), required: z.array(z.string()).optional() }),
    z.strictObject({ items: shape }),
    z.strictObject({ values: shape }),
    z.strictObject({ or: z.array(shape) }),
  ]),
);

/** Where the shapes of a Kubernetes minor are from: the hash is that of the Go module, as in go.sum. */
const source = z.strictObject({ minor: z.int(), module: z.string(), version: z.string(), sum: z.string().startsWith('h1:') });

/** The whole file: kinds as `apps/v1/Deployment`, and each definition by the minor from which on it has this shape. */
export const shapesSchema = z.strictObject({
  sources: z.array(source).min(1),
  kinds: z.record(z.string(), z.string()),
  definitions: z.record(z.string(), z.record(z.string().regex(/^\d+$/), shape.nullable())),
});
export type Shapes = z.infer<typeof shapesSchema>;
