import * as z from 'zod';
import { severities } from '../../model/severity.ts';
import { count, text } from './schema-basics.ts';

const entry = z.object({
  rule: text('Engine and rule: `cel/privileged`.'),
  severity: z.enum(severities),
  resources: z.array(z.string()).describe('Resources that it may concern.'),
  file: text('Where it was.').exactOptional(),
  environments: z.array(z.string()).describe('Environments that it may reach.'),
  fingerprints: z.array(z.string()),
  added: z.iso.date().describe('When it was accepted.'),
  expires: z.iso.date().exactOptional().describe('The last valid day, in UTC.'),
  line: z.int().positive(),
});

export const accepted = z.object({
  file: text('The baseline file.'),
  entries: count('Its entries.'),
  findings: count('Findings that it keeps from blocking and warning.'),
  unused: z.array(entry).describe('Entries that no finding matches, although their engine completed.'),
  expired: z.array(entry).describe('Entries that match a finding and have expired.'),
});
