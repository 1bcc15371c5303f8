import * as z from 'zod';
import { lengthOf, spend, weigh } from './budget.ts';
import type { Evaluate, Node } from './node.ts';
import { shortcut } from './shortcuts.ts';

/**
 * cel-js has no cost limit and no hook for one. Each node of a parsed expression is evaluated through `evaluate` of its class, which on
 * the first call puts the operator's own function in its place: here that function is put there with a counter before it. Macros are
 * nodes too, so each turn of `all`, `map` … counts. An update that evaluates in another way counts nothing, which the canary notices.
 */
const prototypeSchema = z.custom<{ evaluate: (this: Node, ...values: Parameters<Evaluate>) => unknown }>(
  (value) => typeof value === 'object' && value !== null && Object.hasOwn(value, 'evaluate'),
);

/** Makes every node of the library count, by the class of a parsed one. Throws where the library is built otherwise. */
export function meter(parsed: object): void {
  const prototype = prototypeSchema.parse(Object.getPrototypeOf(parsed));
  prototype.evaluate = function evaluateFirst(evaluator, node, scope) {
    this.handle = weighed(this);
    this.evaluate = shortcut(this) ?? counted(this);
    return this.evaluate(evaluator, node, scope);
  };
}

function counted(node: Node): Evaluate {
  const inner = innerOf(node);
  return (evaluator, same, scope) => {
    spend(1);
    return inner(evaluator, same, scope);
  };
}

function innerOf({ meta: { alternate, macro, evaluate } }: Node): Evaluate {
  const other = alternate ?? macro;
  return other === undefined ? evaluate : (evaluator, _node, scope) => other.evaluate(evaluator, other, scope);
}

/** `x.size()`, `x.?y` and `x[?y]` take one step, however long x is. */
const constant = ['size', 'k8sOptional', 'k8sAt'];

function weighed(node: Node): Node['handle'] {
  const { handle, op } = node;
  const cost = costOf(op, Array.isArray(node.args) ? String(node.args[0]) : '');
  if (handle === undefined || cost === undefined) return handle;
  if (op === 'call' || op === 'rcall')
    return (first, second, third, fourth) => {
      spend(cost(first, second));
      const result = handle(first, second, third, fourth);
      spend(lengthOf(result));
      return result;
    };
  return (first, second, third, fourth) => {
    spend(cost(first, second));
    return handle(first, second, third, fourth);
  };
}

function costOf(op: string, name: string): ((left: unknown, right: unknown) => number) | undefined {
  if (op === '+') return (left, right) => lengthOf(left) + lengthOf(right);
  if (op === '==' || op === '!=') return (left, right) => Math.min(weigh(left), weigh(right));
  if (op === 'in') return (item, list) => (Array.isArray(list) ? list.length * Math.min(weigh(item), weigh(list)) : 1);
  if (['<', '<=', '>', '>='].includes(op)) return (left, right) => Math.min(lengthOf(left), lengthOf(right));
  if (op === 'comprehension') return (items) => (Array.isArray(items) ? 0 : lengthOf(items));
  if ((op === 'call' || op === 'rcall') && !constant.includes(name)) return (values) => sum(values);
  return undefined;
}

function sum(values: unknown): number {
  if (!Array.isArray(values)) return 0;
  let total = 0;
  for (const value of values) total += lengthOf(value);
  return total;
}
