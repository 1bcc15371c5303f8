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

const sorted = <T>(record: Readonly<Record<string, T>>) => Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
/** Several on a line: a table with a line for each would be longer than a file may be. */
const rows = (list: readonly string[]) =>
  lines(Array.from({ length: Math.ceil(list.length / 8) }, (_, row) => list.slice(row * 8, row * 8 + 8).join(' | ')));
const lines = (list: readonly string[]) => `\n${list.join('\n')}\n`;

/** src/engines/cel/kubernetes/declared.ts, from what the oracle prints. */
export function declaredTable(printed: string): string {
  const { apiserver, cel, libraries, functions, macros, objects } = declarationsSchema.parse(JSON.parse(printed));
  const overloads = sorted(functions).map(([name, list]) => {
    const texts = list.map(
      ({ id, member, arguments: types, result }) => `${id} ${member ? '.' : ''}(${types.join(', ')}) ${result}`,
    );
    return `${name} | ${texts.join(' | ')}`;
  });
  const fields = sorted(objects).map(
    ([name, list]) =>
      `${name} | ${sorted(list)
        .map(([field, type]) => `${field} ${type}`)
        .join(' | ')}`,
  );
  return `// Written by test/oracle/cel.live.test.ts from k8s.io/apiserver ${apiserver} and cel-go ${cel}.

export const libraries: readonly string[] = [${libraries.map((name) => `\n  '${name}',`).join('')}\n];

/** \`name/arguments\`, with a dot in front if it is called on a value. */
export const macros: readonly string[] = [${macros.map(({ name, member, arguments: count }) => `\n  '${member ? '.' : ''}${name}/${count}',`).join('')}\n];

/** Each line: the name of a function, and of each overload its id, a dot if it is called on its first argument, the arguments and the result. */
export const functions = \`${lines(overloads)}\`;

/** Each line: the name of a type, and its fields with their types. */
export const objects = \`${lines(fields)}\`;
`;
}

/** src/engines/cel/kubernetes/fields.ts, from what the oracle prints. */
export function fieldsTable(printed: string): string {
  const { version, kinds, types } = kindsSchema.parse(JSON.parse(printed));
  return `// Written by test/oracle/cel.live.test.ts from k8s.io/api and k8s.io/apiextensions-apiserver ${version}.

/** Built-in kinds, and the number of each in \`structs\`. */
export const kinds = \`${rows(Object.entries(kinds).map(([kind, number]) => `${kind} ${number}`))}\`;

/**
 * The fields of Go types: \`name=shape\`, then \`?\` if the type is declared with omitempty, \`!\` with omitzero,
 * \`+\` with neither if the OpenAPI document requires it. Shapes:
 * s string, n number, b bool, y bytes, q quantity, i an IntOrString, d a duration, x a time or another that writes itself, #5 the struct of number 5, * pointer, [] list, {} map.
 * How a patch merges: [] replaces a list, [~] adds to a set, [name] merges items with the same name (\`protocol=TCP\`: TCP if it is absent); {!} replaces a map, and
 * @atomic marks a struct that is replaced.
 */
export const structs = \`${rows(types)}\`;
`;
}
