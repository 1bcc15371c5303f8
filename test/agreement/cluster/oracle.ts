import { execFileSync } from 'node:child_process';
import * as z from 'zod';
import type { JsonObject } from '../../../src/model/json.ts';
import { buildGo } from '../../oracle/build.ts';

/** A row of the API server's discovery. */
export interface Served {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The creation of an object in a cluster with a policy, its bindings and what else is there. */
export interface Question {
  readonly policy: JsonObject;
  readonly bindings: readonly JsonObject[];
  readonly params: readonly JsonObject[];
  readonly namespaces: readonly JsonObject[];
  /** Besides the object's own. */
  readonly served: readonly Served[];
  readonly object: JsonObject;
  readonly resource: Served;
  readonly namespace: string;
  /** Whether a built-in kind is decoded into its Go type first. */
  readonly typed: boolean;
}

const answerSchema = z.object({
  matched: z.boolean(),
  error: z.string().default(''),
  /** Why the policy could not be created. */
  refused: z.string().default(''),
  bindings: z.array(
    z.object({
      binding: z.string(),
      matched: z.boolean(),
      error: z.string().default(''),
      /** One list for each parameter object. */
      decisions: z.array(z.array(z.object({ evaluation: z.enum(['admit', 'deny', 'error']), message: z.string() }))),
    }),
  ),
});
export type Answer = z.infer<typeof answerSchema>;

/** The API server's own code as a program: test/oracle/policies. */
export function buildOracle(): string | undefined {
  return buildGo('policies', 'what an API server answers is not compared');
}

/** One answer per question, by one process. */
export function askOracle(executable: string, questions: readonly Question[]): readonly Answer[] {
  const input = questions.map((question) => JSON.stringify(question, exact)).join('\n');
  const output = execFileSync(executable, { input, maxBuffer: 2 ** 30, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => answerSchema.parse(JSON.parse(line)));
}

/** Integers beyond 2^53 are read as bigint; no question has one. */
function exact(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** pass, fail or error, as a cluster would answer; `none`: the policy or binding is not about the object. */
export type Status = 'pass' | 'fail' | 'error' | 'none';

const statusOf = { admit: 'pass', deny: 'fail', error: 'error' } as const;

/** The results of all bindings and parameters, sorted. */
export function statusesOf({ matched, error, bindings }: Answer): readonly Status[] {
  if (error !== '') return ['error'];
  if (!matched) return ['none'];
  const statuses = bindings.flatMap((binding): readonly Status[] => {
    if (binding.error !== '') return ['error'];
    if (!binding.matched) return [];
    // Without parameters and parameterNotFoundAction: Deny, the policy allows everything.
    if (binding.decisions.length === 0) return ['pass'];
    return binding.decisions.flat().map(({ evaluation }) => statusOf[evaluation]);
  });
  return statuses.length === 0 ? ['none'] : [...new Set(statuses)].toSorted();
}
