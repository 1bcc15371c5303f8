import * as z from 'zod';
import { parseJson } from '../../model/attempt.ts';
import { GateError } from '../../model/gate-error.ts';
import type { PolicyFile } from '../../model/policy.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { excerpt } from './process.ts';

/** `{"errors": […]}`, the output of check, parse and eval with `--format json`. */
const errorsSchema = z.looseObject({
  errors: z
    .array(
      z.looseObject({
        message: z.string(),
        code: z.string().optional(),
        location: z.looseObject({ file: z.string(), row: z.number(), col: z.number() }).optional(),
      }),
    )
    .min(1),
});
export type OpaProblem = z.infer<typeof errorsSchema>['errors'][number];

/** The errors in a failed run's output; empty if there are none. */
export function problemsOf(result: ProcessResult): readonly OpaProblem[] {
  for (const text of [result.stdout, result.stderr]) {
    const parsed = errorsSchema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data.errors;
  }
  return [];
}

/** The error for a policy that does not compile, with the user's file and line. `files` are our names for the policies. */
export function policyProblem(
  problems: readonly OpaProblem[],
  files: ReadonlyMap<string, PolicyFile>,
  result: ProcessResult,
): GateError {
  const first = problems[0];
  if (first === undefined) {
    return new GateError('ENGINE_FAILED', {
      message: `opa rejected the policies with exit code ${result.exitCode ?? 'none'}: ${excerpt(result)}`,
    });
  }
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new GateError('POLICY_INVALID', {
    ...locationOf(first, files),
    message: `${first.message}${more}`,
    expected: 'Rego that compiles with the pure built-in functions only',
    next: nextStep(first),
  });
}

export function locationOf(
  problem: OpaProblem,
  files: ReadonlyMap<string, PolicyFile>,
): { readonly file?: string; readonly line?: number } {
  const file = problem.location === undefined ? undefined : files.get(problem.location.file)?.file;
  return file === undefined || problem.location === undefined ? {} : { file, line: Math.max(1, problem.location.row) };
}

function nextStep(problem: OpaProblem): string {
  if (problem.message.startsWith('undefined function')) {
    return 'Policies have no access to network, clock, environment or randomness: put required data under `engines.opa.data`.';
  }
  if (problem.code === 'rego_parse_error')
    return 'Fix the policy, or set `engines.opa.regoVersion: v0` for Rego older than OPA 1.0.';
  return 'Fix the policy; `opa check` (`opa check --strict` with `engines.opa.strict`) shows the same error.';
}
