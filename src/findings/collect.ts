import type { Correlation } from '../model/correlation.ts';
import type { EngineRun } from '../model/engine-run.ts';
import type { EngineFinding, Finding } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { causeFinder } from './cause.ts';
import { correlate } from './correlate.ts';
import { digestFixer } from './digest-fix.ts';
import { createExposure } from './exposure.ts';
import { fingerprint } from './fingerprint.ts';
import { causeFixer } from './fixes/fixes.ts';
import { createLocator, type Locator, uniqueBy } from './locate.ts';
import { mergeKey } from './merge-key.ts';
import { asDeployed, mergeSources, uniteAbout, uniteSources, worse } from './merge-sources.ts';

/**
 * The findings of all engines as one list, each with its source location, its identity and the environments it reaches. Findings of several
 * engines with one cause are merged, and so are findings of one source line that is rendered for several environments.
 */
export function collectFindings(runs: readonly EngineRun[], set: ManifestSet, correlation: Correlation = []): readonly Finding[] {
  const locator = createLocator(set);
  const withDigest = digestFixer(runs, set);
  const causes = causeFinder(correlation);
  const raw = runs.flatMap((run) => (run.status === 'completed' ? run.findings : []));
  const located = raw.map((finding) => locate(withDigest(finding), locator));
  const keyOf = memoizeKeys();
  const ofEach = mergeBy(located, uidOf, keyOf, mergeRepeated);
  // Who reports a merged finding does not depend on fixes that are the same for all.
  const merged = correlate(ofEach, causes, set.resources).map(causeFixer(causes, set));
  return mergeBy(merged, () => '', keyOf, mergeAcross).map(createExposure(set));
}

/** Most findings are not merged, but their key is needed twice. */
function memoizeKeys(): (finding: Finding) => string {
  const keys = new Map<Finding, string>();
  return (finding) => {
    const key = keys.get(finding) ?? mergeKey(finding);
    keys.set(finding, key);
    return key;
  };
}

function uidOf({ subject }: Finding): string {
  return subject.kind === 'resource' ? subject.resource : '';
}

type Merge = (a: Finding, b: Finding) => Finding;

/** Merges those of one group with one key. The keys are long, and joining the two would copy them. */
function mergeBy(
  findings: readonly Finding[],
  groupOf: (finding: Finding) => string,
  keyOf: (finding: Finding) => string,
  merge: Merge,
): readonly Finding[] {
  const rows: Finding[][] = [];
  const groups = new Map<string, Map<string, Finding[]>>();
  for (const finding of findings) {
    const group = groupOf(finding);
    const ofGroup = groups.get(group) ?? new Map<string, Finding[]>();
    groups.set(group, ofGroup);
    const key = keyOf(finding);
    const row = ofGroup.get(key);
    if (row !== undefined) row.push(finding);
    else {
      const started = [finding];
      ofGroup.set(key, started);
      rows.push(started);
    }
  }
  return rows.flatMap((row) => mergeAll(row, merge) ?? []);
}

/** By halves: one by one, a row of ten thousand resources would copy them ten thousand times. */
function mergeAll(group: readonly Finding[], merge: Merge): Finding | undefined {
  if (group.length <= 1) return group[0];
  const middle = Math.ceil(group.length / 2);
  const [first, second] = [mergeAll(group.slice(0, middle), merge), mergeAll(group.slice(middle), merge)];
  return first === undefined || second === undefined ? (first ?? second) : merge(first, second);
}

function mergeRepeated(a: Finding, b: Finding): Finding {
  return a.subject.kind === 'resource' ? mergeSources([a, b]) : mergeAcross(a, b);
}

function locate(raw: EngineFinding, locator: Locator): Finding {
  const place = locator.locate(raw.subject);
  const identity = fingerprint(raw, place.identity);
  const key = place.subjectKey === place.identity ? identity : fingerprint(raw, place.subjectKey);
  const words = locator.stableWords(raw.subject, raw.title);
  // The line is of the repository: what is wrong there is in a file of a chart that the line names.
  const title = place.inside === undefined ? words : `${words} (${place.inside})`;
  // In V8, a spread followed by added properties is twenty times as slow.
  const found: Finding = {
    locations: place.locations,
    resources: place.resources,
    environments: place.environments,
    units: place.units,
    fingerprint: identity,
    baselineKeys: [key],
    sources: [sourceOf(raw)],
    ...raw,
  };
  if (raw.severity !== 'critical' && !place.testHook && title === raw.title) return found;
  const { environments } = place;
  return {
    ...found,
    title,
    ...(place.testHook && { testHook: true }),
    ...(raw.severity === 'critical' &&
      raw.engine !== ofApiServer &&
      raw.subject.kind === 'resource' && { about: [{ key, environments, parts: locator.about(raw.subject) }] }),
  };
}

/** What the API server would refuse runs nothing, whatever else the change does to it. */
const ofApiServer = 'schema';

function sourceOf({ engine, rule, severity, reported }: EngineFinding): Finding['sources'][number] {
  return reported === undefined ? { engine, rule, severity } : { engine, rule, severity, reported };
}

function mergeAcross(a: Finding, b: Finding): Finding {
  return {
    ...(b.testHook === true ? a : asDeployed(a)),
    ...uniteAbout([a, b]),
    ...uniteFields(a, b),
    severity: worse(a.severity, b.severity),
    locations: uniqueBy(
      [...a.locations, ...b.locations],
      (location) => `${location.file}:${location.line}:${location.column ?? 0}`,
    ),
    resources: uniqueBy([...a.resources, ...b.resources], String),
    baselineKeys: uniqueBy([...(a.baselineKeys ?? []), ...(b.baselineKeys ?? [])], String),
    environments: uniqueBy([...a.environments, ...b.environments], String).toSorted(),
    sources: uniteSources([...a.sources, ...b.sources]),
  };
}

function uniteFields(a: Finding, b: Finding): Pick<Finding, 'fields'> {
  const fields = [a, b].flatMap(({ fields: known, subject }) => known ?? (subject.kind === 'resource' ? [subject] : []));
  return fields.length === 0 ? {} : { fields };
}
