import { spend } from './budget.ts';
import { type Evaluate, type Evaluator, isEvaluator, isNode, type Node, type Ready } from './node.ts';

/** Stands for what an operand threw; an error as a value does not exist in CEL. */
class Thrown {
  readonly reason: unknown;
  constructor(reason: unknown) {
    this.reason = reason;
  }
}

/** `a && b` and `a || b`, of which an error on the left is nothing where the right decides. */
export function logic(node: Node, ready: Ready): Evaluate | undefined {
  const [left, right]: readonly unknown[] = Array.isArray(node.args) ? node.args : [];
  if (!isNode(left) || !isNode(right)) return undefined;
  const deciding = node.op === '||';
  const runLeft = ready(left);
  const runRight = ready(right);
  const { evaluate } = node.meta;
  return (evaluator, same, scope) => {
    spend(1);
    let first: unknown;
    try {
      first = runLeft(evaluator, left, scope);
    } catch (thrown) {
      first = new Thrown(thrown);
    }
    if (first === deciding) return deciding;
    const second = runRight(evaluator, right, scope);
    if (typeof second === 'boolean' && (first === !deciding || second === deciding)) return second;
    if (!isEvaluator(evaluator)) throw new Error('an evaluator of cel-js was expected');
    return evaluate(withOperands(evaluator, first instanceof Thrown ? first.reason : first, second), same, scope);
  };
}

function withOperands(evaluator: Evaluator, left: unknown, right: unknown): Evaluator {
  return {
    tryEval: () => left,
    run: () => right,
    debugRuntimeType: (value, type) => evaluator.debugRuntimeType(value, type),
    createError: (code, message, node) => evaluator.createError(code, message, node),
  };
}

/** `a ? b : c` */
export function choice(node: Node, ready: Ready): Evaluate | undefined {
  const { handle } = node;
  const [condition, yes, no]: readonly unknown[] = Array.isArray(node.args) ? node.args : [];
  if (handle === undefined || !isNode(condition) || !isNode(yes) || !isNode(no)) return undefined;
  const ask = ready(condition);
  const runYes = ready(yes);
  const runNo = ready(no);
  return (evaluator, same, scope) => {
    spend(1);
    const value = ask(evaluator, condition, scope);
    if (value === true) return runYes(evaluator, yes, scope);
    if (value === false) return runNo(evaluator, no, scope);
    return handle(value, evaluator, same, scope);
  };
}
