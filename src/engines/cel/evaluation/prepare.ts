import { EvaluationError, Optional } from '@marcbachmann/cel-js';
import type { Spend } from '../budget.ts';
import { isOptionalEntry } from '../check/entries.ts';
import { operandsOf, type Resolved } from '../check/resolved.ts';
import type { Library } from '../libraries/library.ts';
import {
  type Call,
  type Checker,
  callOf,
  type Evaluator,
  eachNode,
  entriesOf,
  type Handle,
  type Node,
  nodesIn,
  qualifiedName,
  type Scope,
} from '../node.ts';
import { mapFrom } from '../semantics/maps.ts';
import { Uint } from '../semantics/uint.ts';
import { TypeValue } from '../semantics/values.ts';
import { dispatch } from './functions.ts';
import { macroOf } from './macros.ts';

export interface Semantics {
  readonly library: Library;
  readonly handles: Readonly<Record<string, Handle>>;
  readonly spend: Spend;
}

/**
 * Makes cel-js evaluate an expression as an API server does: it parses, resolves names and runs loops, `&&`, `||` and `?:`; all other nodes
 * get the semantics of cel-go. Its type checker, which knows neither, gives `dyn` for them: check/checker.ts has checked the types before.
 */
export function prepare(root: Node, resolved: Resolved, { library, handles, spend }: Semantics): void {
  eachNode(root, (node) => {
    node.setMeta('async', false);
    if (node.op === 'comprehension' || node.meta.alternate !== undefined) return;
    const call = callOf(node);
    const macro = call && macroOf(call, spend);
    const handle = handles[node.op];
    if (resolved.isTypeName(node)) constant(node, new TypeValue(qualifiedName(node) ?? ''));
    else if (macro !== undefined) own(node, macro.check, macro.evaluate);
    else if (call !== undefined) prepareCall(node, resolved, library);
    else if (handle !== undefined)
      ownCheck(node, (checker, scope) => {
        if (Array.isArray(node.args)) [node.left, node.right] = node.args;
        for (const operand of nodesIn(node.args)) checker.check(operand, scope);
        node.handle = handle;
      });
    else if (node.op === 'value') constant(node, literalValue(node.args));
    else if (node.op === 'list') prepareList(node);
    else if (node.op === 'map') prepareMap(node);
  });
}

/** After the check of cel-js, which sets what runs a loop. */
export function guardLoop(node: Node, { handles: { comprehension } }: Semantics): void {
  const { handle } = node;
  if (node.op !== 'comprehension' || handle === undefined || comprehension === undefined) return;
  node.handle = (items, accumulator, evaluator, scope) =>
    handle(comprehension(items, accumulator, evaluator, scope), accumulator, evaluator, scope);
}

type Check = (checker: Checker, scope: Scope) => void;

function ownCheck(node: Node, check: Check): void {
  node.setMeta('macro', undefined).setMeta('check', (checker: Checker, _node: Node, scope: Scope) => {
    check(checker, scope);
    return checker.getType('dyn');
  });
}

function own(node: Node, check: Check, evaluate: (evaluator: Evaluator, scope: Scope) => unknown): void {
  ownCheck(node, check);
  node.setMeta('evaluate', (evaluator: Evaluator, _node: Node, scope: Scope) => evaluate(evaluator, scope));
}

function constant(node: Node, value: unknown): void {
  own(
    node,
    () => {},
    () => value,
  );
}

/** cel-js has a class of its own for uint, which it does not export. */
function literalValue(literal: unknown): unknown {
  const isPlain = typeof literal !== 'object' || literal === null || literal instanceof Uint8Array;
  return isPlain ? literal : new Uint(BigInt(String(literal)));
}

function prepareCall(node: Node, resolved: Resolved, library: Library): void {
  const call: Call = callOf(node) ?? { name: '', receiver: undefined, arguments: [] };
  const { name } = call;
  const [value] = call.arguments;
  if (isOptionalEntry(node) && value !== undefined) {
    own(
      node,
      (checker, scope) => checker.check(value, scope),
      (evaluator, scope) => evaluator.run(value, scope),
    );
    return;
  }
  const resolution = resolved.resolution(node);
  if (resolution === undefined) throw new EvaluationError(`k8s-gate does not support ${name}() yet`);
  const nodes = operandsOf(call, resolution);
  const apply = dispatch(name, resolution, library);
  ownCheck(node, (checker, scope) => {
    for (const argument of nodes) checker.check(argument, scope);
    node.receiverWithArgs = nodes;
    node.handle = (values) => apply(Array.isArray(values) ? values : []);
  });
}

function prepareList(node: Node): void {
  const items = nodesIn(node.args);
  const check: Check = (checker, scope) => {
    for (const item of items) checker.check(item, scope);
  };
  if (!items.some(isOptionalEntry)) ownCheck(node, check);
  else own(node, check, (evaluator, scope) => items.flatMap((item) => itemsOf(item, evaluator.run(item, scope))));
}

function prepareMap(node: Node): void {
  const entries = entriesOf(node);
  own(
    node,
    (checker, scope) => {
      for (const part of entries.flat()) checker.check(part, scope);
    },
    (evaluator, scope) =>
      mapFrom(
        entries.flatMap(([keyNode, valueNode]) => {
          const key = evaluator.run(keyNode, scope);
          return itemsOf(valueNode, evaluator.run(valueNode, scope)).map((value): [unknown, unknown] => [key, value]);
        }),
      ),
  );
}

/** The value of an entry, or none if it is an optional one without a value. */
function itemsOf(node: Node, value: unknown): readonly unknown[] {
  if (!isOptionalEntry(node)) return [value];
  if (!(value instanceof Optional)) throw new EvaluationError('an optional entry has a value that is not optional');
  return value.hasValue() ? [value.value()] : [];
}
