import type { Comparison, FindingState } from '../model/comparison.ts';
import type { Finding } from '../model/finding.ts';
import type { GateError } from '../model/gate-error.ts';
import { addTo } from '../model/group.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { Resource } from '../model/resource.ts';
import { compareSeverity } from '../model/severity.ts';
import { touchedParts } from './touched-parts.ts';
import { createUnrendered, type UnrenderedUnit } from './unrendered.ts';

/** The result of the same gate on the base commit. */
export type Baseline =
  | {
      readonly status: 'known';
      readonly sha: string;
      readonly findings: readonly Finding[];
      /** Engines that completed on the base; findings of other engines cannot be old. */
      readonly engines: readonly string[];
      /** Deployed resources: some may have left an environment since. */
      readonly resources?: readonly Resource[];
      /** Files, charts and kustomizations of the judged set that did not render on the base. Absent if empty. */
      readonly unrendered?: readonly UnrenderedUnit[];
      /** What could not be evaluated on the base. Absent if unknown. */
      readonly failures?: readonly GateError[];
      /** The state of its files, charts and kustomizations. Absent if unknown. */
      readonly set?: Pick<ManifestSet, 'units' | 'gaps' | 'pointers'>;
    }
  | { readonly status: 'unknown'; readonly reason: string };

export interface Compared {
  readonly comparison: Comparison;
  readonly stateOf: (finding: Finding) => FindingState;
  /** Environments that a new finding reaches and the same finding on the base does not; all of them if the base does not have it. */
  readonly newIn: (finding: Finding) => readonly string[];
  /** Why a finding is new although the base has it at the same location; undefined for all others. */
  readonly newBecause: (finding: Finding) => string | undefined;
}

/**
 * Distinguishes new findings from old ones. In doubt a finding is new, because `only-new` allows old ones: it is old only if the base had it
 * for each of its resources, as often, at least as severe, and in each of its environments. A critical finding also needs an unchanged
 * subject, otherwise a privileged container could get another image. If the base did not render, only unchanged sources make it old.
 */
export function compare(findings: readonly Finding[], baseline: Baseline): Compared {
  if (baseline.status === 'unknown')
    return {
      comparison: { status: 'unavailable', reason: baseline.reason },
      stateOf: () => 'new',
      newIn: ({ environments }) => environments,
      newBecause: () => undefined,
    };
  const remaining = new Map<string, Finding[]>();
  for (const old of baseline.findings) for (const key of keysOf(old)) addTo(remaining, key, old);
  const before = new Map([...remaining].map(([key, old]) => [key, [...old]]));
  const left = (key: string): readonly Finding[] => remaining.get(key) ?? [];
  const states = new Map<Finding, FindingState>();
  const reasons = new Map<Finding, string>();
  const unrendered = createUnrendered(baseline.unrendered ?? []);
  for (const finding of findings) {
    const comparable = finding.sources.every((source) => baseline.engines.includes(source.engine));
    const matches = keysOf(finding).map((key) => ({ key, old: comparable ? takenFrom(left(key), finding) : undefined }));
    const had = matches.length > 0 && matches.every(({ old }) => old !== undefined);
    const touched = had ? touchedParts(finding, olds(matches)) : [];
    if (touched.length > 0) reasons.set(finding, `the change touches ${listed(touched)}`);
    const unchanged = had ? touched.length === 0 : comparable && unrendered.isUntouched(finding);
    states.set(finding, unchanged ? 'unchanged' : 'new');
    if (!had) unrendered.count(finding, unchanged ? 'unchanged' : 'new');
    if (!had || !unchanged) continue;
    for (const { key, old } of matches) {
      const others = left(key).filter((other) => other !== old);
      remaining.set(key, others);
    }
  }
  const isNew = (finding: Finding) => states.get(finding) === 'new';
  const newKeys = new Set(findings.filter(isNew).flatMap(keysOf));
  const isFixed = (old: Finding) => keysOf(old).every((key) => !newKeys.has(key) && left(key).includes(old));
  const unchanged = findings.length - findings.filter(isNew).length;
  return {
    comparison: {
      status: 'compared',
      baseSha: baseline.sha,
      new: findings.length - unchanged,
      unchanged,
      fixed: baseline.findings.filter(isFixed),
      ...(unrendered.all.length > 0 && { unrendered: unrendered.all }),
    },
    stateOf: (finding) => states.get(finding) ?? 'new',
    newIn: (finding) =>
      newEnvironments(
        finding,
        keysOf(finding).flatMap((key) => before.get(key) ?? []),
      ),
    newBecause: (finding) => reasons.get(finding),
  };
}

function olds(matches: readonly { readonly old: Finding | undefined }[]): readonly Finding[] {
  return [...new Set(matches.flatMap(({ old }) => old ?? []))];
}

function listed(parts: readonly string[]): string {
  const [last, ...others] = parts.toReversed();
  return others.length === 0 ? (last ?? '') : `${others.toReversed().join(', ')} and ${last}`;
}

function newEnvironments(finding: Finding, alike: readonly Finding[]): readonly string[] {
  const known = alike.filter((old) => compareSeverity(old.severity, finding.severity) <= 0);
  return finding.environments.filter((environment) => !known.some((old) => old.environments.includes(environment)));
}

/** A rule may report a field twice with different titles: prefer the finding with the same title. */
function takenFrom(candidates: readonly Finding[], finding: Finding): Finding | undefined {
  const old = candidates.filter((candidate) => isOld(finding, candidate));
  return old.find((candidate) => candidate.title === finding.title) ?? old[0];
}

function keysOf(finding: Finding): readonly string[] {
  return finding.baselineKeys ?? [finding.fingerprint];
}

function isOld(finding: Finding, old: Finding): boolean {
  return (
    compareSeverity(old.severity, finding.severity) <= 0 &&
    finding.environments.every((environment) => old.environments.includes(environment))
  );
}
