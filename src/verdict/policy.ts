import type { Environment } from '../model/config.ts';
import type { Finding } from '../model/finding.ts';
import { compareAction } from '../model/severity.ts';
import type { SeverityPolicy } from '../model/severity-condition.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { actionFor, type Decided } from './conditions.ts';

export interface Policies {
  readonly severity: SeverityPolicy;
  readonly environments: readonly Environment[];
}

/**
 * The strictest action of the default policy and of every environment the finding reaches: an environment can only tighten. Resources that
 * only `helm test` creates warn at most.
 */
export function judgeFinding(finding: Finding, policies: Policies): JudgedFinding {
  let judged: JudgedFinding = { finding, ...actionBy(policies.severity, finding), decidedBy: 'default' };
  for (const environment of policies.environments) {
    if (!finding.environments.includes(environment.name)) continue;
    const decided = actionBy(environment.severity, finding);
    if (compareAction(decided.action, judged.action) < 0) judged = { finding, ...decided, decidedBy: environment.name };
  }
  return finding.testHook === true && judged.action === 'block' ? { finding, action: 'warn', decidedBy: 'test-hook' } : judged;
}

/** A source without a severity has no rank among the others: merged with a low one, it must not get a looser action than alone. */
function actionBy(policy: SeverityPolicy, finding: Finding): Decided {
  const decided = actionFor(policy[finding.severity], finding);
  const unknown = finding.sources.find(({ severity }) => severity === 'unknown');
  if (finding.severity === 'unknown' || unknown === undefined) return decided;
  const other = actionFor(policy.unknown, finding);
  const because = `${unknown.engine}/${unknown.rule} reports no severity`;
  return compareAction(other.action, decided.action) < 0 ? { action: other.action, because } : decided;
}
