/** The parts of a node of cel-js' syntax tree that are used here; the library does not export its type. */
export interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly meta: { readonly alternate?: unknown; readonly macro?: unknown };
  readonly input: string;
  readonly start: number;
  readonly end: number;
  setMeta(key: string, value: unknown): Node;
  readonly evaluate: (evaluator: Evaluator, node: Node, scope: unknown) => unknown;
  /** Applies an operator or function to the values of its operands. */
  handle?: Handle | undefined;
  left?: Node;
  right?: Node;
  receiverWithArgs?: readonly Node[];
}
/** Binary operators get two values, `call` and `rcall` a list of values. */
export type Handle = (first: unknown, second: unknown, third: unknown, fourth: unknown) => unknown;

export interface Evaluator {
  run: (node: Node, scope: unknown) => unknown;
}
/** Variables by name; `reuse` sets the outer scope. */
export interface Scope {
  forkWithVariable(name: string, type: unknown): Scope;
  reuse(outer: Scope): Scope;
  setIterValue(value: unknown, evaluator: Evaluator): Scope;
}
export interface Checker {
  check(node: Node, scope: unknown): unknown;
  getType(name: string): unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value && 'meta' in value;
}

/** A call: `name(…)`, or `receiver.name(…)`. */
export interface Call {
  readonly name: string;
  readonly receiver: Node | undefined;
  readonly arguments: readonly Node[];
}

export function callOf({ op, args }: Node): Call | undefined {
  if (op !== 'call' && op !== 'rcall') return undefined;
  const list: readonly unknown[] = Array.isArray(args) ? args : [];
  const given = list.at(-1);
  return {
    name: String(list[0]),
    receiver: op === 'rcall' && isNode(list[1]) ? list[1] : undefined,
    arguments: nodesIn(given),
  };
}

/** The operands of an operator, the items of a list. */
export function nodesIn(args: unknown): readonly Node[] {
  if (isNode(args)) return [args];
  return Array.isArray(args) ? args.filter(isNode) : [];
}

export function entriesOf({ args }: Node): readonly (readonly [Node, Node])[] {
  if (!Array.isArray(args)) return [];
  return args.map((entry: unknown) => {
    const [key, value] = nodesIn(entry);
    if (key === undefined || value === undefined) throw new Error('a map without keys or values');
    return [key, value];
  });
}

/** `a`, `a.b.c`: the name that it may be; undefined for everything else. */
export function qualifiedName(node: Node): string | undefined {
  if (node.op === 'id') return String(node.args);
  if (node.op !== '.' || !Array.isArray(node.args) || !isNode(node.args[0])) return undefined;
  const outer = qualifiedName(node.args[0]);
  return outer === undefined ? undefined : `${outer}.${String(node.args[1])}`;
}

/** The operand and the name of `x.y` and `x.?y`. */
export function selectionOf({ op, args }: Node): { readonly operand: Node; readonly field: string } | undefined {
  if ((op !== '.' && op !== '.?') || !Array.isArray(args) || !isNode(args[0])) return undefined;
  return { operand: args[0], field: String(args[1]) };
}

/** Each node once, with those that macros were expanded to. */
export function eachNode(root: unknown, visit: (node: Node) => void): void {
  const seen = new Set<unknown>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (isNode(value)) {
      visit(value);
      walk(value.meta.alternate);
      walk(value.meta.macro);
      walk(value.args);
    } else if (Array.isArray(value)) value.forEach(walk);
    else if (Object.getPrototypeOf(value) === Object.prototype) Object.values(value).forEach(walk);
  };
  walk(root);
}
