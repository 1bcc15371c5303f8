import { EvaluationError, Optional } from '@marcbachmann/cel-js';
import type { Library } from './library.ts';

/**
 * `has(x.y)`, `x.?y` and `x[?y]`: an absent field is allowed, a value that has no fields is an error. cel-go makes it an error only for a
 * list and treats a scalar as absent (refQualify in interpreter/attributes.go); but an API server refuses such a manifest before any
 * policy evaluates it, so here it must not pass.
 */
export const selection: Library = {
  functions: {
    'dyn.k8sOptional(ast): optional<dyn>': selectionMacro((receiver, key) => optionalField(receiver, String(key))),
    'dyn.k8sAt(ast): optional<dyn>': selectionMacro(optionalItem),
    'k8sHas(ast): bool': hasMacro,
  },
};

/** `x.?y` of an object, or of an optional one. */
function optionalField(receiver: unknown, key: string): Optional<unknown> {
  if (!(receiver instanceof Optional)) return fieldOf(receiver, key);
  return receiver.hasValue() ? fieldOf(receiver.value(), key) : Optional.none();
}

/** `x[?y]`: a key of a map, or an index of a list. */
function optionalItem(receiver: unknown, key: unknown): Optional<unknown> {
  const value: unknown = receiver instanceof Optional ? (receiver.hasValue() ? receiver.value() : undefined) : receiver;
  if (value === undefined) return Optional.none();
  if (Array.isArray(value) && typeof key === 'bigint') return Optional.of<unknown>(key < 0n ? undefined : value[Number(key)]);
  if (typeof key === 'string') return fieldOf(value, key);
  throw new EvaluationError('the key of [?…] is neither a string nor the index of a list');
}

function fieldOf(value: unknown, key: string): Optional<unknown> {
  if (value instanceof Map) return Optional.of<unknown>(value.get(key));
  const object = requireFields(value, key);
  return Object.hasOwn(object, key) ? Optional.of<unknown>(Reflect.get(object, key)) : Optional.none();
}

function hasField(value: unknown, key: string): boolean {
  if (value instanceof Optional) return optionalField(value, key).hasValue();
  return value instanceof Map ? value.has(key) : Object.hasOwn(requireFields(value, key), key);
}

function requireFields(value: unknown, key: string): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  const found = Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  throw new EvaluationError(`the field ${key} is read from ${found}, not from an object`);
}

interface Node {
  readonly op: string;
  readonly args: readonly unknown[];
}
interface Checker {
  check(node: unknown, context: unknown): unknown;
  getType(name: string): unknown;
}
interface Evaluator {
  run(node: unknown, context: unknown): unknown;
}
interface SelectionMacro {
  readonly receiver: Node;
  readonly key: Node;
}

/** As a macro, since cel-js looks for the overload of a function each time that it is called, deep in the types of its arguments. */
function selectionMacro(select: (receiver: unknown, key: unknown) => Optional<unknown>) {
  return ({ args, receiver }: { readonly args: readonly Node[]; readonly receiver: Node }) => ({
    receiver,
    key: args[0],
    async: false,
    typeCheck(checker: Checker, macro: SelectionMacro, context: unknown) {
      checker.check(macro.receiver, context);
      checker.check(macro.key, context);
      return checker.getType('optional<dyn>');
    },
    evaluate: (evaluator: Evaluator, macro: SelectionMacro, context: unknown) =>
      select(evaluator.run(macro.receiver, context), evaluator.run(macro.key, context)),
  });
}

interface HasMacro {
  readonly field: Node;
}

/** The macro of cel-js takes no index (`has(list[0].x)`), and returns false for a list or string. */
function hasMacro({ args }: { readonly args: readonly Node[] }) {
  const field = args[0];
  const isField = field !== undefined && field.op === '.';
  const isOptional = field !== undefined && field.op === 'rcall' && field.args[0] === 'k8sOptional';
  if (!isField && !isOptional) throw new Error('has() takes a field, such as has(object.spec)');
  return {
    field,
    async: false,
    typeCheck(checker: Checker, macro: HasMacro, context: unknown) {
      checker.check(isField ? macro.field.args[0] : macro.field, context);
      return checker.getType('bool');
    },
    evaluate(evaluator: Evaluator, macro: HasMacro, context: unknown): boolean {
      if (isField) return hasField(evaluator.run(macro.field.args[0], context), String(macro.field.args[1]));
      const found = evaluator.run(macro.field, context);
      return found instanceof Optional && found.hasValue();
    },
  };
}
