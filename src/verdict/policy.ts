import type { Environment } from '../model/config.ts';
import type { Finding } from '../model/finding.ts';
import { compareAction, type SeverityPolicy } from '../model/severity.ts';
import type { JudgedFinding } from '../model/verdict.ts';

export interface Policies {
  readonly severity: SeverityPolicy;
  readonly environments: readonly Environment[];
}

/**
 * The strictest action of the default policy and of every environment the finding reaches: an environment can only tighten. Resources that
 * only `helm test` creates warn at most.
 */
export function judgeFinding(finding: Finding, policies: Policies): JudgedFinding {
  let judged: JudgedFinding = { finding, action: policies.severity[finding.severity], decidedBy: 'default' };
  for (const environment of policies.environments) {
    if (!finding.environments.includes(environment.name)) continue;
    const action = environment.severity[finding.severity];
    if (compareAction(action, judged.action) < 0) judged = { finding, action, decidedBy: environment.name };
  }
  return finding.testHook === true && judged.action === 'block' ? { finding, action: 'warn', decidedBy: 'test-hook' } : judged;
}
