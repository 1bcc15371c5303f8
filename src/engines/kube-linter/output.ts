import * as z from 'zod';
import { parseJson } from '../../model/attempt.ts';
import { GateError } from '../../model/gate-error.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import type { ProcessResult } from '../../ports/ports.ts';

/** The part of `kube-linter lint --format json` that is read (0.8.3). Go writes a list without entries as null. */
const outputSchema = z.looseObject({
  Checks: z.array(z.looseObject({ name: z.string(), description: z.string() })),
  Reports: z
    .array(
      z.looseObject({
        Diagnostic: z.looseObject({ Message: z.string() }),
        Check: z.string().min(1),
        Remediation: z.string(),
        Object: z.looseObject({ Metadata: z.looseObject({ FilePath: z.string() }) }),
      }),
    )
    .nullable()
    .transform((reports) => reports ?? []),
  Summary: z.looseObject({ ChecksStatus: z.enum(['Passed', 'Failed']), KubeLinterVersion: z.string().optional() }),
});
export type KubeLinterOutput = z.infer<typeof outputSchema>;
export type Report = KubeLinterOutput['Reports'][number];

/** KubeLinter's check name for an object that it could not load. */
export const notLoaded = 'failed-to-load-object';

/** Exit codes: 0 without findings, or without any input; 1 with findings, or on an error. The canary yields findings in each run. */
export function readOutput(result: ProcessResult): KubeLinterOutput {
  if (result.exitCode !== 0 && result.exitCode !== 1) {
    throw new GateError('ENGINE_FAILED', {
      message: `kube-linter ended with exit code ${result.exitCode ?? 'none'}: ${excerpt(result)}`,
      expected: 'exit code 0 or 1',
    });
  }
  if (result.stdout.trim() === '') {
    if (result.exitCode === 1)
      throw new GateError('ENGINE_FAILED', { message: `kube-linter failed: ${excerpt(result)}`, next: nextStep(result) });
    throw new GateError('ENGINE_COVERAGE', {
      message: `kube-linter exited with 0 without evaluating anything: ${excerpt(result)}`,
      expected: 'at least a report about the planted Deployment',
    });
  }
  const parsed = outputSchema.safeParse(parseJson(result.stdout));
  if (!parsed.success) {
    throw new GateError('ENGINE_OUTPUT_INVALID', {
      message: `the output of kube-linter is invalid: ${schemaProblem(parsed.error, { whole: 'the output' })}`,
      expected: 'the JSON of KubeLinter 0.8',
    });
  }
  if (result.exitCode !== 1 || parsed.data.Summary.ChecksStatus !== 'Failed') {
    throw new GateError('ENGINE_OUTPUT_INVALID', {
      message: `the result of kube-linter is inconsistent: exit code ${result.exitCode}, ${parsed.data.Summary.ChecksStatus}, ${parsed.data.Reports.length} reports`,
      expected: 'exit code 1 and Failed, at least because of the planted Deployment',
      next: "Check KubeLinter's binary against tools.lock.json.",
    });
  }
  return parsed.data;
}

function nextStep(result: ProcessResult): string {
  const unknown = /check \\?"([^"\\]+)\\?" not found/.exec(result.stderr)?.[1];
  return unknown === undefined
    ? 'Run again with debug logging.'
    : `There is no check ${unknown}: fix \`engines.kube-linter.checks\`; \`kube-linter checks list\` shows all checks.`;
}

export function excerpt(result: Pick<ProcessResult, 'stderr'>): string {
  const text = result.stderr.replaceAll(/\s+/g, ' ').trim().slice(-800);
  return text === '' ? 'no output' : text;
}
