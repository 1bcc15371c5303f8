import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { Budget } from './budget.ts';
import { check } from './check/checker.ts';
import { type Declared, everything, keyOf, namesOf } from './check/names.ts';
import type { Type } from './check/types.ts';
import { validate } from './check/validators.ts';
import { operatorHandles } from './evaluation/operators.ts';
import { guardLoops, prepare } from './evaluation/prepare.ts';
import { createLibrary, registerTypes } from './libraries.ts';
import { memoize } from './memoize.ts';
import { Meter } from './meter.ts';
import { isNode } from './node.ts';
import { clusterNeed, rewrite, withoutLiterals } from './source.ts';

/** A compiled expression. */
export interface Program {
  readonly expression: string;
  /** Of its value, as an API server finds it. */
  readonly type: Type;
  /** Why it cannot be evaluated without a cluster; it then must not be run. */
  readonly needs: string | undefined;
  /** Throws what the expression throws. */
  run(variables: object, budget: Budget): unknown;
}

/** Throws with the reason if the expression does not compile: Unsupported if only k8s-gate refuses it. */
export type Compile = (expression: string, declared?: Declared) => Program;

/** An API server takes the expression, but k8s-gate does not. */
export class Unsupported extends Error {}

/** Limits for the source text of an expression; budget.ts limits its evaluation. */
const limits = { maxAstNodes: 20_000, maxDepth: 200 };
const expressionLength = 20_000;

/** Programs of one compiler share an environment, so they must not run in parallel; one may run inside another. */
export function createCompiler(): Compile {
  const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits });
  for (const name of ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables', 'self', 'oldSelf'])
    environment.registerVariable(name, 'dyn');
  const meter = new Meter();
  registerTypes(environment);
  const { spend } = meter;
  const semantics = { library: createLibrary(spend), handles: operatorHandles(spend), spend };
  meter.attach(environment);
  const compile = (expression: string, declared: Declared): Program => {
    if (expression.length > expressionLength) throw new Unsupported(`text longer than ${expressionLength} characters`);
    const parsed = parse(environment, expression);
    const root: unknown = parsed.ast;
    if (!isNode(root)) throw new Unsupported('it has no syntax tree');
    const checked = check(root, namesOf(expression, declared));
    validate(root, checked, semantics.library);
    const needs = clusterNeed(expression);
    if (needs !== undefined) return { expression, type: checked.type, needs, run: () => unavailable(needs) };
    prepare(root, checked, semantics);
    const found = parsed.check();
    if (!found.valid) throw found.error ?? new Unsupported('it does not compile');
    guardLoops(root, semantics);
    meter.weigh(parsed);
    return { expression, type: checked.type, needs: undefined, run: (variables, budget) => meter.run(parsed, variables, budget) };
  };
  const known = new Map<string, Compile>();
  return (expression, declared = everything) => {
    const key = keyOf(expression, declared);
    const found = known.get(key) ?? memoize((text) => compile(text, declared));
    known.set(key, found);
    return found(expression);
  };
}

function parse(environment: Environment, expression: string): ParseResult {
  try {
    return environment.parse(rewrite(expression));
  } catch (thrown) {
    const text = withoutLiterals(expression);
    // Two forms that cel-js does not parse, and no policy that has been published uses.
    if (/[A-Za-z_]\w*\s*\{/.test(text)) throw new Unsupported('a message, such as google.protobuf.Value{}');
    if (/(?:^|[^\w)\]}"'.\s])\s*\.\s*[A-Za-z_]/.test(text)) throw new Unsupported('a name that starts with a dot');
    throw thrown;
  }
}

function unavailable(needs: string): never {
  throw new Error(needs);
}

/** The reason in one line, without the drawing of the place that cel-js adds. */
export function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return (message.split('\n')[0] ?? message).slice(0, 500);
}
