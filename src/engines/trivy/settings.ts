import type { EngineSettings } from '../engine.ts';
import type { TrivyOptions } from './options.ts';

/** Its rules are those of its database and of its checks, which are known only by a run; how their names are written is known. */
export const trivySettings: EngineSettings<TrivyOptions> = { misnamed };

/** Older versions of Trivy, and its web pages, write `KSV014` and `AVD-KSV-0014`. Vulnerabilities are in upper case. */
function misnamed(rule: string): string | undefined {
  const check = /^(?:AVD-)?KSV-?(\d+)$/i.exec(rule)?.[1];
  const name = check === undefined ? upperCase(rule) : `KSV-${check.padStart(4, '0')}`;
  return name === rule ? undefined : name;
}

function upperCase(rule: string): string {
  return /^cve-/i.test(rule) ? rule.toUpperCase() : rule;
}
