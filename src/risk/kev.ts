import * as z from 'zod';
import { parseJson } from '../model/attempt.ts';
import { once } from '../model/once.ts';
import type { ExploitedVulnerability } from '../model/risk.ts';
import { schemaProblem } from '../model/schema-problem.ts';
import { Unfit } from './unfit.ts';

/**
 * What is read of the catalog: https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json
 * Other fields are ignored.
 */
const catalogSchema = once(() =>
  z.object({
    dateReleased: z.iso.datetime({ offset: true }),
    count: z.int().nonnegative(),
    vulnerabilities: z.array(
      z.object({
        cveID: z.string().regex(/^CVE-\d{4}-\d{4,}$/, 'expected a CVE id'),
        dateAdded: z.iso.date(),
        knownRansomwareCampaignUse: z.string().optional(),
      }),
    ),
  }),
);

/** It has had more entries since September 2023, and an entry is almost never removed: a shorter list is not complete. */
const fewest = 1_000;

export interface Kev {
  readonly released: Date;
  readonly entries: ReadonlyMap<string, ExploitedVulnerability>;
}

/** Throws Unfit for an incomplete catalog. */
export function parseKev(text: string): Kev {
  const parsed = catalogSchema().safeParse(parseJson(text));
  if (!parsed.success) throw new Unfit(`it is not the KEV catalog in JSON: ${schemaProblem(parsed.error, { whole: 'it' })}`);
  const { dateReleased, count, vulnerabilities } = parsed.data;
  if (count !== vulnerabilities.length)
    throw new Unfit(`it is not complete: it counts ${count} vulnerabilities and lists ${vulnerabilities.length}`);
  if (count < fewest) throw new Unfit(`it is not complete: it lists ${count} vulnerabilities, and KEV has more than ${fewest}`);
  const entries = vulnerabilities.map(
    ({ cveID, dateAdded, knownRansomwareCampaignUse }) =>
      [cveID, { since: dateAdded, ransomware: knownRansomwareCampaignUse?.toLowerCase() === 'known' }] as const,
  );
  return { released: new Date(dateReleased), entries: new Map(entries) };
}
