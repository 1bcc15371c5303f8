import { EvaluationError } from '@marcbachmann/cel-js';
import type { Overload } from '../check/declarations.ts';
import type { Resolution } from '../check/resolved.ts';
import type { Type } from '../check/types.ts';
import type { Implementation, Library } from '../libraries/library.ts';
import { keysOf, valueAt } from '../semantics/maps.ts';
import { Uint } from '../semantics/uint.ts';
import { isMap, noOverload, typeName } from '../semantics/values.ts';

type Accepts = (value: unknown) => boolean;
interface Candidate {
  readonly accepts: readonly Accepts[];
  readonly implementation: Implementation;
}

/** Applies a function to the values of its arguments: the first of its overloads that takes them. */
export function dispatch(
  name: string,
  { overloads, all }: Resolution,
  library: Library,
): (values: readonly unknown[]) => unknown {
  // As in cel-go: if the types leave more than one, each overload of the function is tried.
  const candidates = (overloads.length === 1 ? overloads : all).map((overload) => candidateOf(overload, library));
  const [only] = candidates;
  if (candidates.length === 1 && only !== undefined)
    return (values) => (fits(only, values) ? only.implementation(...values) : fail(name, values));
  return (values) => {
    const found = candidates.find((candidate) => fits(candidate, values));
    return found === undefined ? fail(name, values) : found.implementation(...values);
  };
}

function candidateOf(overload: Overload, library: Library): Candidate {
  const implementation = library[overload.id];
  if (implementation === undefined) throw new EvaluationError(`k8s-gate does not support the function ${overload.id} yet`);
  // The binding of flatten takes every list.
  const accepts = overload.id === 'list_flatten' ? [Array.isArray] : overload.arguments.map(acceptorOf);
  return { accepts, implementation };
}

function fits({ accepts }: Candidate, values: readonly unknown[]): boolean {
  if (accepts.length !== values.length) return false;
  for (let index = 0; index < values.length; index += 1) if (accepts[index]?.(values[index]) !== true) return false;
  return true;
}

function fail(name: string, values: readonly unknown[]): never {
  throw noOverload(name, ...values);
}

/** Only the first item or entry of a list or map is checked, as in cel-go. */
function acceptorOf({ kind, name, parameters }: Type): Accepts {
  const inner = parameters.map(acceptorOf);
  const [first = always, second = always] = inner;
  if (kind === 'dyn' || kind === 'param') return always;
  if (kind === 'list') return (value) => Array.isArray(value) && (value.length === 0 || first(value[0]));
  if (kind === 'map') return (value) => isMap(value) && firstEntryFits(value, first, second);
  switch (name) {
    case 'string':
      return (value) => typeof value === 'string';
    case 'int':
      return (value) => typeof value === 'bigint';
    case 'bool':
      return (value) => typeof value === 'boolean';
    case 'double':
      return (value) => typeof value === 'number';
    case 'uint':
      return (value) => value instanceof Uint;
    default:
      return (value) => typeName(value) === name;
  }
}

const always: Accepts = () => true;

function firstEntryFits(map: object, key: Accepts, value: Accepts): boolean {
  if (key === always && value === always) return true;
  const [first] = keysOf(map);
  return first === undefined || (key(first) && value(valueAt(map, first)));
}
