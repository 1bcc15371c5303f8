import { defaultRisk, type RiskConfig, type RiskName, type RiskSource, riskNames } from '../model/risk.ts';
import { neededBy, type SeverityPolicy } from '../model/severity-condition.ts';
import type { LoadedConfig } from './config-file.ts';

/** What is loaded about the exploitation of vulnerabilities; undefined if nothing is, and no condition is about vulnerabilities. */
export function riskConfig({ config }: LoadedConfig, policies: readonly SeverityPolicy[]): RiskConfig | undefined {
  const needs = neededBy(policies);
  const needed = riskNames.filter((name) => needs[name]);
  const wanted = riskNames.filter((name) => needs[name] || config.risk?.[name] !== undefined);
  if (config.risk === undefined && !needs.conditions) return undefined;
  return { sources: { kev: sourceOf('kev', config.risk?.kev), epss: sourceOf('epss', config.risk?.epss) }, wanted, needed };
}

function sourceOf(name: RiskName, written: NonNullable<LoadedConfig['config']['risk']>[RiskName]): RiskSource {
  const { url, maxAge } = defaultRisk[name];
  const given = { maxAge: written?.maxAge ?? maxAge };
  if (written?.file !== undefined) return { ...given, file: written.file };
  const from = written?.url ?? url;
  return from === undefined ? given : { ...given, url: from };
}
