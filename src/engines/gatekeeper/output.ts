import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { excerpt } from './process.ts';

const named = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), uid: z.string().optional() }),
});

/** The part of `gator test --output json` (3.23.1) that is read. Go writes an empty list as null. */
const violationSchema = z.looseObject({
  msg: z.string().default(''),
  metadata: z.looseObject({ details: z.unknown() }).partial().nullish(),
  constraint: named,
  enforcementAction: z.string().default(''),
  violatingObject: named,
});
const outputSchema = z.array(violationSchema).nullable();
export type Violation = z.infer<typeof violationSchema>;

/** The violations in gator's output. Throws ENGINE_OUTPUT_INVALID. */
export function readViolations(result: ProcessResult): readonly Violation[] {
  const parsed = outputSchema.safeParse(readJson(result));
  if (parsed.success) return parsed.data ?? [];
  throw unreadable(schemaProblem(parsed.error, { whole: 'the output' }), parsed.error);
}

function readJson(result: ProcessResult): unknown {
  try {
    return JSON.parse(result.stdout);
  } catch (cause) {
    throw unreadable(`it is not JSON: ${excerpt(result)}`, cause);
  }
}

function unreadable(why: string, cause: unknown): GateError {
  return new GateError('ENGINE_OUTPUT_INVALID', {
    message: `the output of gator test is invalid: ${why.slice(0, 500)}`,
    expected: 'a list of violations in JSON',
    next: 'Check the version of gator against tools.lock.json.',
    cause,
  });
}
