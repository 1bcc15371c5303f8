import * as z from 'zod';
import { lengthOf, spend, weigh } from './budget.ts';
import { type Evaluate, isNode, type Node, type Ready } from './node.ts';
import { shortcut } from './shortcuts.ts';

/**
 * cel-js has no cost limit and no hook for one. Each node of a parsed expression is evaluated through `evaluate` of its class, which on
 * the first call puts the operator's own function in its place: here that function is put there with a counter before it. Macros are
 * nodes too, so each turn of `all`, `map` … counts. An update that evaluates in another way counts nothing, which the canary notices.
 */
const prototypeSchema = z.custom<{ evaluate: (this: Node, ...values: Parameters<Evaluate>) => unknown }>(
  (value) => typeof value === 'object' && value !== null && Object.hasOwn(value, 'evaluate'),
);

/**
 * Makes every node of the library count, by the class of a parsed one. Throws where the library is built otherwise.
 *
 * @param quick What evaluates a node for the same steps, where there is such a thing.
 */
export function meter(parsed: object, quick = shortcut): void {
  const prototype = prototypeSchema.parse(Object.getPrototypeOf(parsed));
  const ready: Ready = (node) => {
    if (!Object.hasOwn(node, 'evaluate')) {
      node.handle = weighed(node);
      node.evaluate = quick(node, ready) ?? counted(node, ready);
    }
    return node.evaluate;
  };
  prototype.evaluate = function evaluateFirst(evaluator, node, scope) {
    return ready(this)(evaluator, node, scope);
  };
}

function counted(node: Node, ready: Ready): Evaluate {
  const { alternate, macro, evaluate } = node.meta;
  if (isNode(alternate)) {
    const run = ready(alternate);
    return (evaluator, _node, scope) => {
      spend(1);
      return run(evaluator, alternate, scope);
    };
  }
  if (macro !== undefined)
    return (evaluator, _node, scope) => {
      spend(1);
      return macro.evaluate(evaluator, macro, scope);
    };
  return (evaluator, same, scope) => {
    spend(1);
    return evaluate(evaluator, same, scope);
  };
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
