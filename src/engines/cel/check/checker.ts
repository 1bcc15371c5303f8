import { callOf, entriesOf, type Node, nodesIn, qualifiedName, selectionOf } from '../node.ts';
import { isAny, mostGeneral, Substitutions } from './assignable.ts';
import { declaredFields, isPatchFunction, type Overload, overloadsOf, typeNames } from './declarations.ts';
import { isOptionalEntry } from './entries.ts';
import { checkMacro } from './macros.ts';
import { messageField } from './messages.ts';
import { variablesType } from './names.ts';
import { Refused } from './refused.ts';
import { type Called, calledBy, ofKind, operandsOf, type Resolution, type Resolved } from './resolved.ts';
import * as types from './types.ts';
import { type Type, textOf } from './types.ts';

/** The names that an expression may read, with their types. */
export type Names = ReadonlyMap<string, Type>;

/** What the checker found out about one expression. */
export interface Checked extends Resolved {
  readonly type: Type;
  readonly typeAt: (node: Node) => Type;
}

/** The check of cel-go with the declarations of an API server. Throws Refused with the first reason. */
export function check(root: Node, names: Names, hasPatchTypes = false): Checked {
  const run = new Run(names, hasPatchTypes);
  const type = run.check(root);
  return {
    type: run.resolve(type, true),
    resolution: (node) => run.calls.get(node),
    isTypeName: (node) => run.typeNames.has(node),
    typeAt: (node) => run.resolve(run.types.get(node) ?? types.dyn, true),
  };
}

const operators: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '&&', '||'].map((op) => [op, `_${op}_`])),
  in: '@in',
  '!_': '!_',
  '-_': '-_',
  '?:': '_?_:_',
  '[]': '_[_]',
  '[?]': '_[?_]',
};

export class Run {
  readonly types = new Map<Node, Type>();
  readonly calls = new Map<Node, Resolution>();
  readonly typeNames = new Set<Node>();
  readonly substitutions = new Substitutions();
  /** Whether it is the expression of a mutation, which has types and a function of its own. */
  readonly hasPatchTypes: boolean;
  #names: Names;

  constructor(names: Names, hasPatchTypes: boolean) {
    this.#names = names;
    this.hasPatchTypes = hasPatchTypes;
  }

  check(node: Node): Type {
    const type = this.#typeOf(node);
    this.types.set(node, type);
    return type;
  }

  /** Checks an expression in which more names are known. */
  checkWith(node: Node, names: Readonly<Record<string, Type>>): Type {
    const outer = this.#names;
    this.#names = new Map([...outer, ...Object.entries(names)]);
    try {
      return this.check(node);
    } finally {
      this.#names = outer;
    }
  }

  resolve(type: Type, final = false): Type {
    return this.substitutions.resolve(type, final);
  }

  expect(type: Type, given: Type, what: string): void {
    if (!this.substitutions.fits([type], [given]))
      throw new Refused(`${what} is of type ${textOf(this.resolve(given, true))}, not ${textOf(type)}`);
  }

  #typeOf(node: Node): Type {
    const { op } = node;
    if (op === 'value') return literal(node.args);
    if (op === 'id' || op === '.' || op === '.?') return this.#name(node) ?? this.#select(node);
    if (op === 'list') return types.listOf(this.#join(nodesIn(node.args).map((item) => this.#entry(item))));
    if (op === 'map') return this.#map(node);
    const call = callOf(node);
    if (call !== undefined) return checkMacro(this, node, call) ?? this.#call(node);
    const name = operators[op];
    if (name === undefined) throw new Refused(`k8s-gate does not support the operator ${op}`);
    const operands = nodesIn(node.args);
    // The smallest int, whose digits alone would not fit.
    if (op === '-_' && operands[0]?.op === 'value' && operands[0].args === 2n ** 63n) return types.int;
    if (op === '==' || op === '!=') requireParentheses(operands, node.input);
    return this.#overload(node, { name, all: ofKind(overloadsOf(name) ?? [], false), namespaced: false }, operands);
  }

