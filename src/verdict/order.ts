import { compareText } from '../model/compare-text.ts';
import { compareAction, compareSeverity } from '../model/severity.ts';
import type { JudgedFinding } from '../model/verdict.ts';

/** Worst first, then by location and rule; a total order, so that the order in which engines ended has no effect. */
export function compareJudged(a: JudgedFinding, b: JudgedFinding): number {
  return (
    compareAction(a.action, b.action) ||
    compareText(exploited(a), exploited(b)) ||
    compareSeverity(a.finding.severity, b.finding.severity) ||
    compareText(likely(a), likely(b)) ||
    compareText(a.finding.locations[0]?.file ?? '', b.finding.locations[0]?.file ?? '') ||
    (a.finding.locations[0]?.line ?? 0) - (b.finding.locations[0]?.line ?? 0) ||
    (a.finding.locations[0]?.column ?? 0) - (b.finding.locations[0]?.column ?? 0) ||
    compareText(a.finding.engine, b.finding.engine) ||
    compareText(a.finding.rule, b.finding.rule) ||
    compareText(a.finding.title, b.finding.title) ||
    compareText(a.finding.fingerprint, b.finding.fingerprint)
  );
}

/** What is known to be exploited comes first, whatever its severity. */
function exploited({ finding }: JudgedFinding): string {
  return finding.risk?.exploited === 'yes' ? '0' : '1';
}

/** By whole tenths of the EPSS score, so that findings of one file stay together. */
function likely({ finding }: JudgedFinding): string {
  return String(9 - Math.min(9, Math.floor((finding.risk?.epss ?? 0) * 10)));
}
