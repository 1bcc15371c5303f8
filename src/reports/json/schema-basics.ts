import * as z from 'zod';

/** Fields of the report's schema that are described one by one. */

export const text = (description: string) => z.string().describe(description);
/** A commit in full: SHA-1, or SHA-256 in repositories that have it. */
export const sha = (description: string) =>
  z
    .string()
    .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
    .describe(description);
export const count = (description: string) => z.int().nonnegative().describe(description);
