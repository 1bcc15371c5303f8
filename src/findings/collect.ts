import type { EngineRun } from '../model/engine-run.ts';
import type { EngineFinding, Finding } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { compareSeverity, type Severity } from '../model/severity.ts';
import { digestFixer } from './digest-fix.ts';
import { fingerprint } from './fingerprint.ts';
import { createLocator, type Locator, uniqueBy } from './locate.ts';
import { mergeKey } from './merge-key.ts';

/**
 * The findings of all engines as one list: each with its place in the sources, its identity and the environments it reaches.
 * The same complaint of one engine about one source line, rendered for several environments, is one finding.
 */
export function collectFindings(runs: readonly EngineRun[], set: ManifestSet): readonly Finding[] {
  const locator = createLocator(set);
  const withDigest = digestFixer(runs, set);
  const byKey = new Map<string, Finding>();
  for (const run of runs) {
    if (run.status !== 'completed') continue;
    for (const raw of run.findings) {
      const finding = locate(withDigest(raw), locator);
      const key = mergeKey(finding);
      const known = byKey.get(key);
      byKey.set(key, known === undefined ? finding : merge(known, finding));
    }
  }
  return [...byKey.values()];
}

function locate(raw: EngineFinding, locator: Locator): Finding {
  const place = locator.locate(raw.subject);
  return {
    ...raw,
    locations: place.locations,
    resources: place.resources,
    environments: place.environments,
    fingerprint: fingerprint(raw, place.identity),
    baselineKeys: [fingerprint(raw, place.subjectKey)],
    sources: [{ engine: raw.engine, rule: raw.rule, severity: raw.severity }],
  };
}

function merge(a: Finding, b: Finding): Finding {
  return {
    ...a,
    severity: worse(a.severity, b.severity),
    locations: uniqueBy(
      [...a.locations, ...b.locations],
      (location) => `${location.file}:${location.line}:${location.column ?? 0}`,
    ),
    resources: uniqueBy([...a.resources, ...b.resources], String),
    baselineKeys: uniqueBy([...(a.baselineKeys ?? []), ...(b.baselineKeys ?? [])], String),
    environments: uniqueBy([...a.environments, ...b.environments], String).toSorted(),
    sources: uniqueBy([...a.sources, ...b.sources], (source) => `${source.engine}\n${source.rule}`),
  };
}

function worse(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) <= 0 ? a : b;
}
