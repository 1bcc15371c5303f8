import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { memoize } from '../../model/memoize.ts';
import type { Budget } from './budget.ts';
import { check } from './check/checker.ts';
import { type Declared, everything, keyOf, namesOf } from './check/names.ts';
import { Unsupported } from './check/refused.ts';
import { assumed } from './check/resolved.ts';
import type { Type } from './check/types.ts';
import { validate } from './check/validators.ts';
import { operatorHandles } from './evaluation/operators.ts';
import { guardLoop, prepare } from './evaluation/prepare.ts';
import { createLibrary, registerTypes } from './libraries.ts';
import { Meter } from './meter.ts';
import { eachNode, isNode } from './node.ts';
import { clusterNeed, rewrite, withoutLiterals } from './source.ts';

/** A compiled expression. */
export interface Program {
  readonly expression: string;
  /** Of its value, as an API server finds it; undefined if the expression was checked before. */
  readonly type: Type | undefined;
  /** Why it cannot be evaluated without a cluster; it then must not be run. */
  readonly needs: string | undefined;
  /** Throws what the expression throws. */
  run(variables: object, budget: Budget): unknown;
}

/** Throws with the reason if the expression does not compile: Unsupported if only k8s-gate refuses it. */
export type Compile = (expression: string, declared?: Declared) => Program;

/** Limits for the source text of an expression; budget.ts limits its evaluation. */
const limits = { maxAstNodes: 20_000, maxDepth: 200 };
const expressionLength = 20_000;

/**
 * Programs of one compiler share an environment, so they must not run in parallel; one may run inside another.
 * @param checked Whether all expressions were checked before, so that their types are of no interest.
 */
export function createCompiler(checked = false): Compile {
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
    const found = checked ? undefined : check(root, namesOf(expression, declared), declared.patchTypes);
    if (found !== undefined) validate(root, found, semantics.library);
    const type = found?.type;
    const needs = clusterNeed(expression);
    if (needs !== undefined) return { expression, type, needs, run: () => unavailable(needs) };
    prepare(root, found ?? assumed, semantics);
    const ended = parsed.check();
    if (!ended.valid) throw ended.error ?? new Unsupported('it does not compile');
    eachNode(root, (node) => {
      guardLoop(node, semantics);
      meter.weigh(node);
    });
    return { expression, type, needs: undefined, run: (variables, budget) => meter.run(parsed, variables, budget) };
  };
  if (checked) return memoize((expression) => compile(expression, everything));
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
    // cel-js does not parse it, and no policy that has been published uses it.
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
