import { type BaselineEntry, type BaselineUse, isAcceptable, isForbidden } from '../model/baseline.ts';
import type { Finding } from '../model/finding.ts';
import { addTo } from '../model/group.ts';
import { compareSeverity } from '../model/severity.ts';
import type { JudgedFinding } from '../model/verdict.ts';

/** Baseline entries in force, and what limits them. */
export interface Accepted {
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
  /** The change adds the first baseline: it accepts only what the base is proven to have. */
  readonly onlyUnchanged: boolean;
  /** Globs of rules that the organization allows nobody to accept. */
  readonly never?: readonly string[];
  /** Engines that completed, on everything that the repository deploys: their entries without a finding are unused. */
  readonly completed: readonly string[];
  /** What an entry knows a finding by: `acceptedKeys`. */
  readonly keysOf: (finding: Finding) => readonly string[];
}

interface Tally {
  readonly entry: BaselineEntry;
  readonly inForce: boolean;
  /** Fingerprints that a finding has taken: two findings need two entries. */
  readonly taken: Set<string>;
  matched: boolean;
}

/** Allows the findings that entries in force cover completely. What is allowed anyway keeps its reason, and its entries count as used. */
export function applyBaseline(
  findings: readonly JudgedFinding[],
  accepted: Accepted,
  today: Date,
): { readonly findings: readonly JudgedFinding[]; readonly use: BaselineUse } {
  const day = today.toISOString().slice(0, 10);
  const byKey = new Map<string, Tally[]>();
  const tallies = accepted.entries.map((entry): Tally => {
    return { entry, inForce: entry.expires === undefined || entry.expires >= day, taken: new Set(), matched: false };
  });
  for (const tally of tallies) for (const key of new Set(tally.entry.fingerprints)) addTo(byKey, key, tally);
  let count = 0;
  const judged = findings.map((one) => {
    if (!isAcceptable(one.finding)) return one;
    const found = takenFor(one.finding, accepted.keysOf(one.finding), byKey);
    if (found === undefined || one.action === 'allow' || !found.every(({ inForce }) => inForce)) return one;
    if (isForbidden(one.finding, accepted.never)) return one;
    if (accepted.onlyUnchanged && one.state !== 'unchanged') return one;
    count += 1;
    return { ...one, action: 'allow' as const, decidedBy: 'baseline' };
  });
  const isComplete = ({ entry }: Tally) => accepted.completed.includes(entry.rule.slice(0, entry.rule.indexOf('/')));
  return {
    findings: judged,
    use: {
      file: accepted.file,
      entries: tallies.length,
      findings: count,
      unused: tallies.filter((tally) => !tally.matched && isComplete(tally)).map(({ entry }) => entry),
      expired: tallies.filter(({ matched, inForce }) => matched && !inForce).map(({ entry }) => entry),
    },
  };
}

/** The entries that together cover a finding, which takes them; undefined if a part of it is not covered. */
function takenFor(
  finding: Finding,
  keys: readonly string[],
  byKey: ReadonlyMap<string, readonly Tally[]>,
): readonly Tally[] | undefined {
  const found = keys.map((key) => {
    const free = (byKey.get(key) ?? []).filter((tally) => !tally.taken.has(key) && describes(tally.entry, finding));
    return { key, tally: free.find(({ inForce }) => inForce) ?? free[0] };
  });
  const tallies = found.flatMap(({ tally }) => tally ?? []);
  if (keys.length === 0 || tallies.length < keys.length) return undefined;
  for (const { key, tally } of found) {
    tally?.taken.add(key);
    if (tally !== undefined) tally.matched = true;
  }
  return tallies;
}

/** What a reviewer reads must be what is accepted: an entry that describes another finding than its fingerprint is for nothing. */
function describes({ rule, severity, resources, environments }: BaselineEntry, finding: Finding): boolean {
  return (
    finding.sources.some((source) => `${source.engine}/${source.rule}` === rule) &&
    compareSeverity(severity, finding.severity) <= 0 &&
    finding.environments.every((name) => environments.includes(name)) &&
    (finding.subject.kind !== 'resource' || finding.resources.every((name) => resources.includes(name)))
  );
}
