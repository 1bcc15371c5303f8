import * as z from 'zod';
import { once } from '../../model/once.ts';
import { severities } from '../../model/severity.ts';

const day = () => z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date such as 2027-01-31');
const names = () => z.array(z.string().min(1)).max(10_000);

/** The shape of `.k8s-gate/baseline.yaml`. Strict: a typo must not widen what is accepted. */
export const baselineSchema = once(() =>
  z.strictObject({
    version: z.literal(1),
    findings: z
      .array(
        z.strictObject({
          rule: z.string().regex(/^[a-z][a-z-]*\/\S+$/, 'expected engine/rule, such as cel/privileged'),
          severity: z.enum(severities),
          resources: names().optional(),
          file: z.string().min(1).optional(),
          environments: names().optional(),
          fingerprints: z
            .array(z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hex digits, as `k8s-gate baseline` writes them'))
            .min(1)
            .max(10_000),
          added: day(),
          expires: day().optional(),
        }),
      )
      .max(100_000),
  }),
);
