import { memoize } from '../../../model/memoize.ts';
import { once } from '../../../model/once.ts';
import declared from '../kubernetes/declared.json' with { type: 'json' };
import { parseType, splitTypes, type Type } from './types.ts';

/** One signature of a function. */
export interface Overload {
  /** As in cel-go, and in the tables of libraries/. */
  readonly id: string;
  /** Called on its first argument. */
  readonly member: boolean;
  readonly arguments: readonly Type[];
  readonly result: Type;
  /** Some of its types are found from the arguments of a call: `list(<T>)`. */
  readonly generic: boolean;
}

/** Written by test/oracle/cel.live.test.ts. Each overload: its id, a dot if it is called on its first argument, the arguments and the result. */
const functions = new Map<string, readonly string[]>(Object.entries(declared.functions));

/** The functions that an API server declares to a policy; operators are named as in cel-go (`_+_`). */
export function declaredFunctions(): readonly string[] {
  return [...functions.keys()];
}

/** The library of mutations, which the API server adds to their expressions only: pkg/cel/library/jsonpatch.go. */
const patchFunctions = new Map([['jsonpatch.escapeKey', ['string_jsonpatch_escapeKey_string (string) string']]]);

export function isPatchFunction(name: string): boolean {
  return patchFunctions.has(name);
}

/** Undefined for a function that is not declared. */
export const overloadsOf = memoize((name): readonly Overload[] | undefined =>
  (functions.get(name) ?? patchFunctions.get(name))?.map(readOverload),
);

/** The fields of types that an API server declares, by the name of the type. */
export const declaredFields = once(
  (): ReadonlyMap<string, ReadonlyMap<string, Type>> =>
    new Map(
      Object.entries(declared.objects).map(([name, fields]) => [
        name,
        new Map(Object.entries(fields).map(([field, type]) => [field, parseType(type)])),
      ]),
    ),
);

/** Names of types, which are values in an expression. */
export const typeNames: ReadonlySet<string> = new Set([
  ...['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint', 'optional_type'],
  ...['google.protobuf.Duration', 'google.protobuf.Timestamp'],
  ...['net.CIDR', 'net.IP'],
]);

function readOverload(text: string): Overload {
  const [, id = '', member, inner = '', result = ''] = /^(\S+) (\.?)\((.*)\) (\S.*)$/.exec(text) ?? [];
  const given = splitTypes(inner).map(parseType);
  return { id, member: member === '.', arguments: given, result: parseType(result), generic: text.includes('<') };
}
