import { Environment, EvaluationError, Optional } from '@marcbachmann/cel-js';
import { registerLists, registerStrings } from './functions.ts';
import { registerNetwork } from './network.ts';
import { registerQuantity } from './quantity.ts';
import { clusterNeed, rewrite } from './source.ts';

/** A compiled expression. `needs`: it can't be answered without a cluster, and is then never run. */
export interface Program {
  readonly expression: string;
  readonly needs: string | undefined;
  /** Throws what the expression throws. */
  run(variables: Readonly<Record<string, unknown>>): unknown;
}

/** Kubernetes refuses an expression beyond its cost limit; these bound what one may ask here. */
const limits = { maxAstNodes: 20_000, maxDepth: 200 };
const expressionLength = 20_000;

const environment = createEnvironment();

function createEnvironment(): Environment {
  const created = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits });
  for (const name of ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables']) {
    created.registerVariable(name, 'dyn');
  }
  registerSelection(created);
  registerStrings(created);
  registerLists(created);
  registerQuantity(created);
  registerNetwork(created);
  return created;
}

/** Throws with the reason where the expression doesn't compile. */
export function compile(expression: string): Program {
  const needs = clusterNeed(expression);
  if (needs !== undefined) {
    return {
      expression,
      needs,
      run: () => {
        throw new Error(needs);
      },
    };
  }
  if (expression.length > expressionLength) throw new Error(`the expression is longer than ${expressionLength} characters`);
  const parsed = environment.parse(rewrite(expression));
  const check = parsed.check();
  if (!check.valid) throw check.error ?? new Error('it does not compile');
  return { expression, needs: undefined, run: (variables) => parsed(variables) };
}

/** The reason in one line, without the library's drawing of the place. */
export function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return (message.split('\n')[0] ?? message).replaceAll('k8sHas', 'has').replaceAll('k8sMatches', 'matches').slice(0, 500);
}

/** `has(x.y)` and `x.?y`: absent is fine, a value that has no fields is an error, as in Kubernetes. */
function registerSelection(created: Environment): void {
  created.registerFunction('dyn.k8sOptional(string): optional<dyn>', optionalField);
  created.registerFunction('k8sHas(ast): bool', hasMacro);
}

function optionalField(receiver: unknown, key: string): Optional<unknown> {
  if (!(receiver instanceof Optional)) return fieldOf(receiver, key);
  return receiver.hasValue() ? fieldOf(receiver.value(), key) : Optional.none();
}

function fieldOf(value: unknown, key: string): Optional<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EvaluationError(
      `the field ${key} is asked of ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}, not of an object`,
    );
  }
  return Object.hasOwn(value, key) ? Optional.of<unknown>(Reflect.get(value, key)) : Optional.none();
}

interface Node {
  readonly op: string;
  readonly args: readonly unknown[];
}
interface HasMacro {
  readonly field: Node;
}
interface Checker {
  check(node: unknown, context: unknown): unknown;
  getType(name: string): unknown;
}
interface Evaluator {
  run(node: unknown, context: unknown): unknown;
}

/** cel-js' own takes no index (`has(list[0].x)`), and answers false for a list or string. */
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
      const found = isField
        ? optionalField(evaluator.run(macro.field.args[0], context), String(macro.field.args[1]))
        : evaluator.run(macro.field, context);
      return found instanceof Optional && found.hasValue();
    },
  };
}
