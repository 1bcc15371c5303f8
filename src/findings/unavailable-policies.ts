import type { EngineRun } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import { gapRule } from '../model/gap.ts';

/**
 * The user's own policies whose engine is not installed: with `--engines auto` it is skipped, and a result without them must not look like one
 * with them. An engine that the user disables is not a gap.
 */
export function unavailablePolicies(runs: readonly EngineRun[]): readonly EngineFinding[] {
  return runs.flatMap((run): readonly EngineFinding[] => {
    if (run.status !== 'skipped' || run.why !== 'unavailable') return [];
    const [file, ...more] = run.policies ?? [];
    if (file === undefined) return [];
    const files = more.length === 0 ? 'this policy file' : `this policy file and ${more.length} more`;
    return [
      {
        engine: 'gate',
        rule: gapRule,
        category: 'policy',
        severity: 'unknown',
        check: `policies of ${run.engine}`,
        title: `no engine evaluated ${files}, because ${run.engine} is not installed`,
        subject: { kind: 'file', location: { file, line: 1, precision: 'file' } },
        fix: { text: `Run \`k8s-gate engines install ${run.engine}\`, or move the policies out of the folders in \`policies\`.` },
      },
    ];
  });
}
