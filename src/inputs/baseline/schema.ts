import * as z from 'zod';
import { once } from '../../model/once.ts';
import { severities } from '../../model/severity.ts';

const day = () => z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date such as 2027-01-31');
const names = () => z.array(z.string().min(1)).max(10_000);

/** The shape of `.k8s-gate/baseline.yaml`, and the source of schemas/baseline.schema.json. Strict: a typo must not widen what is accepted. */
export const baselineSchema = once(() =>
  z.strictObject({
    version: z.literal(1).describe('Version of this format.'),
    findings: z
      .array(
        z.strictObject({
          rule: z
            .string()
            .regex(/^[a-z][a-z-]*\/\S+$/, 'expected engine/rule, such as cel/privileged')
            .describe('Engine and rule as in reports.'),
          severity: z.enum(severities).describe('A more severe finding is not accepted.'),
          resources: names().optional().describe('Other resources are not accepted.'),
          file: z.string().min(1).optional().describe('Where the finding was. Not compared, so the file can move.'),
          environments: names().optional().describe('Other environments are not accepted.'),
          fingerprints: z
            .array(z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hex digits, as `k8s-gate baseline` writes them'))
            .min(1)
            .max(10_000)
            .describe('Identify the finding independently of its line, file, tag and version.'),
          added: day().describe('When it was accepted.'),
          expires: day().optional().describe('The last day it is accepted, in UTC.'),
        }),
      )
      .max(100_000)
      .describe('The accepted findings.'),
  }),
);
