import { Optional } from '@marcbachmann/cel-js';
import { lengthOf, spend, weigh } from './budget.ts';
import { type Evaluate, isNode, type Node } from './node.ts';
import { optionalField } from './selection.ts';
import { isPlain } from './values.ts';

/**
 * cel-js looks up the types of operands and the overload for them each time an operator is evaluated, deep into lists and maps. For the
 * operands that nearly every expression has (plain members, texts, numbers) the answer is known without: given here, for the same steps.
 * Everything else, and everything that is an error, is left to cel-js; test/agreement holds the answers against Kyverno's.
 */
export function shortcut(node: Node): Evaluate | undefined {
  if (node.meta.alternate !== undefined || node.meta.macro !== undefined) return undefined;
  const [first, second, third]: readonly unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  if (node.op === '.') return isNode(first) && typeof second === 'string' ? member(node, first, second) : undefined;
  if (node.op === '==' || node.op === '!=') return isNode(first) && isNode(second) ? equality(node, first, second) : undefined;
  if (node.op === '+') return isNode(first) && isNode(second) ? joining(node, first, second) : undefined;
  if (node.op === '!_') return isNode(first) ? negation(node, first) : undefined;
  if (node.op !== 'rcall' || !isNode(second) || !Array.isArray(third)) return undefined;
  if (first === 'size' && third.length === 0) return size(node, second);
  const key: unknown = third[0];
  const isName = first === 'k8sOptional' && isNode(key) && key.op === 'value' && typeof key.args === 'string';
  return isName ? optionalMember(node, second, String(key.args)) : undefined;
}

/** `x.y` where the type of x is not known before. */
function member({ handle }: Node, object: Node, key: string): Evaluate | undefined {
  const type = object.checkedType;
  if (handle === undefined || type?.kind !== 'dyn' || type.name !== 'dyn') return undefined;
  return (evaluator, node, scope) => {
    spend(1);
    const value = object.evaluate(evaluator, object, scope);
    if (isMap(value) && Object.hasOwn(value, key)) {
      const found = value[key];
      if (isScalar(found) || isMap(found) || (Array.isArray(found) && found.constructor === Array)) return found;
    }
    return handle(value, key, node, evaluator);
  };
}

/** `x.?y`, as the evaluator would come to the function of that name. */
function optionalMember({ handle }: Node, object: Node, key: string): Evaluate | undefined {
  if (handle === undefined) return undefined;
  return (evaluator, node, scope) => {
    spend(2);
    const value = object.evaluate(evaluator, object, scope);
    if (value instanceof Optional || (isMap(value) && isPlain(value))) return optionalField(value, key);
    return handle([value, key], evaluator, node, undefined);
  };
}

function equality({ handle, op }: Node, left: Node, right: Node): Evaluate | undefined {
  if (handle === undefined) return undefined;
  const wanted = op === '==';
  return (evaluator, node, scope) => {
    spend(1);
    const a = left.evaluate(evaluator, left, scope);
    const b = right.evaluate(evaluator, right, scope);
    if (typeof a !== typeof b || !isExact(a)) return handle(a, b, node, evaluator);
    spend(Math.min(weigh(a), weigh(b)));
    return (a === b) === wanted;
  };
}

function joining({ handle }: Node, left: Node, right: Node): Evaluate | undefined {
  if (handle === undefined) return undefined;
  return (evaluator, node, scope) => {
    spend(1);
    const a = left.evaluate(evaluator, left, scope);
    const b = right.evaluate(evaluator, right, scope);
    if (typeof a !== 'string' || typeof b !== 'string') return handle(a, b, node, evaluator);
    spend(lengthOf(a) + lengthOf(b));
    return a + b;
  };
}

function negation({ handle }: Node, operand: Node): Evaluate | undefined {
  if (handle === undefined) return undefined;
  return (evaluator, node, scope) => {
    spend(1);
    const value = operand.evaluate(evaluator, operand, scope);
    return typeof value === 'boolean' ? !value : handle(value, node, evaluator, undefined);
  };
}

/** Of a list whose first item says its type without being read into. */
function size({ handle }: Node, list: Node): Evaluate | undefined {
  if (handle === undefined) return undefined;
  return (evaluator, node, scope) => {
    spend(1);
    const value = list.evaluate(evaluator, list, scope);
    if (Array.isArray(value) && (value.length === 0 || isPlain(value[0]))) return BigInt(value.length);
    return handle([value], evaluator, node, undefined);
  };
}

/** As cel-js tells a map from other objects: one with a member named `constructor` is none to it. */
function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && value.constructor === Object;
}

function isExact(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint';
}

function isScalar(value: unknown): boolean {
  return isExact(value) || typeof value === 'number';
}
