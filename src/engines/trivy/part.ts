import { setTimeout as sleep } from 'node:timers/promises';
import { compareText } from '../../model/compare-text.ts';
import type { Coverage, Target } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { type GateError, toGateError } from '../../model/gate-error.ts';
import { compareSeverity } from '../../model/severity.ts';
import type { Part } from '../part.ts';

export function failed(target: Target, error: GateError): Coverage {
  return { target, status: 'failed', error };
}

/** Runs a part: manifests and images are independent, so one can fail without the other. If a part fails as a whole, each of its targets failed. */
export async function attempt(targets: readonly Target[], judge: () => Promise<Part>): Promise<Part> {
  if (targets.length === 0) return { findings: [], coverage: [], notes: [] };
  try {
    return await judge();
  } catch (thrown) {
    const error = toGateError(thrown, 'ENGINE_FAILED');
    return { findings: [], coverage: targets.map((target) => failed(target, error)), notes: [] };
  }
}

/**
 * Merges duplicates: the same finding for the same subject at two locations. Sorted, because Trivy's order changes from run to run. If only one of
 * them has a fix, it is kept. The severity is the highest one: package managers in one image may have advisories of different vendors.
 */
export function withoutRepeats(findings: readonly EngineFinding[]): readonly EngineFinding[] {
  const keyed = findings.map((finding) => ({ finding, key: JSON.stringify([finding.subject, finding.rule, finding.category]) }));
  const byKey = new Map<string, EngineFinding>();
  for (const { finding, key } of keyed.toSorted(
    (a, b) => compareText(a.key, b.key) || compareText(a.finding.title, b.finding.title),
  )) {
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, finding);
    else {
      const kept = fixRank(finding) > fixRank(known) ? finding : known;
      const worst = compareSeverity(finding.severity, known.severity) < 0 ? finding : known;
      byKey.set(key, { ...kept, severity: worst.severity });
    }
  }
  return [...byKey.values()];
}

function fixRank({ fixable = 'no' }: EngineFinding): number {
  return ['no', 'unknown', 'yes'].indexOf(fixable);
}

/** Ends early, and without an error, when the run is cancelled. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => {});
}
