import { components } from './openapi.ts';
import { resolve, type Schema } from './schema.ts';

/** A body as its schema wants it: the fields given, and something for each other one that is required. */
export function complete(schema: Schema, given: unknown): unknown {
  const node = resolve(schema, components());
  if (given === null) return null;
  if (Array.isArray(given)) return given.map((item) => complete(node.items ?? {}, item));
  const variant = variantOf(node, given);
  if (node.properties === undefined && variant !== undefined) return complete(variant, given);
  if (node.properties !== undefined && (given === undefined || typeof given === 'object'))
    return completeObject(node, { ...given });
  return given === undefined ? something(node) : given;
}

/** The first, or the one that has the `type` given, as of the content at a path. */
function variantOf(node: Schema, given: unknown): Schema | undefined {
  const variants = node.allOf ?? node.anyOf ?? node.oneOf ?? [];
  const type = typeof given === 'object' && given !== null && 'type' in given ? given.type : undefined;
  const named = variants.find((variant) => resolve(variant, components()).properties?.type?.enum?.includes(type));
  return named ?? variants[0];
}

function completeObject(node: Schema, given: Readonly<Record<string, unknown>>): object {
  const required = (node.required ?? []).filter((name) => !(name in given));
  const names = [...Object.keys(given), ...required];
  return Object.fromEntries(
    names.map((name) => {
      const property = node.properties?.[name];
      return [name, property === undefined ? given[name] : fieldOf(property, given[name])];
    }),
  );
}

function fieldOf(property: Schema, given: unknown): unknown {
  return given === undefined && resolve(property, components()).nullable === true ? null : complete(property, given);
}

function something(node: Schema): unknown {
  if (node.enum !== undefined) return node.enum[0];
  if (node.type === 'integer' || node.type === 'number') return 1;
  if (node.type === 'boolean') return false;
  if (node.type === 'array') return [];
  if (node.type === 'object') return {};
  if (node.format === 'uri') return 'https://github.example/x';
  return node.format === 'date-time' ? '2026-11-24T10:00:00Z' : 'x';
}
