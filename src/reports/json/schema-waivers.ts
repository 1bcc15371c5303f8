import * as z from 'zod';
import { waiverStatuses } from '../../model/waiver.ts';
import { count, text } from './schema-basics.ts';

export const waiver = z.object({
  rule: text('Engine and rule: `cel/privileged`.'),
  target: text('Glob of the resource, image or file.'),
  reason: text('Why it is allowed.'),
  owner: text('Who answers for it.'),
  expires: z.iso.date().describe('Last day it holds, in UTC.'),
  environments: z.array(z.string()).exactOptional().describe('Only findings of these; absent: all.'),
  source: z.enum(['waivers', 'openvex', 'cyclonedx']).describe("The gate's own ledger, or a VEX document."),
  justification: text("VEX's own word.").exactOptional(),
  file: text('Where it is written.'),
  line: z.int().positive(),
});

export const waiverUse = z.object({
  waiver,
  status: z.enum(waiverStatuses).describe('`refused`: it does not hold, and `reason` says why.'),
  findings: count('Findings it allowed.'),
  reason: text('Why refused.').exactOptional(),
});
