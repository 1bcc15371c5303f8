import { compareText } from '../model/compare-text.ts';
import { groupBy } from '../model/group.ts';
import { compareSeverity } from '../model/severity.ts';
import { type Outcome, outcomes } from '../model/verdict.ts';
import type { ReadFolder } from './read.ts';
import type { OwnerCount, RuleCount, Summary, WaiverLine } from './summary.ts';

const dayMs = 24 * 60 * 60 * 1_000;
const soonDays = 30;
const oldDays = 14;

/** Many reports in one. Worst first everywhere. */
export interface Overview {
  readonly generatedAt: Date;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly repositories: readonly (Summary & {
    readonly ageDays: number;
    /** Its report is older than two weeks: the gate may no longer run there. */
    readonly isOld: boolean;
    /** Its gate is older than the newest of all reports. */
    readonly isOldGate: boolean;
  })[];
  readonly rules: readonly RuleOverview[];
  readonly waivers: readonly (WaiverLine & {
    readonly repository: string;
    readonly daysLeft: number;
    readonly isSoon: boolean;
  })[];
  readonly owners: readonly OwnerCount[];
  readonly gates: readonly { readonly version: string; readonly repositories: readonly string[] }[];
  readonly unread: ReadFolder['unread'];
}
export interface RuleOverview extends RuleCount {
  readonly repositories: readonly string[];
}

export function overviewOf({ summaries, unread }: ReadFolder, now: Date): Overview {
  const gates = versions(summaries);
  const newest = gates[0]?.version;
  const repositories = summaries.map((summary) => {
    const ageDays = Math.max(0, Math.floor((now.getTime() - summary.generatedAt.getTime()) / dayMs));
    return { ...summary, ageDays, isOld: ageDays > oldDays, isOldGate: summary.gateVersion !== newest };
  });
  const rank = (outcome: Outcome) => outcomes.indexOf(outcome);
  const count = (outcome: Outcome) => summaries.filter((summary) => summary.outcome === outcome).length;
  return {
    generatedAt: now,
    outcomes: { pass: count('pass'), warn: count('warn'), block: count('block'), error: count('error') },
    repositories: repositories.toSorted(
      (a, b) => rank(b.outcome) - rank(a.outcome) || b.counts.block - a.counts.block || compareText(a.repository, b.repository),
    ),
    rules: rules(summaries),
    waivers: waivers(summaries, now),
    owners: owners(summaries),
    gates,
    unread,
  };
}

function rules(summaries: readonly Summary[]): readonly RuleOverview[] {
  const found = new Map<string, RuleOverview>();
  for (const { repository, rules: own } of summaries)
    for (const { rule, title, severity, block, warn, allow } of own) {
      const known = found.get(rule) ?? { rule, title, severity, block: 0, warn: 0, allow: 0, repositories: [] };
      found.set(rule, {
        ...known,
        severity: compareSeverity(severity, known.severity) < 0 ? severity : known.severity,
        block: known.block + block,
        warn: known.warn + warn,
        allow: known.allow + allow,
        repositories: known.repositories.includes(repository) ? known.repositories : [...known.repositories, repository],
      });
    }
  return [...found.values()].toSorted(
    (a, b) => b.block - a.block || b.warn - a.warn || b.allow - a.allow || compareText(a.rule, b.rule),
  );
}

function owners(summaries: readonly Summary[]): readonly OwnerCount[] {
  const found = new Map<string, OwnerCount>();
  for (const { owner, block, warn, allow } of summaries.flatMap((summary) => summary.owners)) {
    const known = found.get(owner) ?? { owner, block: 0, warn: 0, allow: 0 };
    found.set(owner, { owner, block: known.block + block, warn: known.warn + warn, allow: known.allow + allow });
  }
  return [...found.values()].toSorted((a, b) => b.block - a.block || b.warn - a.warn || compareText(a.owner, b.owner));
}

function waivers(summaries: readonly Summary[], now: Date): Overview['waivers'] {
  const today = Date.parse(now.toISOString().slice(0, 10));
  return summaries
    .flatMap(({ repository, waivers: own }) =>
      own.map((waiver) => {
        const daysLeft = Math.round((Date.parse(waiver.expires) - today) / dayMs);
        return { ...waiver, repository, daysLeft, isSoon: !(daysLeft > soonDays) };
      }),
    )
    .toSorted((a, b) => compareText(a.expires, b.expires) || compareText(a.repository, b.repository));
}

/** Newest first. */
function versions(summaries: readonly Summary[]): Overview['gates'] {
  return [...groupBy(summaries, ({ gateVersion }) => gateVersion)]
    .map(([version, own]) => ({ version, repositories: own.map(({ repository }) => repository) }))
    .toSorted((a, b) => compareVersion(b.version, a.version));
}

function compareVersion(a: string, b: string): number {
  const [one, other] = [a, b].map((version) => version.split(/[.+-]/, 3).map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (one?.[index] || 0) - (other?.[index] || 0);
    if (difference !== 0) return difference;
  }
  // A pre-release is before its release.
  return Number(b.includes('-')) - Number(a.includes('-')) || compareText(a, b);
}