  #name(node: Node): Type | undefined {
    const name = qualifiedName(node);
    if (name === undefined) return undefined;
    const found = this.#names.get(name);
    if (found !== undefined) return found;
    if (typeNames.has(name)) {
      this.typeNames.add(node);
      return types.typeOf(types.parseType(name));
    }
    if (node.op === 'id') throw new Refused(`undeclared reference to '${name}'`);
    return undefined;
  }

  #select(node: Node): Type {
    const selection = selectionOf(node);
    if (selection === undefined) throw new Refused('a field of nothing');
    return this.field(selection.operand, selection.field, node.op === '.?');
  }

  /** The type of a field. */
  field(operand: Node, field: string, optional: boolean): Type {
    const given = this.resolve(this.check(operand));
    const value = types.optionalValue(given);
    const found = this.#fieldOf(value ?? given, field);
    return value !== undefined || optional ? types.optionalOf(found) : found;
  }

  #fieldOf(type: Type, field: string): Type {
    if (type.kind === 'map') return type.parameters[1] ?? types.dyn;
    if (type.kind === 'object') {
      const found =
        type.name === variablesType
          ? this.#names.get(`variables.${field}`)
          : (declaredFields().get(type.name)?.get(field) ?? messageField(type.name, field));
      if (found === undefined) throw new Refused(`undefined field '${field}' of ${type.name}`);
      return found;
    }
    if (type.kind === 'param') this.substitutions.fits([types.dyn], [type]);
    else if (!isAny(type)) throw new Refused(`type '${textOf(type)}' does not support field selection`);
    return types.dyn;
  }

  #entry(node: Node): Type {
    const type = this.check(node);
    if (!isOptionalEntry(node)) return type;
    const given = this.resolve(type);
    const value = types.optionalValue(given);
    if (value === undefined && !isAny(given)) throw new Refused(`an optional entry is of type ${textOf(given)}, not optional`);
    return value ?? given;
  }

  #map(node: Node): Type {
    const entries = entriesOf(node).map(([key, value]) => [this.check(key), this.#entry(value)] as const);
    return types.mapOf(this.#join(entries.map(([key]) => key)), this.#join(entries.map(([, value]) => value)));
  }

  #join(list: readonly Type[]): Type {
    return (
      list.reduce<Type | undefined>((previous, type) => {
        if (previous === undefined) return type;
        return this.substitutions.fits([previous], [type]) ? mostGeneral(previous, type) : types.dyn;
      }, undefined) ?? this.substitutions.free()
    );
  }

  #call(node: Node): Type {
    const call = callOf(node);
    if (call === undefined) throw new Refused('a call of nothing');
    const isVariable = (name: string) => this.#names.has(name);
    const called = calledBy(call, isVariable);
    if (called !== undefined && (this.hasPatchTypes || !isPatchFunction(called.name)))
      return this.#overload(node, called, operandsOf(call, called));
    const prefix = call.receiver === undefined ? undefined : qualifiedName(call.receiver);
    const inNamespace = prefix !== undefined && !isVariable(prefix);
    throw new Refused(`undeclared reference to '${inNamespace ? `${prefix}.${call.name}` : call.name}'`);
  }

  /** The type of the result, by the overloads that fit the arguments. */
  #overload(node: Node, { name, all, namespaced }: Called, nodes: readonly Node[]): Type {
    const found = nodes.map((argument) => this.check(argument));
    let result: Type | undefined;
    const overloads: Overload[] = [];
    for (const overload of all) {
      if (overload.arguments.length !== found.length) continue;
      const { result: type, arguments: wanted } = overload.generic ? this.substitutions.fresh(overload) : overload;
      if (!this.substitutions.fits(found, wanted)) continue;
      overloads.push(overload);
      const own = this.resolve(type);
      if (result === undefined) result = own;
      else if (result.kind !== 'dyn' && !types.isSame(own, result)) result = types.dyn;
    }
    if (result === undefined) {
      const texts = found.map((type) => textOf(this.resolve(type, true)));
      throw new Refused(`found no matching overload for '${name}' applied to '(${texts.join(', ')})'`);
    }
    this.calls.set(node, { overloads, all, namespaced });
    return result;
  }
}

const relations = ['<', '<=', '>', '>=', 'in'];

/** CEL reads `a == b < c` from the left; cel-js does not. */
function requireParentheses([left, right]: readonly Node[], input: string): void {
  if (left === undefined || right === undefined || !relations.includes(right.op)) return;
  if (!input.slice(left.end, right.start).includes('('))
    throw new Refused('a comparison on the right of == or != needs parentheses: CEL reads it from left to right');
}

function literal(value: unknown): Type {
  if (value === null) return types.nullType;
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) throw new Refused(`the integer ${value} is too large`);
    return types.int;
  }
  if (typeof value === 'number') return types.parseType('double');
  if (typeof value === 'string') return types.string;
  if (typeof value === 'boolean') return types.bool;
  return types.parseType(value instanceof Uint8Array ? 'bytes' : 'uint');
}
