import * as z from 'zod';
import { gateErrorCodes } from './gate-error.ts';
import { once } from './once.ts';
import { severities } from './severity.ts';
import { outcomes } from './verdict.ts';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const statementType = 'https://in-toto.io/Statement/v1';
/** Described in docs/attestation.md. Fields may be added; one that changes its meaning or goes away gets another type. */
export const verdictPredicateType = 'https://k8s-gate.io/verdict/v1';

const digest = () => z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits');
const commit = () => z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'expected a commit in full');
const counted = <K extends string>(names: readonly K[]) => z.record(z.enum(names), z.int().nonnegative());

/** Open to further fields, as the specification demands of readers. */
export const verdictStatementSchema = once(() =>
  z.object({
    _type: z.literal(statementType),
    subject: z.array(z.object({ name: z.string().min(1), digest: z.record(z.string(), z.string().regex(/^[0-9a-f]+$/)) })).min(1),
    predicateType: z.literal(verdictPredicateType),
    predicate: z.object({
      gate: z.object({ name: z.literal('k8s-gate'), version: z.string() }),
      evaluatedAt: z.iso.datetime(),
      commit: z.object({
        sha: commit(),
        repository: z.string().exactOptional(),
        folder: z.string().exactOptional(),
        head: commit().exactOptional(),
        base: commit().exactOptional(),
        pullRequest: z.int().positive().exactOptional(),
        uncommittedChanges: z.boolean(),
      }),
      verdict: z.object({
        outcome: z.enum(outcomes),
        reason: z.string(),
        findings: counted(['block', 'warn', 'allow']),
        severities: counted(severities),
        errors: z.array(z.enum(gateErrorCodes)),
        notEvaluated: z.int().nonnegative(),
      }),
      deployables: z.array(
        z.object({ kind: z.string(), path: z.string(), status: z.string(), resources: z.int().nonnegative() }),
      ),
      manifests: digest(),
      images: z.array(z.object({ reference: z.string(), digest: digest().exactOptional() })),
      configuration: digest(),
      policies: z.array(z.object({ file: z.string(), digest: digest() })),
      engines: z.array(
        z.object({
          engine: z.string(),
          status: z.enum(['completed', 'skipped', 'failed']),
          version: z.string().exactOptional(),
          evaluated: z.int().nonnegative(),
          databases: z.record(z.string(), digest()).exactOptional(),
        }),
      ),
      data: z.array(z.object({ name: z.string(), released: z.iso.datetime(), digest: digest() })),
      waivers: z.array(
        z.object({
          rule: z.string(),
          target: z.string(),
          owner: z.string(),
          expires: z.string(),
          findings: z.int().positive(),
        }),
      ),
    }),
  }),
);
export type VerdictStatement = z.infer<ReturnType<typeof verdictStatementSchema>>;
