/** What is used here of cel-js' nodes of a parsed and checked expression. */
export type Evaluate = (evaluator: unknown, node: unknown, scope: unknown) => unknown;
/** No operator is given more than four values. */
export type Handle = (first: unknown, second: unknown, third: unknown, fourth: unknown) => unknown;
export interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly checkedType?: { readonly kind: string; readonly name: string };
  readonly meta: {
    readonly alternate?: { evaluate: Evaluate };
    readonly macro?: { evaluate: Evaluate };
    readonly evaluate: Evaluate;
  };
  evaluate: Evaluate;
  /** What the operator does with the values of its operands. */
  handle?: Handle | undefined;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value && 'meta' in value;
}
