import { Environment, EvaluationError, Optional, type ParseResult } from '@marcbachmann/cel-js';
import { isBudgeted, requireAffordable, withinBudget } from './budget.ts';
import { registerLists, registerStrings } from './functions.ts';
import { meter } from './meter.ts';
import { registerNetwork } from './network.ts';
import { registerOptionals } from './optionals.ts';
import { registerQuantity } from './quantity.ts';
import { remembered } from './remembered.ts';
import { fieldOf, hasField, optionalField } from './selection.ts';
import { clusterNeed, rewrite, withKnownNames } from './source.ts';
import { registerText } from './text.ts';
import { registerUrls } from './urls.ts';

/** A compiled expression. `needs`: it can't be answered without a cluster, and is then never run. */
export interface Program {
  readonly expression: string;
  readonly needs: string | undefined;
  /** Throws what the expression throws. */
  run(variables: object): unknown;
}

/** Of an expression as it is written; what evaluating it may cost is bounded in budget.ts. */
const limits = { maxAstNodes: 20_000, maxDepth: 200 };
const expressionLength = 20_000;

const environment = createEnvironment();

function createEnvironment(): Environment {
  const created = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits });
  for (const name of ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables']) {
    created.registerVariable(name, 'dyn');
  }
  registerSelection(created);
  registerOptionals(created);
  registerStrings(created);
  registerText(created);
  registerLists(created);
  registerQuantity(created);
  registerNetwork(created);
  registerUrls(created);
  meter(created.parse('true').ast);
  return created;
}

/** Throws with the reason where the expression doesn't compile. An expression is never evaluated while it is being evaluated, so one is enough. */
export const compile = remembered(compileOnce);

function compileOnce(expression: string): Program {
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
  const run = (variables: object): unknown =>
    isBudgeted() ? affordable(parsed, variables) : withinBudget(() => affordable(parsed, variables)).value;
  return { expression, needs: undefined, run };
}

/** CEL swallows errors (`x || true`, `all`). Each step after the limit throws again, so none can be the last; should a macro, its answer is none. */
function affordable(parsed: ParseResult, variables: object): unknown {
  const value: unknown = parsed(variables);
  requireAffordable();
  return value;
}

/** The reason in one line, without the library's drawing of the place. */
export function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return withKnownNames(message.split('\n')[0] ?? message).slice(0, 500);
}

/**
 * `has(x.y)` and `x.?y`: absent is fine, a value that has no fields is an error. cel-go says that only of a list and takes a scalar for
 * "absent" (refQualify in interpreter/attributes.go); but an API server refuses such a manifest before any policy sees it, so here
 * nothing may pass for it.
 */
function registerSelection(created: Environment): void {
  created.registerFunction('dyn.k8sOptional(string): optional<dyn>', optionalField);
  created.registerFunction('dyn.k8sAt(dyn): optional<dyn>', optionalItem);
  created.registerFunction('k8sHas(ast): bool', hasMacro);
  created.registerFunction('k8sInt(int): int', (value: bigint) => value);
  created.registerFunction('k8sInt(uint): int', (value: { valueOf(): bigint }) => int64(value.valueOf()));
  created.registerFunction('k8sInt(double): int', (value: number) => {
    if (!Number.isFinite(value)) throw new EvaluationError('int() of a number that is not finite');
    return int64(BigInt(Math.trunc(value)));
  });
  created.registerFunction('k8sInt(string): int', (text: string) => {
    if (!/^[+-]?\d{1,20}$/.test(text)) throw new EvaluationError(`int() of ${JSON.stringify(text)}, which is no integer`);
    return int64(BigInt(text.replace(/^\+/, '')));
  });
}

function int64(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new EvaluationError('int() of a number that is too large');
  return value;
}

/** `x[?y]`: a key of a map, or an index of a list. */
function optionalItem(receiver: unknown, key: unknown): Optional<unknown> {
  const value: unknown = receiver instanceof Optional ? (receiver.hasValue() ? receiver.value() : undefined) : receiver;
  if (value === undefined) return Optional.none();
  if (Array.isArray(value) && typeof key === 'bigint') return Optional.of<unknown>(key < 0n ? undefined : value[Number(key)]);
  if (typeof key === 'string') return fieldOf(value, key);
  throw new EvaluationError('the key of [?…] is neither a name nor the index of a list');
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
      if (isField) return hasField(evaluator.run(macro.field.args[0], context), String(macro.field.args[1]));
      const found = evaluator.run(macro.field, context);
      return found instanceof Optional && found.hasValue();
    },
  };
}
