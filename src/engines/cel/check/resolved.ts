import { type Call, callOf, type Node, qualifiedName } from '../node.ts';
import { type Overload, overloadsOf, typeNames } from './declarations.ts';

/** What the evaluation of an expression has to know of its names. */
export interface Resolved {
  readonly resolution: (node: Node) => Resolution | undefined;
  /** Whether it is the name of a type, and no variable. */
  readonly isTypeName: (node: Node) => boolean;
}
export interface Resolution {
  /** Those that a call may mean. */
  readonly overloads: readonly Overload[];
  /** All of the function, of which an API server tries each if more than one fits. */
  readonly all: readonly Overload[];
  readonly namespaced: boolean;
}

/**
 * For an expression that was checked before: all overloads of a function are tried when it is called. The build checks the shipped policies, and
 * checking them again took a quarter of a run on a small repository.
 */
export const assumed: Resolved = {
  resolution(node) {
    const call = callOf(node);
    const called = call && calledBy(call, () => false);
    return called && { overloads: called.all, ...called };
  },
  isTypeName: (node) => typeNames.has(qualifiedName(node) ?? ''),
};

export interface Called {
  readonly name: string;
  readonly all: readonly Overload[];
  /** `name` includes the receiver: `ip.isCanonical`. */
  readonly namespaced: boolean;
}

/** Undefined for a function that is not declared. */
export function calledBy({ name, receiver }: Call, isVariable: (name: string) => boolean): Called | undefined {
  const prefix = receiver === undefined ? undefined : qualifiedName(receiver);
  const inNamespace = prefix === undefined || isVariable(prefix) ? undefined : `${prefix}.${name}`;
  const all = inNamespace === undefined ? undefined : overloadsOf(inNamespace);
  if (inNamespace !== undefined && all !== undefined) return { name: inNamespace, all: ofKind(all, false), namespaced: true };
  const own = overloadsOf(name);
  return own && { name, all: ofKind(own, receiver !== undefined), namespaced: false };
}

/** The nodes of its arguments; the receiver of a function that is called on a value is the first of them. */
export function operandsOf({ receiver, arguments: given }: Call, { namespaced }: Pick<Called, 'namespaced'>): readonly Node[] {
  return receiver === undefined || namespaced ? given : [receiver, ...given];
}

/** Overloads that are called on a value, or those that are not. */
export function ofKind(overloads: readonly Overload[], wanted: boolean): readonly Overload[] {
  return overloads.filter(({ member }) => member === wanted);
}
