import { compareText } from '../model/compare-text.ts';
import type { Finding, FindingSource } from '../model/finding.ts';
import type { SourceLocation } from '../model/location.ts';
import { compareSeverity, type Severity } from '../model/severity.ts';
import { uniqueBy } from './locate.ts';

/**
 * Merges findings of several engines with one cause: all sources, the highest severity, the most precise location, and the texts of the
 * finding with the best fix (a patch before prose), independent of their order. All belong to one resource.
 */
export function mergeSources(findings: readonly Finding[]): Finding {
  const ranked = findings.toSorted(byFix);
  const [primary] = ranked;
  if (primary === undefined) throw new Error('nothing to merge');
  if (ranked.length === 1) return primary;
  const nearest = ranked.filter((finding) => !ranked.some((other) => isBelow(other, finding))).toSorted(byPlace)[0] ?? primary;
  const detail = ranked.find((finding) => finding.detail !== undefined)?.detail;
  const helpUrl = ranked.find((finding) => finding.helpUrl !== undefined)?.helpUrl;
  return {
    ...commonTraits(ranked, primary),
    ...uniteAbout(ranked),
    ...(detail !== undefined && { detail }),
    ...(helpUrl !== undefined && { helpUrl }),
    severity: ranked.map(({ severity }) => severity).reduce(worse),
    subject: nearest.subject,
    locations: nearest.locations,
    resources: uniqueBy(
      ranked.flatMap(({ resources }) => resources),
      String,
    ),
    environments: uniqueBy(
      ranked.flatMap(({ environments }) => environments),
      String,
    ).toSorted(),
    baselineKeys: uniqueBy(
      ranked.flatMap(({ baselineKeys, fingerprint }) => baselineKeys ?? [fingerprint]),
      String,
    ),
    sources: uniteSources(ranked.flatMap(titled)).map((source) => untitled(source, primary.title)),
  };
}

/** Without `independent`, unless no part of it is about the manifest. */
function commonTraits(ranked: readonly Finding[], primary: Finding): Finding {
  const found = ranked.every(({ testHook }) => testHook === true) ? primary : asDeployed(primary);
  if (found.independent === undefined || ranked.every(({ independent }) => independent === true)) return found;
  const { independent: _independent, ...rest } = found;
  return rest;
}

/** Drops `testHook`: a finding of a deployed resource is not limited to tests. */
export function asDeployed(finding: Finding): Finding {
  if (finding.testHook === undefined) return finding;
  const { testHook: _testHook, ...rest } = finding;
  return rest;
}

/** The subjects and source units of all of them. */
export function uniteAbout(findings: readonly Finding[]): Pick<Finding, 'about' | 'units'> {
  const about = findings.flatMap((finding) => finding.about ?? []);
  const units = uniqueBy(
    findings.flatMap((finding) => finding.units ?? []),
    String,
  );
  return { ...(about.length > 0 && { about }), ...(units.length > 0 && { units }) };
}

/** One source per engine and rule, with the highest severity. */
export function uniteSources(sources: readonly FindingSource[]): readonly FindingSource[] {
  const united = new Map<string, FindingSource>();
  for (const source of sources) {
    const key = `${source.engine}\n${source.rule}`;
    const known = united.get(key);
    if (known === undefined || compareSeverity(source.severity, known.severity) < 0) united.set(key, source);
  }
  return [...united.values()];
}

export function worse(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) <= 0 ? a : b;
}

/** Keeps each title, since the merged finding only has one of them. */
function titled({ sources, title }: Finding): readonly FindingSource[] {
  return sources.map((source) => (source.title === undefined ? { ...source, title } : source));
}

function untitled({ title, ...source }: FindingSource, same: string): FindingSource {
  return title === undefined || title === same ? source : { ...source, title };
}

function byFix(a: Finding, b: Finding): number {
  return (
    fixRank(b) - fixRank(a) ||
    compareSeverity(a.severity, b.severity) ||
    depthOf(b) - depthOf(a) ||
    compareText(textOf(a), textOf(b))
  );
}

function fixRank({ fix }: Finding): number {
  if (fix === undefined) return 0;
  return fix.patch === undefined ? 1 : 2;
}

/** Of two paths on one line the longer one is at least as precise: a missing field is located at its nearest parent. */
function isBelow(a: Finding, b: Finding): boolean {
  if (a.subject.kind !== 'resource' || b.subject.kind !== 'resource') return false;
  const [longer, shorter] = [a.subject.path, b.subject.path];
  return shorter.length < longer.length && shorter.every((step, index) => longer[index] === step);
}

const precisions: readonly SourceLocation['precision'][] = ['field', 'parent', 'file'];

/** The most precise location first; equally precise ones keep their order. */
function byPlace(a: Finding, b: Finding): number {
  return rankOf(a) - rankOf(b) || depthOf(b) - depthOf(a);
}

function rankOf({ locations }: Finding): number {
  const [first] = locations;
  return first === undefined ? precisions.length : precisions.indexOf(first.precision);
}

function depthOf({ subject }: Finding): number {
  return subject.kind === 'resource' ? subject.path.length : 0;
}

function textOf({ engine, rule, check, title, fingerprint }: Finding): string {
  return JSON.stringify([engine, rule, check ?? '', title, fingerprint]);
}
