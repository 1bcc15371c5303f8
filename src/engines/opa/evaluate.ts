import { randomBytes } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import { type JsonValue, stringifyJson } from '../../model/json.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import { timedOut } from '../ended.ts';
import { locationOf, type OpaProblem, problemsOf } from './errors.ts';
import type { LoadedPolicies } from './policies.ts';
import { excerpt, invalidOutput, type OpaContext, parseOutput, regoFlags, runOpa } from './process.ts';
import { canaryDocument, canaryModule, canaryRule, query, ruleKey, selectedQuery, wrapperModule } from './wrapper.ts';

/** The value of every rule for one document: rule key -> value. */
type Answer = Readonly<Record<string, unknown>>;
/** An input document: a resource, or all of them together. */
export interface Document {
  readonly key: string;
  readonly label: string;
  readonly value: JsonValue;
}
export interface Outcome {
  readonly answer: Answer;
  /** Keys of the rules without an answer, because one of them fails on this document. */
  readonly failed: ReadonlySet<string>;
  readonly errors: readonly GateError[];
}

const outputSchema = z.looseObject({
  result: z.tuple([
    z.looseObject({
      expressions: z.tuple([z.looseObject({ value: z.record(z.string(), z.record(z.string(), z.unknown())) })]),
    }),
  ]),
});

/** After this many documents on which a rule fails, the rest of a failing batch is not bisected. */
const maxFailures = 20;
/** The same for the rules that fail on one document. */
const maxFailingRules = 5;

/**
 * Evaluates every rule for every document. A document on which a rule fails (invalid input for a built-in function) is found by bisection,
 * and so is the rule: the others are still evaluated.
 */
export async function evaluate(
  context: OpaContext,
  policies: LoadedPolicies,
  capabilities: string,
  documents: readonly Document[],
): Promise<ReadonlyMap<string, Outcome>> {
  const secret = `k8s-gate-canary-${randomBytes(16).toString('hex')}`;
  await prepare(context, policies, secret);
  const outcomes = new Map<string, Outcome>();
  const queue = [documents];
  let failures = 0;
  for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
    const answers = await evaluateBatch(context, policies, capabilities, batch, secret);
    if (!('problem' in answers)) {
      for (const [key, answer] of answers.found) outcomes.set(key, { answer, failed: new Set(), errors: [] });
    } else if (batch.length > 1 && failures < maxFailures) {
      const middle = Math.ceil(batch.length / 2);
      queue.push(batch.slice(0, middle), batch.slice(middle));
    } else {
      failures += 1;
      for (const document of batch)
        outcomes.set(document.key, await evaluateRules(context, policies, capabilities, document, secret));
    }
  }
  return outcomes;
}

/** One document by halves of the rules, until those that fail on it are found. The first half goes first, so few runs find the first. */
async function evaluateRules(
  context: OpaContext,
  policies: LoadedPolicies,
  capabilities: string,
  document: Document,
  secret: string,
): Promise<Outcome> {
  const answer: Record<string, unknown> = {};
  const failed = new Set<string>();
  const errors: GateError[] = [];
  const stack: (readonly string[])[] = [policies.rules.map((_, index) => ruleKey(index))];
  for (let keys = stack.pop(); keys !== undefined; keys = stack.pop()) {
    const answers = await evaluateBatch(context, policies, capabilities, [document], secret, keys);
    if (!('problem' in answers)) Object.assign(answer, answers.found.get(document.key));
    else if (keys.length > 1 && errors.length < maxFailingRules) {
      const middle = Math.ceil(keys.length / 2);
      stack.push(keys.slice(middle), keys.slice(0, middle));
    } else {
      for (const key of keys) failed.add(key);
      errors.push(stumbled(answers.problem, document, policies));
    }
  }
  return { answer, failed, errors };
}

async function prepare(context: OpaContext, policies: LoadedPolicies, secret: string): Promise<void> {
  const write = (name: string, text: string) => context.ports.files.write(path.join(context.workdir, name), text);
  await write('gate/run.rego', wrapperModule(policies.rules));
  await write('gate/canary.rego', canaryModule(secret));
  await write('data.json', stringifyJson(policies.data));
}

