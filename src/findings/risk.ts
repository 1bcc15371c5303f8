import type { Finding } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { RiskData } from '../model/risk.ts';
import { createExposed } from './exposed.ts';

/** CVE ids are the names that KEV and EPSS have. */
const cve = /^CVE-\d{4}-\d{4,}$/;

/** The vulnerability that a finding is about, by its CVE id; undefined if it has none, or another name. */
export function cveOf({ category, rule }: Pick<Finding, 'category' | 'rule'>): string | undefined {
  return category === 'vulnerability' && cve.test(rule) ? rule : undefined;
}

/** Adds to each vulnerability what is known about its risk. Without data, or without a CVE id, it is not known. */
export function withRisk(
  findings: readonly Finding[],
  data: RiskData | undefined,
  set: ManifestSet,
  today: Date,
): readonly Finding[] {
  if (data === undefined) return findings;
  const exposed = createExposed(set);
  return findings.map((finding) => {
    if (finding.category !== 'vulnerability') return finding;
    const { subject, fixable = 'unknown', published } = finding;
    const risk = {
      ...likelihood(cveOf(finding), data),
      ...ageOf(published, today),
      fixable,
      exposed: subject.kind === 'image' ? exposed(subject.reference) : 'unknown',
    } as const;
    return { ...finding, risk };
  });
}

const dayMs = 86_400_000;

/** A date in the future is a fault of the data or of the clock. Then the age is not known. */
function ageOf(published: string | undefined, today: Date) {
  const days = Math.floor((today.getTime() - Date.parse(published ?? '')) / dayMs);
  return published !== undefined && days >= 0 ? { published, ageDays: days } : {};
}

function likelihood(id: string | undefined, { kev, epss }: RiskData) {
  const listed = id === undefined ? undefined : kev?.get(id);
  const score = id === undefined ? undefined : epss?.get(id);
  const unknown = id === undefined || kev === undefined;
  return {
    exploited: listed !== undefined ? 'yes' : unknown ? 'unknown' : 'no',
    ...(listed !== undefined && { exploitedSince: listed.since }),
    ...(listed?.ransomware === true && { ransomware: true as const }),
    ...(score !== undefined && { epss: score }),
  } as const;
}
