import * as z from 'zod';
import { waiverStatuses } from '../../model/waiver.ts';
import { count, text } from './schema-basics.ts';

export const waiver = z.object({
  rule: text('Engine and rule: `cel/privileged`.'),
  target: text('Glob of the resource, image or file.'),
  reason: text('Why it is allowed.'),
  owner: text('Who is responsible for it.'),
  expires: z.iso.date().describe('The last valid day, in UTC.'),
  environments: z.array(z.string()).exactOptional().describe('Only findings in these environments. Omitted: all.'),
  source: z
    .enum(['waivers', 'openvex', 'cyclonedx', 'kyverno'])
    .describe('The waivers file, a VEX document, or a PolicyException of Kyverno.'),
  pairs: z
    .array(z.object({ rule: z.string(), target: z.string() }))
    .exactOptional()
    .describe('Everything that a PolicyException exempts, if it is more than `rule` and `target`.'),
  justification: text('Justification of the VEX document.').exactOptional(),
  file: text('File that contains it.'),
  line: z.int().positive(),
});

export const waiverUse = z.object({
  waiver,
  status: z.enum(waiverStatuses).describe('`refused`: it has no effect, for the reason in `reason`.'),
  findings: count('Findings that it allows.'),
  reason: text('Why it is refused.').exactOptional(),
});
