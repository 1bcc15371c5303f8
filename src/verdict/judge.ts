import { countExisting } from '../model/baseline.ts';
import type { GateConfig } from '../model/config.ts';
import type { EngineRun } from '../model/engine-run.ts';
import type { Finding } from '../model/finding.ts';
import { countGaps } from '../model/gap.ts';
import type { GateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { UsedData } from '../model/risk.ts';
import type { Action, Severity } from '../model/severity.ts';
import type { EngineSummary, JudgedFinding, Outcome, Verdict } from '../model/verdict.ts';
import type { WaiverSet } from '../model/waiver.ts';
import { type Accepted, applyBaseline } from './baseline.ts';
import { type Baseline, type Compared, compare } from './compare.ts';
import { buildCoverage, listImages } from './coverage.ts';
import { collectFaults } from './faults.ts';
import { compareJudged } from './order.ts';
import { judgeFinding } from './policy.ts';
import { type Previewed, preview } from './preview.ts';
import { applyWaivers, type WaiverContext } from './waivers.ts';

export interface Evidence {
  readonly set: ManifestSet;
  readonly runs: readonly EngineRun[];
  readonly findings: readonly Finding[];
  /** Engine id -> title, for the summary. */
  readonly titles: Readonly<Record<string, string>>;
  /** Absent if there is no base to compare with. */
  readonly baseline?: Baseline;
  /** Absent if the change does not modify policies. */
  readonly previewed?: Previewed;
  /** Findings that need not block if the base has them as well, even without `onlyNew`; absent if there are none. */
  readonly leftOut?: (finding: Finding) => boolean;
  /** The baseline file; absent without one. */
  readonly accepted?: Accepted & { readonly today: Date };
  /** Accepted exceptions, from the trusted base; absent if empty. */
  readonly waivers?: WaiverContext & { readonly ledger: WaiverSet };
  /** Data about the exploitation of vulnerabilities that the findings contain; absent if none was used. */
  readonly riskData?: readonly UsedData[];
}
type Policy = Pick<GateConfig, 'severity' | 'environments' | 'expectManifests' | 'onlyNew'>;

/** Pure: the same evidence and policy give the same verdict, regardless of the order in which engines ended. */
export function judge(evidence: Evidence, policy: Policy): Verdict {
  const { leftOut = () => false } = evidence;
  const compared = evidence.baseline && compare(evidence.findings, evidence.baseline);
  const byPolicy = evidence.findings.map((finding) =>
    withState(judgeFinding(finding, policy), compared, { ...policy, onlyNew: policy.onlyNew || leftOut(finding) }),
  );
  const waived = evidence.waivers && applyWaivers(byPolicy, evidence.waivers.ledger, evidence.waivers);
  const { accepted } = evidence;
  const kept = accepted && applyBaseline(waived?.findings ?? byPolicy, accepted, accepted.today);
  const findings = (kept?.findings ?? waived?.findings ?? byPolicy).toSorted(compareJudged);
  const errors = collectFaults(evidence.runs, evidence.set, policy.expectManifests);
  const counts = countActions(findings);
  const reported = countByEngine(findings);
  const outcome = decide(counts, errors);
  return {
    outcome,
    reason: explain(outcome, counts, errors, findings),
    findings,
    counts,
    severities: countSeverities(findings),
    errors,
    engines: evidence.runs.map((run) => summarize(run, evidence.titles[run.engine] ?? run.engine, reported.get(run.engine) ?? 0)),
    coverage: buildCoverage(evidence.runs, evidence.set),
    policies: Object.fromEntries([
      ['default', policy.severity],
      ...policy.environments.map((environment) => [environment.name, environment.severity]),
    ]),
    ...(evidence.riskData !== undefined && { riskData: evidence.riskData }),
    ...(compared !== undefined && { comparison: compared.comparison }),
    ...(evidence.previewed !== undefined && { preview: preview(evidence.previewed, policy) }),
    waivers: waived?.uses ?? [],
    ...(kept !== undefined && { accepted: kept.use }),
    ...(evidence.set.images.length > 0 && { images: listImages(evidence.set) }),
    totals: {
      files: evidence.set.units.filter((unit) => unit.status !== 'skipped').length,
      resources: evidence.set.resources.length,
      images: evidence.set.images.length,
    },
  };
}

/** With `only-new`, findings that the base has are allowed; without a base, no finding is known to be old. */
function withState(judged: JudgedFinding, compared: Compared | undefined, { onlyNew, environments }: Policy): JudgedFinding {
  if (compared === undefined || compared.comparison.status === 'unavailable') return judged;
  if (compared.stateOf(judged.finding) === 'new') {
    const newIn = compared.newIn(judged.finding);
    const newBecause = compared.newBecause(judged.finding);
    return {
      ...judged,
      state: 'new',
      ...(newIn.length > 0 && newIn.length < environments.length && { newIn }),
      ...(newBecause !== undefined && { newBecause }),
    };
  }
  if (!onlyNew || judged.action === 'allow') return { ...judged, state: 'unchanged' };
  return { ...judged, state: 'unchanged', action: 'allow', decidedBy: 'only-new' };
}

/** A blocking finding is valid even if something else failed, so `block` takes precedence; any error rules out `pass` and `warn`. */
function decide(counts: Readonly<Record<Action, number>>, errors: readonly GateError[]): Outcome {
  if (counts.block > 0) return 'block';
  if (errors.length > 0) return 'error';
  return counts.warn > 0 ? 'warn' : 'pass';
}

function explain(
  outcome: Outcome,
  counts: Readonly<Record<Action, number>>,
  errors: readonly GateError[],
  findings: readonly JudgedFinding[],
): string {
  const waived = findings.filter((judged) => judged.waiver !== undefined).length;
  const old = countExisting(findings);
  const incomplete = errors.length === 0 ? '' : `; because of ${plural(errors.length, 'error')}, there may be more`;
  switch (outcome) {
    case 'block':
      return `${plural(counts.block, 'finding')} must be fixed before this change can be merged${incomplete}${old === 0 ? '' : `; ${existing(old)}`}`;
    case 'error':
      return `the gate could not evaluate this change: ${plural(errors.length, 'error')}`;
    case 'warn':
      return `nothing blocks; ${plural(counts.warn, 'finding')} to review${waived === 0 ? '' : `, ${waived} waived`}${old === 0 ? '' : `; ${existing(old)}`}`;
    case 'pass':
      return passed(counts.allow - waived - old, waived, old, countGaps(findings));
  }
}

/** Gaps are mentioned even if a policy, a waiver or the base allows them. */
function passed(byPolicy: number, waived: number, old: number, gaps: number): string {
  const total = byPolicy + waived + old;
  const reason = total === 0 ? 'no findings' : `nothing blocks or warns; ${allowed(byPolicy, waived, old)}`;
  return gaps === 0 ? reason : `passed, but ${plural(gaps, 'item')} ${gaps === 1 ? 'was' : 'were'} not evaluated; ${reason}`;
}

function allowed(byPolicy: number, waived: number, old: number): string {
  const parts = [
    [byPolicy, 'allowed by policy'],
    [waived, 'waived'],
  ] as const;
  const counted = parts.filter(([count]) => count > 0).map(([count, how]) => `${plural(count, 'finding')} ${how}`);
  return [...counted, ...(old > 0 ? [existing(old)] : [])].join(', ');
}

/** The base, or the baseline file, has them: nobody has to do anything about them in this change. */
function existing(count: number): string {
  return `${plural(count, 'existing finding')}: not blocking`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function countActions(findings: readonly JudgedFinding[]): Readonly<Record<Action, number>> {
  const counts = { block: 0, warn: 0, allow: 0 };
  for (const { action } of findings) counts[action] += 1;
  return counts;
}

function countSeverities(findings: readonly JudgedFinding[]): Readonly<Record<Severity, number>> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };
  for (const { finding } of findings) counts[finding.severity] += 1;
  return counts;
}

/** Findings by each engine that reported them. */
function countByEngine(findings: readonly JudgedFinding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { finding } of findings) {
    for (const engine of new Set(finding.sources.map((source) => source.engine)))
      counts.set(engine, (counts.get(engine) ?? 0) + 1);
  }
  return counts;
}

function summarize(run: EngineRun, title: string, findings: number): EngineSummary {
  const base = { engine: run.engine, title, status: run.status, findings, evaluated: 0, notes: [] };
  switch (run.status) {
    case 'completed':
      return {
        ...base,
        version: run.version,
        evaluated: run.coverage.filter((coverage) => coverage.status === 'evaluated').length,
        durationMs: run.durationMs,
        notes: run.notes,
      };
    case 'skipped':
      return { ...base, reason: run.reason };
    case 'failed':
      return { ...base, reason: run.error.message, durationMs: run.durationMs };
  }
}
