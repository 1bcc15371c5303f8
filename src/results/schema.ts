import * as z from 'zod';
import type { StoredResult } from '../engines/results.ts';
import { categories } from '../model/finding.ts';
import { severities } from '../model/severity.ts';

const path = z.array(z.union([z.string(), z.int()]));

const subject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('resource'), resource: z.literal(''), path }),
  z.strictObject({ kind: z.literal('image'), reference: z.literal(''), component: z.string().exactOptional() }),
]);

const patch = z.strictObject({ op: z.enum(['add', 'remove', 'replace']), path: z.string(), value: z.unknown().exactOptional() });

const finding = z.strictObject({
  engine: z.string(),
  rule: z.string(),
  check: z.string().exactOptional(),
  category: z.enum(categories),
  title: z.string(),
  detail: z.string().exactOptional(),
  severity: z.enum(severities),
  subject,
  fix: z
    .strictObject({ text: z.string(), fixedVersion: z.string().exactOptional(), patch: z.array(patch).exactOptional() })
    .exactOptional(),
  helpUrl: z.string().startsWith('https://').exactOptional(),
});

/** A kept result, as it stands in a file. Strict: what has another shape was not written by this gate. */
export const storedResultSchema: z.ZodType<StoredResult> = z.strictObject({
  status: z.enum(['evaluated', 'not-applicable']),
  reason: z.string().exactOptional(),
  findings: z.array(finding),
  notes: z.array(z.string()).exactOptional(),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .exactOptional(),
});
