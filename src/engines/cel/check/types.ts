import { memoize } from '../../../model/memoize.ts';

/**
 * A type of CEL as cel-go's checker has it: https://github.com/google/cel-go/blob/v0.26.0/common/types/types.go.
 * `object` has fields that are declared; `opaque` has only functions; `param` is a type to be found (`<T>`).
 */
export interface Type {
  readonly kind: 'dyn' | 'error' | 'null' | 'list' | 'map' | 'type' | 'object' | 'opaque' | 'primitive' | 'time' | 'param';
  readonly name: string;
  readonly parameters: readonly Type[];
}

const plain = (kind: Type['kind'], name: string): Type => ({ kind, name, parameters: [] });
export const dyn = plain('dyn', 'dyn');
/** What has been reported already: accepted everywhere. */
export const error = plain('error', '!error!');
export const nullType = plain('null', 'null_type');
export const bool = plain('primitive', 'bool');
export const int = plain('primitive', 'int');
export const string = plain('primitive', 'string');
export const listOf = (item: Type): Type => ({ kind: 'list', name: 'list', parameters: [item] });
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', name: 'map', parameters: [key, value] });
export const typeOf = (type: Type): Type => ({ kind: 'type', name: 'type', parameters: [type] });
export const optionalOf = (value: Type): Type => ({ kind: 'opaque', name: 'optional_type', parameters: [value] });
export const param = (name: string): Type => plain('param', name);

const primitives = ['bool', 'bytes', 'double', 'int', 'string', 'uint'];
const times = ['google.protobuf.Duration', 'google.protobuf.Timestamp'];
/** Types whose fields are declared; cel-go takes `kubernetes.Semver` and `kubernetes.NamedFormat` for objects as well. */
const objects = /^kubernetes\.(?:AdmissionRequest|GroupVersion|UserInfo|Namespace|NamedFormat|Semver|URL$|Quantity$)/;

/** Reads a type as the tables write it: `map(string, <V>)`. */
export const parseType = memoize((text): Type => {
  const [, name = text, inner] = /^([\w.]+)\((.*)\)$/.exec(text) ?? [];
  if (text.startsWith('<')) return param(text.slice(1, -1));
  const parameters = inner === undefined ? [] : splitTypes(inner).map(parseType);
  if (name === 'list' || name === 'map' || name === 'type') return { kind: name, name, parameters };
  if (name === 'dyn') return dyn;
  if (name === 'null_type') return nullType;
  const kind = primitives.includes(name) ? 'primitive' : times.includes(name) ? 'time' : objects.test(name) ? 'object' : 'opaque';
  return { kind, name, parameters };
});

/** `string, map(string, dyn)` -> two texts. */
export function splitTypes(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const character = text[at];
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character !== undefined && (character !== ',' || depth > 0)) continue;
    parts.push(text.slice(start, at).trim());
    start = at + 1;
  }
  return parts.filter((part) => part !== '');
}

export function textOf({ kind, name, parameters }: Type): string {
  if (kind === 'param') return `<${name}>`;
  return parameters.length === 0 ? name : `${name}(${parameters.map(textOf).join(', ')})`;
}

export function isSame(one: Type, other: Type): boolean {
  return (
    one === other ||
    (one.kind === other.kind &&
      one.name === other.name &&
      one.parameters.length === other.parameters.length &&
      one.parameters.every((item, index) => isSame(item, other.parameters[index] ?? error)))
  );
}

/** The value type of an optional one; undefined if it is not optional. */
export function optionalValue({ kind, name, parameters }: Type): Type | undefined {
  return kind === 'opaque' && name === 'optional_type' ? parameters[0] : undefined;
}
