import type { EngineRun } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';

/** The findings as a run of the engine `gate`, so that the policy applies to them as well; empty without findings. */
export function settingsRun(findings: readonly EngineFinding[], version: string): readonly EngineRun[] {
  if (findings.length === 0) return [];
  return [{ status: 'completed', engine: 'gate', version, findings, coverage: [], notes: [], durationMs: 0 }];
}
