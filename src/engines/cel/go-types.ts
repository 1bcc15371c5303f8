import { memoize } from '../../model/memoize.ts';
import data from './kubernetes/fields.json' with { type: 'json' };

/** The type of a field, as Go declares it. `own`: the type writes itself (a time). */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'bytes' | 'quantity' | 'int-or-string' | 'duration' | 'own' }
  | { readonly kind: 'pointer'; readonly of: Shape }
  | { readonly kind: 'list'; readonly of: Shape; readonly merge: ListMerge }
  /** `atomic`: a patch replaces it. */
  | { readonly kind: 'map'; readonly of: Shape; readonly atomic: boolean }
  | { readonly kind: 'struct'; readonly number: number };
/** How a patch merges with a list: it replaces it, adds to a set, or changes the items with the same keys. */
export type ListMerge = 'atomic' | 'set' | readonly ListKey[];
export interface ListKey {
  readonly name: string;
  /** Used for an item without it. */
  readonly default: string;
}
interface Field {
  readonly name: string;
  readonly shape: Shape;
  /** An empty value is left out. */
  readonly omitEmpty: boolean;
}
interface Fields {
  readonly byName: ReadonlyMap<string, Field>;
  /**
   * Those that are always written: without omitempty and omitzero, and structs, which are never empty to omitempty. A field that is required
   * is not among them: an API server refuses an object without it before it evaluates a policy.
   */
  readonly always: readonly Field[];
  /** A patch replaces the whole struct. */
  readonly atomic: boolean;
}

/**
 * The number of the struct of each built-in kind, and the fields of Go types: `name=shape`, then `?` if the type is declared with omitempty, `!`
 * with omitzero, `+` with neither if the OpenAPI document requires it. Shapes: s string, n number, b bool, y bytes, q quantity, i an IntOrString,
 * d a duration, x a time or another that writes itself, #5 the struct of number 5, * pointer, [] list, {} map. How a patch merges: [] replaces a
 * list, [~] adds to a set, [name] merges items with the same name (`protocol=TCP`: TCP if it is absent); {!} replaces a map, and @atomic marks a
 * struct that is replaced. Written by test/oracle/cel.live.test.ts.
 */
const { kinds, structs }: { readonly kinds: Readonly<Record<string, number>>; readonly structs: readonly string[] } = data;

/** The number of the struct of a built-in kind. */
export function structOf(apiVersion: string, kind: string): number | undefined {
  const key = `${apiVersion} ${kind}`;
  return Object.hasOwn(kinds, key) ? kinds[key] : undefined;
}

export const fieldsOf = memoize((struct: number): Fields => readFields(structs[struct] ?? ''));

function readFields(text: string): Fields {
  const always: Field[] = [];
  const byName = new Map<string, Field>();
  for (const part of text.split(' ')) {
    const [, name = '', shape = '', omit] = /^([^=]+)=(.+?)([?!+])?$/.exec(part) ?? [];
    if (name === '') continue;
    const field = { name, shape: readShape(shape), omitEmpty: omit === '?' };
    byName.set(name, field);
    if (omit === undefined || (omit === '?' && isStruct(field.shape))) always.push(field);
  }
  return { byName, always, atomic: text.split(' ').includes('@atomic') };
}

function isStruct({ kind }: Shape): boolean {
  return kind === 'struct' || kind === 'quantity' || kind === 'int-or-string' || kind === 'duration' || kind === 'own';
}

const plain = new Map<string, 'string' | 'number' | 'boolean' | 'bytes' | 'quantity' | 'int-or-string' | 'duration'>([
  ['s', 'string'],
  ['n', 'number'],
  ['b', 'boolean'],
  ['y', 'bytes'],
  ['q', 'quantity'],
  ['i', 'int-or-string'],
  ['d', 'duration'],
]);

function readShape(text: string): Shape {
  if (text.startsWith('#')) return { kind: 'struct', number: Number(text.slice(1)) };
  if (text.startsWith('*')) return { kind: 'pointer', of: readShape(text.slice(1)) };
  const [opened, keys = '', map] = /^(?:\[([^\]]*)\]|\{(!?)\})/.exec(text) ?? [];
  if (opened === undefined) return { kind: plain.get(text) ?? 'own' };
  const of = readShape(text.slice(opened.length));
  if (map !== undefined) return { kind: 'map', of, atomic: map === '!' };
  if (keys === '') return { kind: 'list', of, merge: 'atomic' };
  return { kind: 'list', of, merge: keys === '~' ? 'set' : keys.split(',').map(readKey) };
}

function readKey(text: string): ListKey {
  const [name = '', value = ''] = text.split('=');
  return { name, default: value };
}
