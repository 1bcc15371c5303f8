import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import * as z from 'zod';
import { Budget, lengthOf, lesserWeight } from './budget.ts';
import type { Evaluator, Node } from './node.ts';

const evaluatorSchema = z.custom<Evaluator>(
  (value) => typeof value === 'object' && value !== null && 'run' in value && typeof value.run === 'function',
);

/**
 * Counts the steps of an environment's expressions. cel-js has no cost limit and no hook for one (docs/upstream-cel-cost-hook.md), but it
 * evaluates each node, including those of macros, by `run` of its evaluator, which is replaced here. If an update of the library evaluates
 * in another way, nothing is counted, and the canary ends the run.
 */
export class Meter {
  /** Outside of `run` nothing may be evaluated. */
  #budget = new Budget(0);

  readonly spend = (steps: number): void => this.#budget.spend(steps);

  /** Throws if the library is built in another way. */
  attach(environment: Environment): void {
    const probe = environment.parse('true');
    let found: unknown;
    Object.assign(probe.ast, {
      evaluate: (evaluator: unknown) => {
        found = evaluator;
      },
    });
    probe();
    const evaluator = evaluatorSchema.parse(found);
    evaluator.run = (node, scope) => {
      this.#budget.spend(1);
      return node.evaluate(evaluator, node, scope);
    };
  }

  /** Throws what the expression throws. */
  run(parsed: ParseResult, variables: object, budget: Budget): unknown {
    const outer = this.#budget;
    this.#budget = budget;
    try {
      budget.spend(1);
      const value: unknown = parsed(variables);
      // CEL ignores errors in some places (`x || true`, `exists`): the result of an expression that cost too much does not count.
      budget.spend(0);
      return value;
    } finally {
      this.#budget = outer;
    }
  }

  /** Charges operators that read long values for their length. Called once for each node, after the check of its expression. */
  weigh(node: Node): void {
    const { handle, op } = node;
    const cost = handle && costOf(op, Array.isArray(node.args) ? String(node.args[0]) : '');
    if (handle === undefined || cost === undefined) return;
    const isCall = op === 'call' || op === 'rcall';
    node.handle = (first, second, third, fourth) => {
      this.#budget.spend(cost(first, second));
      const result = handle(first, second, third, fourth);
      if (isCall) this.#budget.spend(lengthOf(result));
      return result;
    };
  }
}

function costOf(op: string, name: string): ((left: unknown, right: unknown) => number) | undefined {
  if (op === '+') return (left, right) => lengthOf(left) + lengthOf(right);
  if (op === '==' || op === '!=') return lesserWeight;
  if (op === 'in') return (item, list) => (Array.isArray(list) ? list.length * lesserWeight(item, list) : 1);
  if (['<', '<=', '>', '>='].includes(op)) return (left, right) => Math.min(lengthOf(left), lengthOf(right));
  if (op === 'comprehension') return (items) => (Array.isArray(items) ? 0 : lengthOf(items));
  // `x.size()` takes one step, however long x is.
  if ((op === 'call' || op === 'rcall') && name !== 'size') return sumOfLengths;
  return undefined;
}

function sumOfLengths(values: unknown): number {
  let total = 0;
  if (Array.isArray(values)) for (const value of values) total += lengthOf(value);
  return total;
}
