import { cveOf } from './findings/risk.ts';
import type { Inputs } from './inputs/inputs.ts';
import type { EngineRun } from './model/engine-run.ts';
import type { RiskData, RiskName, UsedData } from './model/risk.ts';
import type { ReadContext } from './risk/read.ts';

export interface AssessedRisk {
  /** Undefined: the configuration does not use such data. */
  readonly data?: RiskData;
  readonly used: readonly UsedData[];
  /** What is missing, as findings of the gate. */
  readonly runs: readonly EngineRun[];
}

/** Loads what the configuration wants to know about the vulnerabilities that engines found, and nothing if they found none. */
export async function assessRisk(
  { config, loaded }: Pick<Inputs, 'config' | 'loaded'>,
  runs: readonly EngineRun[],
  context: Pick<ReadContext, 'ports' | 'cacheDir' | 'signal'> & { readonly gateVersion: string },
): Promise<AssessedRisk> {
  if (config.risk === undefined) return { used: [], runs: [] };
  const found = runs.flatMap((run) => (run.status === 'completed' ? run.findings : []));
  if (found.every(({ category }) => category !== 'vulnerability')) return { data: {}, used: [], runs: [] };
  const ids = new Set(found.flatMap((finding) => cveOf(finding) ?? []));
  const { loadRisk, riskRun } = await import('./risk/load.ts');
  const { trusted, checkout, sources } = config;
  const risk = await loadRisk(config.risk, ids, { ...context, trusted, checkout, offline: sources.offline });
  const line = (name: RiskName): number => loaded.at(['risk', name], '').details.line ?? 1;
  return {
    data: risk.data,
    used: risk.used,
    runs: [riskRun(risk, config.risk, { file: loaded.file, line, version: context.gateVersion })],
  };
}
