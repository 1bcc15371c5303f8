/** A node of GitHub's OpenAPI description; unknown keywords stay untyped. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}
export type Components = Readonly<Record<string, Schema>>;

const prefix = '#/components/schemas/';

export function resolve(schema: Schema, components: Components): Schema {
  if (schema.$ref === undefined) return schema;
  const found = components[schema.$ref.slice(prefix.length)];
  if (!schema.$ref.startsWith(prefix) || found === undefined) throw new Error(`no schema ${schema.$ref}`);
  return resolve(found, components);
}

/**
 * An OpenAPI 3.0 schema as a self-contained JSON Schema, with the components it needs. `strict` is for what a client sends: names that
 * GitHub does not know are refused; sizes are left to the handlers, which refuse them as GitHub does.
 */
export function standalone(schema: Schema, components: Components, strict: boolean): object {
  const needed: Record<string, unknown> = {};
  const copy = (node: unknown, alternative: boolean): unknown => {
    if (Array.isArray(node)) return node.map((item) => copy(item, alternative));
    if (typeof node !== 'object' || node === null) return node;
    const out: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(node)) {
      if (key.startsWith('x-') || ['example', 'examples', 'description', 'discriminator'].includes(key)) continue;
      if (strict && (key === 'maxLength' || key === 'maxItems')) continue;
      if (key === 'properties' && typeof value === 'object' && value !== null)
        out.properties = Object.fromEntries(Object.entries(value).map(([name, property]) => [name, copy(property, false)]));
      else out[key] = copy(value, alternative || ['oneOf', 'anyOf', 'allOf'].includes(key));
    }
    const ref = out.$ref;
    if (typeof ref === 'string') {
      const name = ref.slice(prefix.length);
      if (!(name in needed)) {
        needed[name] = true;
        needed[name] = copy(components[name], alternative);
      }
    }
    if (strict && !alternative && 'properties' in out && !('additionalProperties' in out)) out.additionalProperties = false;
    return out.nullable === true ? orNull(out) : out;
  };
  const root = copy(schema, false);
  return { allOf: [root], components: { schemas: needed } };
}

/** GitHub's enums leave out the null that `nullable` allows. */
function orNull({ nullable: _, ...schema }: Record<string, unknown>): object {
  return { anyOf: [schema, { type: 'null' }] };
}
