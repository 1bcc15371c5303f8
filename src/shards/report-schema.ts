import * as z from 'zod';
import { categories } from '../model/finding.ts';
import { gateErrorCodes } from '../model/gate-error.ts';
import { severities } from '../model/severity.ts';

/** What a shard hands to the merge. Ours alone: a merge reads only what the same version of the gate wrote, so it has no public schema. */
const count = z.int().nonnegative();
const hex = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256');
const sha = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'expected a commit');

const location = z.strictObject({
  file: z.string(),
  line: z.int().positive(),
  column: z.int().positive().exactOptional(),
  endLine: z.int().positive().exactOptional(),
  precision: z.enum(['field', 'parent', 'file']),
});

const field = z.strictObject({ resource: z.string(), path: z.array(z.union([z.string(), count])) });

const subject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('resource'), ...field.shape }),
  z.strictObject({ kind: z.literal('image'), reference: z.string(), component: z.string().exactOptional() }),
  z.strictObject({ kind: z.literal('file'), location }),
  z.strictObject({ kind: z.literal('cluster'), node: z.string() }),
]);

const fix = z.strictObject({
  text: z.string(),
  fixedVersion: z.string().exactOptional(),
  patch: z
    .array(
      z.strictObject({
        op: z.enum(['add', 'remove', 'replace']),
        path: z.string(),
        /** JSON as text: a number of any size keeps its digits. */
        value: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
});

const finding = z.strictObject({
  engine: z.string(),
  rule: z.string(),
  check: z.string().exactOptional(),
  category: z.enum(categories),
  title: z.string(),
  detail: z.string().exactOptional(),
  severity: z.enum(severities),
  subject,
  fix: fix.exactOptional(),
  helpUrl: z.string().exactOptional(),
});
export type StoredFinding = z.infer<typeof finding>;

const error = z.strictObject({
  code: z.enum(gateErrorCodes),
  message: z.string(),
  file: z.string().exactOptional(),
  line: z.int().exactOptional(),
  column: z.int().exactOptional(),
  field: field.exactOptional(),
  expected: z.string().exactOptional(),
  next: z.string().exactOptional(),
});
export type StoredError = z.infer<typeof error>;

const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('resource'), resource: z.string() }),
  z.strictObject({ kind: z.literal('image'), reference: z.string() }),
  z.strictObject({ kind: z.literal('file'), file: z.string() }),
  z.strictObject({ kind: z.literal('cluster'), node: z.string() }),
]);

const coverage = z.discriminatedUnion('status', [
  z.strictObject({ target, status: z.literal('evaluated') }),
  z.strictObject({ target, status: z.literal('not-applicable'), reason: z.string() }),
  z.strictObject({ target, status: z.literal('failed'), error }),
]);
export type StoredCoverage = z.infer<typeof coverage>;

const run = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('completed'),
    engine: z.string(),
    version: z.string(),
    findings: z.array(finding),
    coverage: z.array(coverage),
    notes: z.array(z.string()),
    digests: z.record(z.string(), z.string()).exactOptional(),
    durationMs: z.number().nonnegative(),
  }),
  z.strictObject({
    status: z.literal('skipped'),
    engine: z.string(),
    reason: z.string(),
    why: z.enum(['not-applicable', 'disabled', 'unavailable']),
  }),
  z.strictObject({ status: z.literal('failed'), engine: z.string(), error, durationMs: z.number().nonnegative() }),
]);
export type StoredRun = z.infer<typeof run>;

const examined = z.strictObject({ set: hex, runs: z.array(run) });

export const shardReportSchema = z.strictObject({
  kind: z.literal('k8s-gate/shard'),
  schemaVersion: z.literal(1),
  gate: z.string(),
  shard: z.strictObject({ index: z.int().positive(), count: z.int().positive() }),
  /** The commit that was checked out; absent outside of git. */
  head: sha.exactOptional(),
  /** The commit that settings were read from; absent where there is none. */
  base: sha.exactOptional(),
  configuration: hex,
  examined: z.strictObject({
    head: examined,
    compared: examined.exactOptional(),
    previewed: examined.exactOptional(),
  }),
});
export type ShardReport = z.infer<typeof shardReportSchema>;
