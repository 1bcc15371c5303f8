import * as z from 'zod';
import { once } from '../../model/once.ts';

/** The shape of `.k8s-gate/waivers.yaml`, and the source of schemas/waivers.schema.json. Strict: a typo must not widen a waiver. */
const waiver = () =>
  z.strictObject({
    rule: z
      .string()
      .regex(
        /^[a-z][a-z-]*\/\S+$/,
        'expected engine/rule, such as cel/privileged; only the rule can be a glob (trivy/CVE-2026-*)',
      )
      .describe('Engine and rule as in reports; the rule can be a glob (`*`, `?`).'),
    target: z.string().min(1).describe('Glob of a resource (`Deployment shop/web`), an image (`nginx:1.25`) or a file.'),
    reason: z.string().trim().min(10, 'expected a reason of at least 10 characters').describe('Why this is acceptable.'),
    owner: z
      .string()
      .regex(/^@?[\w.+-]+([@/][\w.+-]+)?$/, 'expected a login, a team (org/team) or an email address')
      .describe('Who is responsible for it: a login, a team or an email address.'),
    expires: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date such as 2027-01-31')
      .describe('The last valid day, in UTC; at most 366 days ahead.'),
    environments: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Applies only to findings in these environments. Default: all.'),
  });

export const waiversSchema = once(() =>
  z.strictObject({
    version: z.literal(1).describe('Version of this format.'),
    selfWaiver: z.enum(['deny', 'allow']).optional().describe('Whether a waiver applies to changes by its owner. Default: deny.'),
    waivers: z.array(waiver()).max(5_000).optional().describe('Accepted findings.'),
    vex: z
      .array(z.string().min(1))
      .optional()
      .describe('OpenVEX and CycloneDX documents (JSON) to read as waivers: globs from the root of the repository.'),
  }),
);
export type WaiversFile = z.infer<ReturnType<typeof waiversSchema>>;
