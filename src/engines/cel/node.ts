/** What is used here of cel-js' nodes of a parsed and checked expression. */
export type Evaluate = (evaluator: unknown, node: unknown, scope: unknown) => unknown;
/** No operator is given more than four values. */
export type Handle = (first: unknown, second: unknown, third: unknown, fourth: unknown) => unknown;
export interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly checkedType?: { readonly kind: string; readonly name: string };
  readonly meta: {
    readonly alternate?: unknown;
    readonly macro?: Macro;
    readonly evaluate: Evaluate;
  };
  evaluate: Evaluate;
  /** What the operator does with the values of its operands. */
  handle?: Handle | undefined;
}
export interface Macro {
  evaluate: Evaluate;
  /** Of `x.orValue(y)`. */
  readonly receiver?: unknown;
  readonly arg?: unknown;
  /** Of `has(x.y)`. */
  readonly field?: unknown;
}

/** How a part of an expression is evaluated: asked once, since nodes of one class have many shapes and a look-up at each turn is slow. */
export type Ready = (node: Node) => Evaluate;

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value && 'meta' in value;
}

/** What the library asks of its evaluator where operands are already known: its own answer for them, without asking them again. */
export interface Evaluator {
  run(node: unknown, scope: unknown): unknown;
  tryEval(node: unknown, scope: unknown): unknown;
  debugRuntimeType(value: unknown, type?: unknown): unknown;
  createError(code: string, message: string, node: unknown): unknown;
}

export function isEvaluator(value: unknown): value is Evaluator {
  return typeof value === 'object' && value !== null && 'createError' in value && 'debugRuntimeType' in value;
}
