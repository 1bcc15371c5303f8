import { lengthOf, spend, weigh } from './budget.ts';
import { type Evaluate, isNode, type Node, type Ready } from './node.ts';
import { item, member, optionalMember, orValue, presence } from './shortcut-fields.ts';
import { choice, logic } from './shortcut-logic.ts';
import { comprehension } from './shortcut-loops.ts';
import { isExact, isMap } from './shortcut-values.ts';
import { isPlain } from './values.ts';

/**
 * cel-js looks up the types of operands and the overload for them each time an operator is evaluated, deep into lists and maps. For the
 * operands that nearly every expression has (plain members, texts, numbers) the answer is known without: given here, for the same steps.
 * Everything else, and everything that is an error, is left to cel-js: shortcuts.test.ts holds that they agree on value, error and steps,
 * test/agreement the answers against Kyverno's.
 */
export function shortcut(node: Node, ready: Ready): Evaluate | undefined {
  const { alternate, macro } = node.meta;
  if (alternate !== undefined) return undefined;
  const [first, second, third]: readonly unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  if (macro !== undefined) {
    if (node.op === 'rcall' && first === 'orValue') return orValue(macro, ready);
    return node.op === 'call' && first === 'k8sHas' ? presence(macro, ready) : undefined;
  }
  const binary = isNode(first) && isNode(second);
  switch (node.op) {
    case 'value':
      return literal(node.args);
    case 'list':
      return Array.isArray(node.args) && node.args.length > 0 ? list(node.args, ready) : undefined;
    case '.':
      return isNode(first) && typeof second === 'string' ? member(node, first, second, ready) : undefined;
    case '[]':
      return binary ? item(node, first, second, ready) : undefined;
    case '&&':
    case '||':
      return logic(node, ready);
    case '?:':
      return choice(node, ready);
    case 'comprehension':
      return comprehension(node, ready);
    case '==':
    case '!=':
      return binary ? equality(node, first, second, ready) : undefined;
    case '+':
      return binary ? joining(node, first, second, ready) : undefined;
    case 'in':
      return binary ? membership(node, first, second, ready) : undefined;
    case '!_':
      return isNode(first) ? negation(node, first, ready) : undefined;
    case 'rcall':
      if (first === 'size' && isNode(second) && Array.isArray(third) && third.length === 0) return size(node, second, ready);
      return first === 'k8sOptional' ? optionalMember(node, ready) : undefined;
    default:
      return undefined;
  }
}

function literal(value: unknown): Evaluate {
  return () => {
    spend(1);
    return value;
  };
}

/** From the last item to the first, as cel-js does: it decides which error is thrown. */
function list(items: readonly unknown[], ready: Ready): Evaluate | undefined {
  const nodes = items.filter(isNode);
  if (nodes.length < items.length) return undefined;
  const runs = nodes.map(ready);
  return (evaluator, _node, scope) => {
    spend(1);
    const made: unknown[] = new Array(nodes.length);
    for (let index = nodes.length - 1; index >= 0; index -= 1) {
      made[index] = runs[index]?.(evaluator, nodes[index], scope);
    }
    return made;
  };
}

function equality({ handle, op }: Node, left: Node, right: Node, ready: Ready): Evaluate | undefined {
  if (handle === undefined) return undefined;
  const runLeft = ready(left);
  const runRight = ready(right);
  const wanted = op === '==';
  return (evaluator, node, scope) => {
    spend(1);
    const a = runLeft(evaluator, left, scope);
    const b = runRight(evaluator, right, scope);
    if (typeof a !== typeof b || !isExact(a)) return handle(a, b, node, evaluator);
    spend(Math.min(weigh(a), weigh(b)));
    return (a === b) === wanted;
  };
}

function joining({ handle }: Node, left: Node, right: Node, ready: Ready): Evaluate | undefined {
  if (handle === undefined) return undefined;
  const runLeft = ready(left);
  const runRight = ready(right);
  return (evaluator, node, scope) => {
    spend(1);
    const a = runLeft(evaluator, left, scope);
    const b = runRight(evaluator, right, scope);
    if (typeof a !== 'string' || typeof b !== 'string') return handle(a, b, node, evaluator);
    spend(lengthOf(a) + lengthOf(b));
    return a + b;
  };
}

/** A text in a list of texts, or a key of a plain map. */
function membership({ handle }: Node, one: Node, all: Node, ready: Ready): Evaluate | undefined {
  if (handle === undefined) return undefined;
  const runOne = ready(one);
  const runAll = ready(all);
  return (evaluator, node, scope) => {
    spend(1);
    const wanted = runOne(evaluator, one, scope);
    const among = runAll(evaluator, all, scope);
    if (typeof wanted === 'string') {
      if (Array.isArray(among) && among.every(isText)) {
        spend(among.length * Math.min(weigh(wanted), weigh(among)));
        return among.includes(wanted);
      }
      if (isMap(among) && isPlain(among)) {
        spend(1);
        return Object.hasOwn(among, wanted);
      }
    }
    return handle(wanted, among, node, evaluator);
  };
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function negation({ handle }: Node, operand: Node, ready: Ready): Evaluate | undefined {
  if (handle === undefined) return undefined;
  const run = ready(operand);
  return (evaluator, node, scope) => {
    spend(1);
    const value = run(evaluator, operand, scope);
    return typeof value === 'boolean' ? !value : handle(value, node, evaluator, undefined);
  };
}

/** Of a list whose first item says its type without being read into. */
function size({ handle }: Node, measured: Node, ready: Ready): Evaluate | undefined {
  if (handle === undefined) return undefined;
  const run = ready(measured);
  return (evaluator, node, scope) => {
    spend(1);
    const value = run(evaluator, measured, scope);
    if (Array.isArray(value) && (value.length === 0 || isPlain(value[0]))) return BigInt(value.length);
    return handle([value], evaluator, node, undefined);
  };
}
