import { readsByName, variablesIn } from '../source.ts';
import { dyn, parseType, type Type, textOf } from './types.ts';

/** What is declared to an expression in addition to `object`, `oldObject`, `request`, `namespaceObject` and `authorizer`. */
export interface Declared {
  /** A policy without paramKind has no `params`. */
  readonly params: boolean;
  /** Composed variables that are defined before it, with the types of their values. */
  readonly variables: ReadonlyMap<string, Type>;
  /** A rule of a CustomResourceDefinition has `self` and `oldSelf`, and nothing else. */
  readonly ofSchema?: true;
  /** The expression of a mutation has `Object`, `JSONPatch` and their functions. */
  readonly patchTypes?: true;
}

export const ofSchema: Declared = { params: false, variables: new Map(), ofSchema: true };

export const everything: Declared = { params: true, variables: new Map() };

const common: readonly (readonly [string, Type])[] = [
  ['object', dyn],
  ['oldObject', dyn],
  ['request', parseType('kubernetes.AdmissionRequest')],
  ['namespaceObject', parseType('kubernetes.Namespace')],
  ['authorizer', parseType('kubernetes.authorization.Authorizer')],
  ['authorizer.requestResource', parseType('kubernetes.authorization.ResourceCheck')],
];

/** What decides how an expression compiles, in addition to its text. */
export function keyOf(expression: string, declared: Declared): string {
  return `${declared.params} ${declared.ofSchema ?? ''} ${declared.patchTypes ?? ''} ${typesRead(expression, declared)
    .map(([name, type]) => `${name} ${textOf(type)}`)
    .join()}`;
}

/** The names that an expression may read, with their types; of the composed variables only those that it reads. */
export function namesOf(expression: string, declared: Declared): ReadonlyMap<string, Type> {
  if (declared.ofSchema)
    return new Map([
      ['self', dyn],
      ['oldSelf', dyn],
    ]);
  return new Map([
    ...common,
    ...(declared.params ? [['params', dyn] as const] : []),
    ['variables', parseType(variablesType)],
    ...typesRead(expression, declared),
  ]);
}

function typesRead(expression: string, { variables }: Declared): readonly (readonly [string, Type])[] {
  const names = readsByName(expression) ? variablesIn(expression) : [...variables.keys()];
  return names.flatMap((name): [string, Type][] => {
    const type = variables.get(name);
    return type === undefined ? [] : [[`variables.${name}`, type]];
  });
}

/** The type of `variables`, whose fields are the names that start with it. */
export const variablesType = 'kubernetes.AdmissionRequest.variables';
