import { Environment } from '@marcbachmann/cel-js';
import type { Budget } from './budget.ts';
import { registerLibraries } from './libraries.ts';
import { memoize } from './memoize.ts';
import { Meter } from './meter.ts';
import { clusterNeed, rewrite, withKnownNames } from './source.ts';

/** A compiled expression. */
export interface Program {
  readonly expression: string;
  /** Why it cannot be evaluated without a cluster; it then must not be run. */
  readonly needs: string | undefined;
  /** Throws what the expression throws. */
  run(variables: object, budget: Budget): unknown;
}

/** Throws with the reason if the expression does not compile. */
export type Compile = (expression: string) => Program;

/** Limits for the source text of an expression; budget.ts limits its evaluation. */
const limits = { maxAstNodes: 20_000, maxDepth: 200 };
const expressionLength = 20_000;

/** Programs of one compiler share an environment, so they must not run in parallel; one may run inside another. */
export function createCompiler(): Compile {
  const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits });
  for (const name of ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables'])
    environment.registerVariable(name, 'dyn');
  const meter = new Meter();
  registerLibraries(environment, meter.spend);
  meter.attach(environment);
  return memoize((expression) => {
    const needs = clusterNeed(expression);
    if (needs !== undefined) return { expression, needs, run: () => unavailable(needs) };
    if (expression.length > expressionLength) throw new Error(`the expression is longer than ${expressionLength} characters`);
    const parsed = environment.parse(rewrite(expression));
    const check = parsed.check();
    if (!check.valid) throw check.error ?? new Error('it does not compile');
    meter.weigh(parsed);
    return { expression, needs: undefined, run: (variables, budget) => meter.run(parsed, variables, budget) };
  });
}

function unavailable(needs: string): never {
  throw new Error(needs);
}

/** The reason in one line, without the drawing of the place that cel-js adds. */
export function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return withKnownNames(message.split('\n')[0] ?? message).slice(0, 500);
}
