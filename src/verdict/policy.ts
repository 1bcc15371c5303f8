import type { Environment } from '../model/config.ts';
import type { Finding } from '../model/finding.ts';
import { compareAction } from '../model/severity.ts';
import type { SeverityPolicy } from '../model/severity-condition.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { actionFor } from './conditions.ts';

export interface Policies {
  readonly severity: SeverityPolicy;
  readonly environments: readonly Environment[];
}

/**
 * The strictest action of the default policy and of every environment the finding reaches: an environment can only tighten. Resources that
 * only `helm test` creates warn at most.
 */
export function judgeFinding(finding: Finding, policies: Policies): JudgedFinding {
  let judged: JudgedFinding = { finding, ...actionFor(policies.severity[finding.severity], finding), decidedBy: 'default' };
  for (const environment of policies.environments) {
    if (!finding.environments.includes(environment.name)) continue;
    const decided = actionFor(environment.severity[finding.severity], finding);
    if (compareAction(decided.action, judged.action) < 0) judged = { finding, ...decided, decidedBy: environment.name };
  }
  return finding.testHook === true && judged.action === 'block' ? { finding, action: 'warn', decidedBy: 'test-hook' } : judged;
}
