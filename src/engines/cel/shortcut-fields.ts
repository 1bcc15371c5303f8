import { Optional } from '@marcbachmann/cel-js';
import { spend } from './budget.ts';
import { type Evaluate, type Handle, isNode, type Macro, type Node, type Ready } from './node.ts';
import { fieldOf, hasField, optionalField } from './selection.ts';
import { isKnown, isMap } from './shortcut-values.ts';
import { isPlain } from './values.ts';
import { idOf, readVariable } from './variables.ts';

/** `x.y` where the type of x is not known before. */
export function member({ handle }: Node, object: Node, key: string, ready: Ready): Evaluate | undefined {
  if (handle === undefined || !isDyn(object)) return undefined;
  if (object.op === 'id' && object.args === 'variables') return variable(handle, object, key, ready);
  const run = ready(object);
  return (evaluator, node, scope) => {
    spend(1);
    const value = run(evaluator, object, scope);
    if (isMap(value) && Object.hasOwn(value, key)) {
      const found = value[key];
      if (isKnown(found)) return found;
    }
    return handle(value, key, node, evaluator);
  };
}

function variable(handle: Handle, variables: Node, name: string, ready: Ready): Evaluate {
  const run = ready(variables);
  const id = idOf(name);
  return (evaluator, node, scope) => {
    spend(1);
    const value = run(evaluator, variables, scope);
    const found = readVariable(value, id);
    return isKnown(found) ? found : handle(value, name, node, evaluator);
  };
}

/** `x[0]` of a list whose type is not known before. */
export function item({ handle }: Node, list: Node, index: Node, ready: Ready): Evaluate | undefined {
  if (handle === undefined || !isDyn(list)) return undefined;
  const runList = ready(list);
  const runIndex = ready(index);
  return (evaluator, node, scope) => {
    spend(1);
    const items = runList(evaluator, list, scope);
    const at = runIndex(evaluator, index, scope);
    if (Array.isArray(items) && typeof at === 'bigint') {
      const found: unknown = items[Number(at)];
      if (isKnown(found)) return found;
    }
    return handle(items, at, node, evaluator);
  };
}

function isDyn({ checkedType: type }: Node): boolean {
  return type?.kind === 'dyn' && type.name === 'dyn';
}

/** `x.?a.?b`: the fields of x, innermost first. */
interface Chain {
  readonly base: Node;
  readonly keys: readonly string[];
  /** The first of them, of what is no plain map: as the evaluator would come to the function of that name. */
  readonly ask: (value: unknown, evaluator: unknown) => unknown;
}

function chainOf(node: unknown): Chain | undefined {
  if (!isNode(node) || node.op !== 'rcall' || node.meta.macro !== undefined || node.meta.alternate !== undefined)
    return undefined;
  const { args, handle } = node;
  const [name, receiver, rest]: readonly unknown[] = Array.isArray(args) ? args : [];
  if (name !== 'k8sOptional' || handle === undefined || !isNode(receiver) || !Array.isArray(rest)) return undefined;
  const literal: unknown = rest[0];
  if (!isNode(literal) || literal.op !== 'value' || typeof literal.args !== 'string') return undefined;
  const key = literal.args;
  const inner = chainOf(receiver);
  if (inner !== undefined) return { ...inner, keys: [...inner.keys, key] };
  return { base: receiver, keys: [key], ask: (value, evaluator) => handle([value, key], evaluator, node, undefined) };
}

/** undefined: there is no such field. What is found is never undefined: an optional holds none. */
function follow({ base, keys, ask }: Chain, ready: Ready): Evaluate {
  const run = ready(base);
  // The call of each of them, and its literal.
  const steps = 2 * keys.length;
  const [first = '', ...others] = keys;
  return (evaluator, _node, scope) => {
    spend(steps);
    const from = run(evaluator, base, scope);
    let value: unknown;
    if (isMap(from) && isPlain(from)) value = Object.hasOwn(from, first) ? from[first] : undefined;
    else value = inside(from instanceof Optional ? optionalField(from, first) : ask(from, evaluator));
    for (const key of others) {
      if (value === undefined) return undefined;
      if (isMap(value) && isPlain(value)) value = Object.hasOwn(value, key) ? value[key] : undefined;
      else value = inside(fieldOf(value, key));
    }
    return value;
  };
}

function inside(found: unknown): unknown {
  if (!(found instanceof Optional)) throw new Error('an optional was expected');
  return found.hasValue() ? found.value() : undefined;
}

/** `x.?y` */
export function optionalMember(node: Node, ready: Ready): Evaluate | undefined {
  const chain = chainOf(node);
  if (chain === undefined) return undefined;
  const ask = follow(chain, ready);
  return (evaluator, same, scope) => {
    const found = ask(evaluator, same, scope);
    return found === undefined ? Optional.none() : Optional.of(found);
  };
}

/** `x.orValue(y)`; of `a.?b.?c` without making the optional. */
export function orValue(macro: Macro, ready: Ready): Evaluate | undefined {
  const { receiver, arg } = macro;
  if (!isNode(receiver) || !isNode(arg)) return undefined;
  const runArg = ready(arg);
  const chain = chainOf(receiver);
  if (chain !== undefined) {
    const ask = follow(chain, ready);
    return (evaluator, same, scope) => {
      spend(1);
      const found = ask(evaluator, same, scope);
      return found === undefined ? runArg(evaluator, arg, scope) : found;
    };
  }
  const run = ready(receiver);
  return (evaluator, _node, scope) => {
    spend(1);
    const found = run(evaluator, receiver, scope);
    if (found instanceof Optional) return found.hasValue() ? found.value() : runArg(evaluator, arg, scope);
    return macro.evaluate({ run: () => found }, macro, scope);
  };
}

/** `has(x.y)`, of which only x is evaluated; `has(x.?y)` is left to the macro. */
export function presence({ field }: Macro, ready: Ready): Evaluate | undefined {
  if (!isNode(field) || field.op !== '.' || !Array.isArray(field.args)) return undefined;
  const [object, key]: readonly unknown[] = field.args;
  if (!isNode(object) || typeof key !== 'string') return undefined;
  const run = ready(object);
  return (evaluator, _node, scope) => {
    spend(1);
    return hasField(run(evaluator, object, scope), key);
  };
}
