import * as z from 'zod';

/** The keys that a schema allows at a place, for "did you mean": looked up in its JSON schema, so that there is no second list to keep. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let nodes: readonly unknown[] = [z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })];
  for (const step of path) nodes = nodes.flatMap(alternatives).flatMap((node) => descend(node, step));
  return nodes.flatMap(alternatives).flatMap((node) => Object.keys(record(record(node).properties)));
}

function alternatives(node: unknown): readonly unknown[] {
  const { anyOf, oneOf } = record(node);
  return [node, ...(Array.isArray(anyOf) ? anyOf : []), ...(Array.isArray(oneOf) ? oneOf : [])];
}

function descend(node: unknown, step: PropertyKey): readonly unknown[] {
  const { properties, additionalProperties, items } = record(node);
  const child = typeof step === 'number' ? items : (record(properties)[String(step)] ?? additionalProperties);
  return child === undefined ? [] : [child];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}
