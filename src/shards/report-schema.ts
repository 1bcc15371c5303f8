import * as z from 'zod';
import type { EngineRun } from '../model/engine-run.ts';
import { storedSchemas } from '../model/finding-schema.ts';
import { once } from '../model/once.ts';

/** What a shard passes to the merge. It has no public schema: a merge reads only what the same version of the gate wrote. */
const hex = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256');
const sha = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'expected a commit');

const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('resource'), resource: z.string() }),
  z.strictObject({ kind: z.literal('image'), reference: z.string() }),
  z.strictObject({ kind: z.literal('file'), file: z.string() }),
  z.strictObject({ kind: z.literal('cluster'), node: z.string() }),
]);

const imagePackage = z.strictObject({
  name: z.string(),
  version: z.string().exactOptional(),
  purl: z.string().exactOptional(),
  licenses: z.array(z.string()).exactOptional(),
});

/** The run of an engine. Decoded and encoded by zod: errors are GateErrors on our side. */
export const engineRunSchema = once((): z.ZodType<EngineRun> => {
  const { finding, gateError: error } = storedSchemas();
  const coverage = z.discriminatedUnion('status', [
    z.strictObject({ target, status: z.literal('evaluated') }),
    z.strictObject({ target, status: z.literal('not-applicable'), reason: z.string() }),
    z.strictObject({ target, status: z.literal('failed'), error }),
  ]);
  return z.discriminatedUnion('status', [
    z.strictObject({
      status: z.literal('completed'),
      engine: z.string(),
      version: z.string(),
      findings: z.array(finding),
      coverage: z.array(coverage),
      notes: z.array(z.string()),
      digests: z.record(z.string(), z.string()).exactOptional(),
      packages: z.record(z.string(), z.array(imagePackage)).exactOptional(),
      databases: z.record(z.string(), z.string()).exactOptional(),
      durationMs: z.number().nonnegative(),
    }),
    z.strictObject({
      status: z.literal('skipped'),
      engine: z.string(),
      reason: z.string(),
      why: z.enum(['not-applicable', 'disabled', 'unavailable']),
      policies: z.array(z.string()).exactOptional(),
    }),
    z.strictObject({ status: z.literal('failed'), engine: z.string(), error, durationMs: z.number().nonnegative() }),
  ]);
});

export const shardReportSchema = once(() => {
  const examined = z.strictObject({ set: hex, runs: z.array(engineRunSchema()) });
  return z.strictObject({
    kind: z.literal('k8s-gate/shard'),
    schemaVersion: z.literal(1),
    gate: z.string(),
    shard: z.strictObject({ index: z.int().positive(), count: z.int().positive() }),
    /** The commit that was checked out; absent outside of git. */
    head: sha.exactOptional(),
    /** The commit that settings were read from; absent if there is none. */
    base: sha.exactOptional(),
    configuration: hex,
    examined: z.strictObject({ head: examined, compared: examined.exactOptional(), previewed: examined.exactOptional() }),
  });
});
export type ShardReport = z.infer<ReturnType<typeof shardReportSchema>>;
