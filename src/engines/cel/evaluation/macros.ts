import { EvaluationError, Optional } from '@marcbachmann/cel-js';
import type { Spend } from '../budget.ts';
import { messageCall } from '../check/entries.ts';
import { sortBy } from '../libraries/lists.ts';
import type { Call, Checker, Evaluator, Node, Scope } from '../node.ts';
import { selectionOf } from '../node.ts';
import { isEqual } from '../semantics/equality.ts';
import { keysOf, mapOfDistinct, valueAt } from '../semantics/maps.ts';
import { Message } from '../semantics/messages.ts';
import { isMap, noOverload } from '../semantics/values.ts';
import { type Entry, inLoop, type Loop } from './loops.ts';
import { hasField } from './selection.ts';

/** What evaluates its arguments itself. */
export interface Macro {
  readonly check: (checker: Checker, scope: Scope) => void;
  readonly evaluate: (evaluator: Evaluator, scope: Scope) => unknown;
}

/** The macros that cel-js lacks or gets wrong, by name and number of arguments. */
export function macroOf(call: Call, spend: Spend): Macro | undefined {
  const { name, receiver, arguments: given } = call;
  const [first, second] = given;
  if (receiver === undefined && name === messageCall && first !== undefined && second !== undefined)
    return message(String(first.args), second, spend);
  if (receiver === undefined) return name === 'has' && first !== undefined ? has(first) : undefined;
  if (second === undefined) {
    if (first !== undefined && (name === 'or' || name === 'orValue')) return orElse(receiver, first, name);
    return undefined;
  }
  if (given.length === 2 && (name === 'optMap' || name === 'optFlatMap')) return optional(call, receiver, second);
  const body = loops[`${name}/${given.length}`];
  return body && inLoop(call, receiver, name === 'sortBy' ? 1 : 2, (loop) => body(loop, spend));
}

/** Its fields are evaluated as a map, whose optional entries are those of the message. */
function message(type: string, fields: Node, spend: Spend): Macro {
  return {
    check: (checker, scope) => checker.check(fields, scope),
    evaluate(evaluator, scope) {
      const map = evaluator.run(fields, scope);
      if (!isMap(map)) throw noOverload(type, map);
      const values = Object.fromEntries(keysOf(map).map((key) => [String(key), valueAt(map, key)]));
      return new Message(type, values, (left, right) => isEqual(left, right, spend));
    },
  };
}

function has(field: Node): Macro {
  const selection = selectionOf(field);
  if (selection === undefined) throw new EvaluationError('has() takes a field');
  const { operand, field: name } = selection;
  return {
    check: (checker, scope) => checker.check(operand, scope),
    evaluate: (evaluator, scope) => hasField(evaluator.run(operand, scope), name),
  };
}

/** As evalOptionalOr and evalOptionalOrValue of cel-go, which accept a value that is not optional as it is. */
function orElse(receiver: Node, other: Node, name: 'or' | 'orValue'): Macro {
  return {
    check(checker, scope) {
      checker.check(receiver, scope);
      checker.check(other, scope);
    },
    evaluate(evaluator, scope) {
      const found = evaluator.run(receiver, scope);
      if (!(found instanceof Optional)) return found;
      if (!found.hasValue()) return evaluator.run(other, scope);
      return name === 'or' ? found : found.value();
    },
  };
}

/** `x.optMap(v, …)` and `x.optFlatMap(v, …)`: the body gets the value of an optional; none stays none. */
function optional({ name, arguments: [variable] }: Call, receiver: Node, body: Node): Macro {
  let inner: Scope | undefined;
  return {
    check(checker, scope) {
      checker.check(receiver, scope);
      inner = scope.forkWithVariable(String(variable?.args), checker.getType('dyn'));
      checker.check(body, inner);
    },
    evaluate(evaluator, scope) {
      const found = evaluator.run(receiver, scope);
      if (!(found instanceof Optional)) throw noOverload('hasValue', found);
      if (!found.hasValue() || inner === undefined) return Optional.none();
      const value = evaluator.run(body, inner.reuse(scope).setIterValue(found.value(), evaluator));
      return name === 'optMap' ? Optional.of(value) : value;
    },
  };
}

type Body = (loop: Loop, spend: Spend) => unknown;

const loops: Readonly<Record<string, Body>> = {
  'all/3': (loop) => quantify(loop, false),
  'exists/3': (loop) => quantify(loop, true),
  'existsOne/3': existsOne,
  'exists_one/3': existsOne,
  'transformList/3': (loop) => results(loop).map(({ result }) => result),
  'transformList/4': (loop) => results(loop).map(({ result }) => result),
  'transformMap/3': transformMap,
  'transformMap/4': transformMap,
  'transformMapEntry/3': transformMapEntry,
  'transformMapEntry/4': transformMapEntry,
  'sortBy/2': ({ items, bodies: [key], run }, spend) => {
    if (!Array.isArray(items)) throw noOverload('sortBy', items);
    spend(items.length * Math.log2(items.length + 1));
    return sortBy(
      items,
      items.map((item: unknown) => run(key, [item])),
    );
  },
};

/** As `&&` and `||`: an error counts only if no item decides. */
function quantify({ entries, bodies: [condition], run }: Loop, decisive: boolean): boolean {
  let problem: unknown;
  for (const entry of entries()) {
    try {
      const found = run(condition, entry);
      if (found === decisive) return decisive;
      if (found !== !decisive) throw noOverload(decisive ? '_||_' : '_&&_', found);
    } catch (thrown) {
      problem ??= thrown;
    }
  }
  if (problem !== undefined) throw problem;
  return !decisive;
}

function existsOne({ entries, bodies: [condition], run }: Loop): boolean {
  return entries().filter((entry) => isTrue(run(condition, entry))).length === 1;
}

/** Entries and what the last argument gives for them; one before it is a condition. */
function results({ entries, bodies, run }: Loop): readonly { readonly entry: Entry; readonly result: unknown }[] {
  const [condition, result] = bodies.length > 1 ? bodies : [undefined, bodies[0]];
  return entries().flatMap((entry) =>
    condition === undefined || isTrue(run(condition, entry)) ? [{ entry, result: run(result, entry) }] : [],
  );
}

function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw noOverload('_?_:_', value);
}

function transformMap(loop: Loop): object {
  return mapOfDistinct(results(loop).map(({ entry: [key], result }) => [key, result]));
}

function transformMapEntry(loop: Loop): object {
  return mapOfDistinct(results(loop).flatMap(({ result }) => loop.entriesOf(result)));
}
