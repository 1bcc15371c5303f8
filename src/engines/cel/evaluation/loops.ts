import { EvaluationError } from '@marcbachmann/cel-js';
import type { Call, Evaluator, Node, Scope } from '../node.ts';
import { keysOf, valueAt } from '../semantics/maps.ts';
import { isMap, noOverload } from '../semantics/values.ts';
import type { Macro } from './macros.ts';

/** The values of the variables: key and value, index and item, or an item alone. */
export type Entry = readonly unknown[];

/** One evaluation of a macro that has variables. */
export interface Loop {
  /** What the macro is called on. */
  readonly items: unknown;
  /** Throws if it is neither a list nor a map. */
  readonly entries: () => readonly Entry[];
  /** The arguments after the variables. */
  readonly bodies: readonly Node[];
  readonly run: (body: Node | undefined, values: Entry) => unknown;
  /** The entries of a map. */
  readonly entriesOf: (map: unknown) => readonly (readonly [unknown, unknown])[];
}

/** A macro whose first arguments are the names of one or two variables. */
export function inLoop({ arguments: given }: Call, receiver: Node, count: 1 | 2, evaluate: (loop: Loop) => unknown): Macro {
  const names = given.slice(0, count).map((node) => String(node.args));
  const bodies = given.slice(count);
  const scopes: Scope[] = [];
  return {
    check(checker, scope) {
      checker.check(receiver, scope);
      let inner = scope;
      for (const name of names) {
        inner = inner.forkWithVariable(name, checker.getType('dyn'));
        scopes.push(inner);
      }
      for (const body of bodies) checker.check(body, inner);
    },
    evaluate(evaluator, scope) {
      const items = evaluator.run(receiver, scope);
      return evaluate({ items, entries: () => entriesIn(items), bodies, entriesOf, run: runIn(evaluator, scope, scopes) });
    },
  };
}

function runIn(evaluator: Evaluator, scope: Scope, scopes: readonly Scope[]): Loop['run'] {
  return (body, values) => {
    if (body === undefined) throw new EvaluationError('a loop without an expression');
    const inner = scopes.reduce((outer, own, index) => own.reuse(outer).setIterValue(values[index], evaluator), scope);
    return evaluator.run(body, inner);
  };
}

function entriesIn(items: unknown): readonly Entry[] {
  if (Array.isArray(items)) return items.map((item: unknown, index) => [BigInt(index), item]);
  return entriesOf(items);
}

function entriesOf(map: unknown): readonly (readonly [unknown, unknown])[] {
  if (!isMap(map)) throw noOverload('entries', map);
  return keysOf(map).map((key) => [key, valueAt(map, key)]);
}
