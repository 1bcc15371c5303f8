import * as z from 'zod';
import type { StoredResult } from '../engines/results.ts';
import { storedSchemas } from '../model/finding-schema.ts';
import { once } from '../model/once.ts';

/** A kept result as it is in a file. A finding is about the one target of its result, which it does not name. */
export const storedResultSchema = once((): z.ZodType<StoredResult> => {
  const { finding, subjects } = storedSchemas();
  const subject = z.discriminatedUnion('kind', [
    subjects.resource.extend({ resource: z.literal('') }),
    subjects.image.extend({ reference: z.literal('') }),
  ]);
  return z.strictObject({
    status: z.enum(['evaluated', 'not-applicable']),
    reason: z.string().exactOptional(),
    findings: z.array(finding.extend({ subject, helpUrl: z.string().startsWith('https://').exactOptional() })),
    notes: z.array(z.string()).exactOptional(),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .exactOptional(),
  });
});
