import type { Severity } from '../../model/severity.ts';
import type { SarifResult, SarifRule } from './log.ts';

/** Undefined if it is not a finding. The rule's score takes precedence, as in GitHub's code scanning; then the level. */
export function severityOf(result: SarifResult, rule: SarifRule | undefined): Severity | undefined {
  const level = result.level ?? rule?.defaultConfiguration?.level ?? 'warning';
  // The specification requires that level of results that are undecided. https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html#_Toc34317648
  if (level === 'none') return result.kind === 'review' || result.kind === 'open' ? 'unknown' : undefined;
  const score = rule?.properties?.['security-severity'];
  if (score !== undefined) return bySeverityScore(score);
  return level === 'error' ? 'high' : level === 'warning' ? 'medium' : 'low';
}

/** An invalid score is `unknown`, never a guess. */
function bySeverityScore(score: string | number): Severity | undefined {
  const value = typeof score === 'number' ? score : /^\d+(\.\d+)?$/.test(score.trim()) ? Number(score) : Number.NaN;
  if (!(value >= 0 && value <= 10)) return 'unknown';
  if (value >= 9) return 'critical';
  if (value >= 7) return 'high';
  if (value >= 4) return 'medium';
  return value > 0 ? 'low' : undefined;
}
