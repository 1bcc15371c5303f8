import { spend } from './budget.ts';
import { type Evaluate, type Handle, isNode, type Node, type Ready } from './node.ts';

/** The scope in which the variable of a loop has the value of an item. cel-js keeps one for each loop of an expression. */
interface LoopScope {
  reuse(outer: unknown): LoopScope;
  setIterValue(value: unknown, evaluator: unknown): LoopScope;
  accuValue: unknown;
  readonly iterValue: unknown;
}
interface LoopArguments {
  readonly iterable: Node;
  readonly iterVarName: string;
  readonly init: Node;
  readonly step: Node;
  readonly kind?: string;
  readonly iterCtx: LoopScope;
}
/** What a loop does for each item of a list, after the accumulator was made. */
type Loop = (items: readonly unknown[], start: unknown, evaluator: unknown, scope: LoopScope) => unknown;

/** `all`, `exists`, `filter` and `map` over a list, for the steps that their expansion takes in cel-js; other loops are left to it. */
export function comprehension(node: Node, ready: Ready): Evaluate | undefined {
  const { args, handle } = node;
  if (handle === undefined || !isLoop(args)) return undefined;
  const loop = args.kind === 'quantifier' ? quantifier(args, ready) : collector(args, ready);
  if (loop === undefined) return undefined;
  const { iterable, init, iterCtx } = args;
  const runIterable = ready(iterable);
  const runInit = ready(init);
  return (evaluator, _node, scope) => {
    spend(1);
    const items = runIterable(evaluator, iterable, scope);
    if (!Array.isArray(items)) return handle(items, args, evaluator, scope);
    const inner = iterCtx.reuse(scope);
    const start = runInit(evaluator, init, inner);
    inner.accuValue = start;
    return loop(items, start, evaluator, inner);
  };
}

function isLoop(args: unknown): args is LoopArguments {
  if (typeof args !== 'object' || args === null || !('iterable' in args && 'init' in args && 'step' in args)) return false;
  const { iterable, init, step } = args;
  return isNode(iterable) && isNode(init) && isNode(step) && 'iterCtx' in args && 'iterVarName' in args;
}

/** `predicate ? true : false`, until one of them decides; an error counts only where none does. */
function quantifier({ init, step }: LoopArguments, ready: Ready): Loop | undefined {
  const parts = partsOf(step, ready);
  if (parts === undefined || typeof init.args !== 'boolean') return undefined;
  if (!isLiteral(parts.yes, true) || !isLiteral(parts.no, false)) return undefined;
  const { predicate, holds: ask, choose } = parts;
  const usual = init.args;
  return (items, _start, evaluator, scope) => {
    let first: unknown;
    let failed = false;
    for (const item of items) {
      const inner = scope.setIterValue(item, evaluator);
      try {
        spend(1);
        const holds = ask(evaluator, predicate, inner);
        const answer = typeof holds === 'boolean' ? holds : choose(holds, evaluator, step, inner);
        spend(1);
        if (answer !== usual) return !usual;
      } catch (thrown) {
        if (!failed) first = thrown;
        failed = true;
      }
    }
    if (failed) throw first;
    return usual;
  };
}

/** `push(x)`, or `predicate ? push(x) : accumulator` */
function collector({ init, step, iterVarName }: LoopArguments, ready: Ready): Loop | undefined {
  if (init.op !== 'list') return undefined;
  if (step.op === 'accuPush') return isNode(step.args) ? mapping(step.args, ready) : undefined;
  const parts = partsOf(step, ready);
  if (parts === undefined || parts.yes.op !== 'accuPush' || parts.no.op !== 'accuValue' || !isNode(parts.yes.args))
    return undefined;
  const { predicate, holds: ask, choose } = parts;
  const pushed = parts.yes.args;
  const runPushed = ready(pushed);
  const isItem = pushed.op === 'id' && pushed.args === iterVarName;
  return (items, start, evaluator, scope) => {
    const found: unknown[] = Array.isArray(start) ? start : [];
    for (const item of items) {
      const inner = scope.setIterValue(item, evaluator);
      spend(1);
      const holds = ask(evaluator, predicate, inner);
      if (typeof holds !== 'boolean') choose(holds, evaluator, step, inner);
      spend(holds === true && isItem ? 2 : 1);
      if (holds === true) found.push(isItem ? inner.iterValue : runPushed(evaluator, pushed, inner));
    }
    return found;
  };
}

function mapping(transform: Node, ready: Ready): Loop {
  const run = ready(transform);
  return (items, start, evaluator, scope) => {
    const made: unknown[] = Array.isArray(start) ? start : [];
    for (const item of items) {
      const inner = scope.setIterValue(item, evaluator);
      spend(1);
      made.push(run(evaluator, transform, inner));
    }
    return made;
  };
}

interface Parts {
  readonly predicate: Node;
  readonly holds: Evaluate;
  readonly yes: Node;
  readonly no: Node;
  /** Of cel-js: throws where the predicate is neither true nor false. */
  readonly choose: Handle;
}

function partsOf({ op, args, handle }: Node, ready: Ready): Parts | undefined {
  const [predicate, yes, no]: readonly unknown[] = Array.isArray(args) ? args : [];
  if (op !== '?:' || handle === undefined || !isNode(predicate) || !isNode(yes) || !isNode(no)) return undefined;
  return { predicate, holds: ready(predicate), yes, no, choose: handle };
}

function isLiteral({ op, args }: Node, value: boolean): boolean {
  return op === 'value' && args === value;
}
