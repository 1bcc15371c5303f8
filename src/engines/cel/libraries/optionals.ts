import { EvaluationError, Optional } from '@marcbachmann/cel-js';
import { isEqual } from './equality.ts';
import type { CreateLibrary } from './library.ts';

interface Node {
  readonly op: string;
  readonly args: unknown;
}
interface Scope {
  forkWithVariable(name: string, type: unknown): Scope;
  reuse(outer: Scope): Scope;
  setIterValue(value: unknown, evaluator: Evaluator): Scope;
}
interface Checker {
  check(node: unknown, scope: Scope): unknown;
  getType(name: string): unknown;
}
interface Evaluator {
  run(node: unknown, scope: Scope): unknown;
}
interface OptionalMacro {
  readonly receiver: Node;
  readonly name: string;
  readonly body: Node;
  scope?: Scope;
}

/** `x.optMap(v, …)` and `x.optFlatMap(v, …)`, which cel-js lacks: the body gets the value of an optional; none stays none. */
export const optionalLibrary: CreateLibrary = (spend) => ({
  operators: {
    'optional == optional': (left: Optional<unknown>, right: Optional<unknown>) =>
      left.hasValue() && right.hasValue() ? isEqual(left.value(), right.value(), spend) : left.hasValue() === right.hasValue(),
  },
  functions: {
    'optional.optMap(ast, ast): optional<dyn>': macro('optMap', (value) => Optional.of<unknown>(value)),
    'optional.optFlatMap(ast, ast): optional<dyn>': macro('optFlatMap', (value) => {
      if (value instanceof Optional) return value;
      throw new EvaluationError('optFlatMap() gives something that is not an optional');
    }),
  },
});

function macro(title: string, wrap: (value: unknown) => unknown) {
  return ({ args, receiver }: { readonly args: readonly Node[]; readonly receiver: Node }) => {
    const [variable, body] = args;
    if (variable?.op !== 'id' || body === undefined) throw new Error(`${title}() takes a variable and an expression`);
    return {
      receiver,
      name: String(variable.args),
      body,
      async: false,
      typeCheck(checker: Checker, found: OptionalMacro, scope: Scope): unknown {
        checker.check(found.receiver, scope);
        found.scope = scope.forkWithVariable(found.name, checker.getType('dyn'));
        checker.check(found.body, found.scope);
        return checker.getType('optional');
      },
      evaluate(evaluator: Evaluator, found: OptionalMacro, scope: Scope): unknown {
        const value = evaluator.run(found.receiver, scope);
        if (!(value instanceof Optional)) throw new EvaluationError(`${title}() is called on something that is not an optional`);
        if (!value.hasValue() || found.scope === undefined) return Optional.none();
        return wrap(evaluator.run(found.body, found.scope.reuse(scope).setIterValue(value.value(), evaluator)));
      },
    };
  };
}
