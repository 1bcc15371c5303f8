import { functions, objects } from '../kubernetes/declared.ts';
import { parseType, splitTypes, type Type } from './types.ts';

/** One signature of a function. */
export interface Overload {
  /** As in cel-go, and in the tables of libraries/. */
  readonly id: string;
  /** Called on its first argument. */
  readonly member: boolean;
  readonly arguments: readonly Type[];
  readonly result: Type;
}

/** The functions that an API server declares to a policy, by name; operators are named as in cel-go (`_+_`). */
export const declaredFunctions = once(
  (): ReadonlyMap<string, readonly Overload[]> =>
    new Map(rows(functions).map(([name = '', ...overloads]) => [name, overloads.map(readOverload)])),
);

/** The fields of types that an API server declares, by the name of the type. */
export const declaredFields = once(
  (): ReadonlyMap<string, ReadonlyMap<string, Type>> =>
    new Map(rows(objects).map(([name = '', ...fields]) => [name, new Map(fields.map(readField))])),
);

/** Names of types, which are values in an expression. */
export const typeNames: ReadonlySet<string> = new Set([
  ...['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint', 'optional_type'],
  ...['google.protobuf.Duration', 'google.protobuf.Timestamp'],
  ...['net.CIDR', 'net.IP'],
]);

function rows(table: string): readonly (readonly string[])[] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split(' | '));
}

function readOverload(text: string): Overload {
  const [, id = '', member, inner = '', result = ''] = /^(\S+) (\.?)\((.*)\) (\S.*)$/.exec(text) ?? [];
  return { id, member: member === '.', arguments: splitTypes(inner).map(parseType), result: parseType(result) };
}

function readField(text: string): [string, Type] {
  const [name = '', ...type] = text.split(' ');
  return [name, parseType(type.join(' '))];
}

/** A run that evaluates no policy does not read the tables. */
function once<T>(compute: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: compute() };
    return found.value;
  };
}