type BatchAnswer = { readonly found: ReadonlyMap<string, Answer> } | { readonly problem: OpaProblem };

async function evaluateBatch(
  context: OpaContext,
  policies: LoadedPolicies,
  capabilities: string,
  batch: readonly Document[],
  secret: string,
  keys?: readonly string[],
): Promise<BatchAnswer> {
  const documents = Object.fromEntries(batch.map((document) => [document.key, document.value]));
  const input = path.join(context.workdir, 'input.json');
  await context.ports.files.write(
    input,
    stringifyJson({ documents, rules: [canaryRule, ...(keys ?? [])], planted: { [secret]: canaryDocument(secret) } }),
  );
  const result = await runOpa(context, [
    'eval',
    ...['--format', 'json', '--capabilities', capabilities, '--strict-builtin-errors', '--timeout', `${context.timeoutMs}ms`],
    ...regoFlags(context.options),
    ...['--data', policies.folder, '--data', 'gate', '--data', 'data.json', '--input', input],
    keys === undefined ? query : selectedQuery,
  ]);
  if (result.exitCode === 0) return { found: readAnswers(parseOutput(result, 'eval'), batch, policies, secret, keys) };
  const problem = problemsOf(result)[0];
  if (problem?.code === 'eval_cancel_error')
    throw timedOut('opa eval', context.timeoutMs, 'Raise `timeout`, or look for a rule with quadratic run time.');
  // Only evaluation errors can depend on the document; any other error is a failure of the whole run.
  if (result.exitCode === 2 && problem?.code?.startsWith('eval_') === true) return { problem };
  throw new GateError('ENGINE_FAILED', {
    message: `opa eval ended with exit code ${result.exitCode ?? 'none'}: ${problem?.message ?? excerpt(result)}`,
    expected: 'exit code 0, or 2 with the error of a rule',
  });
}

/** Checks that every document and rule has a result. Throws ENGINE_COVERAGE if anything is missing. */
function readAnswers(
  output: unknown,
  batch: readonly Document[],
  policies: LoadedPolicies,
  secret: string,
  keys?: readonly string[],
): ReadonlyMap<string, Answer> {
  const parsed = outputSchema.safeParse(output);
  if (!parsed.success) throw invalidOutput('eval', schemaProblem(parsed.error, { whole: 'the output' }));
  const answers = parsed.data.result[0].expressions[0].value;
  if (JSON.stringify(answers[secret]?.[canaryRule]) !== '["planted"]') throw uncovered('the planted resource was not rejected');
  const foreign = Object.keys(answers).find((key) => key !== secret && !batch.some((document) => document.key === key));
  if (foreign !== undefined) throw uncovered(`an unexpected result for ${JSON.stringify(foreign.slice(0, 100))}`);
  const asked = policies.rules
    .map((rule, index) => ({ rule, key: ruleKey(index) }))
    .filter(({ key }) => keys?.includes(key) ?? true);
  const sets = asked.filter(({ rule }) => rule.isSet);
  const entries = batch.map(({ key, label }): readonly [string, Answer] => {
    const answer = answers[key];
    if (answer === undefined) throw uncovered(`no result for ${label}`);
    if (JSON.stringify(answer[canaryRule]) !== '[]') throw uncovered(`the planted rule has a wrong result for ${label}`);
    const missing = sets.find((set) => !Array.isArray(answer[set.key]));
    if (missing !== undefined) throw uncovered(`${missing.rule.packageName}.${missing.rule.name} has no value for ${label}`);
    return [key, answer];
  });
  return new Map(entries);
}

function uncovered(what: string): GateError {
  return new GateError('ENGINE_COVERAGE', {
    message: `the result of OPA is incomplete: ${what}`,
    expected: 'a result of each rule for each resource, and the planted resource rejected',
    next: 'Report this as a bug with the debug log: nothing may pass without being evaluated.',
  });
}

function stumbled(problem: OpaProblem, document: Document, policies: LoadedPolicies): GateError {
  return new GateError('POLICY_INVALID', {
    ...locationOf(problem, policies.files),
    message: `a rule fails on ${document.label}: ${problem.message}`,
    expected: 'rules that can evaluate any resource',
    next: 'Check the type of the value in the rule before using it. Other rules were evaluated for this resource.',
  });
}
