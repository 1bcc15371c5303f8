import * as z from 'zod';

const overloadSchema = z.object({
  id: z.string(),
  member: z.boolean().default(false),
  arguments: z.array(z.string()),
  result: z.string(),
});
const declarationsSchema = z.object({
  apiserver: z.string(),
  cel: z.string(),
  libraries: z.array(z.string()),
  functions: z.record(z.string(), z.array(overloadSchema)),
  macros: z.array(z.object({ name: z.string(), member: z.boolean().default(false), arguments: z.number() })),
  objects: z.record(z.string(), z.record(z.string(), z.string())),
});
const kindsSchema = z.object({ version: z.string(), kinds: z.record(z.string(), z.number()), types: z.array(z.string()) });

const sorted = <T>(record: Readonly<Record<string, T>>) =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** src/engines/cel/kubernetes/declared.json, from what the oracle prints. */
export function declaredTable(printed: string): string {
  const { apiserver, cel, libraries, functions, macros, objects } = declarationsSchema.parse(JSON.parse(printed));
  const overloads = Object.entries(functions).map(([name, list]): [string, readonly string[]] => [
    name,
    list.map(({ id, member, arguments: types, result }) => `${id} ${member ? '.' : ''}(${types.join(', ')}) ${result}`),
  ]);
  return json({
    apiserver,
    cel,
    libraries,
    // `name/arguments`, with a dot in front if it is called on a value.
    macros: macros.map(({ name, member, arguments: count }) => `${member ? '.' : ''}${name}/${count}`),
    functions: sorted(Object.fromEntries(overloads)),
    objects: sorted(Object.fromEntries(Object.entries(objects).map(([name, fields]) => [name, sorted(fields)]))),
  });
}

/** src/engines/cel/kubernetes/fields.json, from what the oracle prints. */
export function fieldsTable(printed: string): string {
  const { version, kinds, types } = kindsSchema.parse(JSON.parse(printed));
  return json({ version, kinds, structs: types });
}
