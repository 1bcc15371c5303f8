import { formatPath } from '../model/field-path.ts';
import type { Finding } from '../model/finding.ts';
import { countGaps } from '../model/gap.ts';
import type { GateError } from '../model/gate-error.ts';
import { groupBy } from '../model/group.ts';
import { formatLocation } from '../model/location.ts';
import type { Action, Severity } from '../model/severity.ts';
import { actions, severities } from '../model/severity.ts';
import type { CoverageRow, JudgedFinding, Outcome, Verdict } from '../model/verdict.ts';
import { plural } from './text.ts';

/** Text shared by several reporters. Unescaped: each reporter escapes it for its own format. */

const outcomeWords: Readonly<Record<Outcome, string>> = { pass: 'PASS', warn: 'WARN', block: 'BLOCKED', error: 'ERROR' };

type Answer = Pick<Verdict, 'outcome' | 'findings'>;

/** The word in the headline. It is never PASS if something was not evaluated, even if the policy, a waiver or the base allows that. */
export function outcomeWord(verdict: Answer): string {
  return passesOverGap(verdict) ? 'INCOMPLETE' : outcomeWords[verdict.outcome];
}

/** The outcome that gives the headline its color. */
export function outcomeTone(verdict: Answer): Outcome {
  return passesOverGap(verdict) ? 'warn' : verdict.outcome;
}

function passesOverGap({ outcome, findings }: Answer): boolean {
  return outcome === 'pass' && countGaps(findings) > 0;
}

/**
 * Items that a finding or the coverage reports as not evaluated. One item may be in both, so the larger number counts. Only the findings are gaps: what
 * no engine is responsible for, such as images where the configuration switches the scanner off, is stated and no reason to warn.
 */
export function notEvaluated({ findings, coverage }: Pick<Verdict, 'findings' | 'coverage'>): number {
  return Math.max(countGaps(findings), coverage.filter((row) => whyNotCovered(row) !== undefined).length);
}

export function byAction(verdict: Verdict, action: Action): readonly JudgedFinding[] {
  return verdict.findings.filter((judged) => judged.action === action);
}

/** The order of the verdict, with findings of the change before those the base already had. */
export function worstFirst(findings: readonly JudgedFinding[]): readonly JudgedFinding[] {
  const rank = ({ action, state }: JudgedFinding): number => 2 * actions.indexOf(action) + (state === 'unchanged' ? 1 : 0);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

/** What was expected and what to do next, as far as an error has it. */
export function adviceOf({ details: { expected, next } }: GateError): readonly string[] {
  return [...(expected === undefined ? [] : [`Expected: ${expected}`]), ...(next === undefined ? [] : [`Next: ${next}`])];
}

/** `deploy/web.yaml:12:7`, or the subject (`cluster node-1`) for a finding without a file. */
export function placeOf(finding: Finding): string {
  const [first] = finding.locations;
  return first === undefined ? subjectOf(finding) : formatLocation(first);
}

/** `charts/shop/values.yaml:3:1`, or undefined for an error without a file. */
export function errorPlace({ details: { file, line, column } }: GateError): string | undefined {
  if (file === undefined || line === undefined) return file;
  return formatLocation({ file, line, ...(column !== undefined && { column }) });
}

/** The resource, image, file or node of the finding. */
export function subjectOf(finding: Finding): string {
  const { subject } = finding;
  switch (subject.kind) {
    case 'resource':
      return finding.resources[0] ?? subject.resource;
    case 'image':
      return subject.component === undefined ? subject.reference : `${subject.reference} (${subject.component})`;
    case 'file':
      return subject.location.file;
    case 'cluster':
      return `cluster ${subject.node}`;
  }
}

/** `spec.containers[0].image` for a finding about a field of a resource. */
export function fieldOf(finding: Finding): string | undefined {
  return finding.subject.kind === 'resource' && finding.subject.path.length > 0 ? formatPath(finding.subject.path) : undefined;
}

/** The affected objects in a few words: the image, the first resources and the number of further ones. */
export function concernsOf(finding: Finding, shown = 3): string {
  const resources = finding.resources.slice(0, shown);
  const more = finding.resources.length - resources.length;
  const subject = finding.subject.kind === 'image' ? [`image ${subjectOf(finding)}`] : [];
  const users = more === 0 ? resources : [...resources, `${more} more`];
  if (subject.length === 0 && users.length === 0) return subjectOf(finding);
  return [...subject, users.join(', ')].filter((part) => part !== '').join(' in ');
}

/** `cel/privileged`: qualified by the engine, because two engines may use one name for different rules. */
export function ruleOf(source: { readonly engine: string; readonly rule: string }): string {
  return `${source.engine}/${source.rule}`;
}

export function fixOf(finding: Finding): string | undefined {
  if (finding.fix === undefined) return undefined;
  const { text, fixedVersion } = finding.fix;
  return fixedVersion === undefined || text.includes(fixedVersion) ? text : `${text} (fixed in ${fixedVersion})`;
}

/** How the workload is exposed, in one line: `reachable through Ingress shop/web; runs privileged`. */
export function exposedOf({ context = [] }: Finding, shown = 6): string | undefined {
  const more = context.length - shown;
  const facts = [...context.slice(0, shown), ...(more > 0 ? [`${more} more`] : [])];
  return facts.length === 0 ? undefined : facts.join('; ');
}

/** What is known about the exploitation of a vulnerability, in one line: `exploited (KEV since 2026-03-01), EPSS 0.94`. */
export function riskOf({ risk }: Finding): string | undefined {
  if (risk === undefined) return undefined;
  const since = risk.exploitedSince === undefined ? '' : ` since ${risk.exploitedSince}`;
  const facts = [
    ...(risk.exploited === 'yes' ? [`exploited (KEV${since}${risk.ransomware ? ', by ransomware' : ''})`] : []),
    ...(risk.epss === undefined ? [] : [`EPSS ${risk.epss}`]),
  ];
  return facts.length === 0 ? undefined : facts.join(', ');
}

/** Locations after the first: `3 more places`. */
export function morePlaces(finding: Finding): string | undefined {
  return finding.locations.length > 1 ? `${plural(finding.locations.length - 1, 'more place')}` : undefined;
}

/** `3 medium, 9 low`, most severe first. */
export function countBySeverity(findings: readonly JudgedFinding[]): string {
  const groups = groupBy(findings, ({ finding }) => finding.severity);
  return severities
    .map((severity) => [severity, groups.get(severity)?.length ?? 0] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`)
    .join(', ');
}

/** Rows: severities; columns: block, warn, allow. */
export function severityTable(verdict: Verdict): readonly (readonly [Severity, readonly number[]])[] {
  const groups = groupBy(verdict.findings, ({ action, finding }) => `${action} ${finding.severity}`);
  return severities.map((severity) => [severity, actions.map((action) => groups.get(`${action} ${severity}`)?.length ?? 0)]);
}

/** A row that no engine evaluated, or that an engine failed to evaluate. */
interface NotCovered {
  readonly row: CoverageRow;
  readonly why: string;
}

export interface CoverageSummary {
  /** `12 files, 34 resources, 5 images`. */
  readonly totals: string;
  readonly isEmpty: boolean;
  readonly notCovered: readonly NotCovered[];
  /** Files that were read and skipped; their coverage entries give the reason. */
  readonly leftOut: readonly CoverageRow[];
}

/** Follows the totals: `, all evaluated` or `; 2 items not evaluated`; empty if there was nothing to evaluate. */
export function coverageResult({ notCovered, isEmpty }: CoverageSummary, emphasize = (text: string): string => text): string {
  if (notCovered.length > 0) return `; ${emphasize(`${plural(notCovered.length, 'item')} not evaluated`)}`;
  return isEmpty ? '' : ', all evaluated';
}

export function summarizeCoverage(verdict: Verdict): CoverageSummary {
  const { files, resources, images } = verdict.totals;
  return {
    totals: [plural(files, 'file'), plural(resources, 'resource'), plural(images, 'image')].join(', '),
    isEmpty: files + resources + images === 0,
    notCovered: verdict.coverage.flatMap((row) => {
      const why = whyNotCovered(row);
      return why === undefined ? [] : [{ row, why }];
    }),
    leftOut: verdict.coverage.filter((row) => row.kind === 'file' && row.entries.every((entry) => entry.status === 'skipped')),
  };
}

function whyNotCovered(row: CoverageRow): string | undefined {
  const failed = row.entries.filter((entry) => entry.status === 'failed');
  if (failed.length > 0) return failed.map((entry) => `${entry.engine}: ${entry.reason ?? 'failed'}`).join('; ');
  if (row.entries.some((entry) => entry.status === 'evaluated')) return undefined;
  if (row.kind === 'file') return row.entries.length === 0 ? 'not read' : undefined;
  const reasons = row.entries.map((entry) => `${entry.engine}: ${entry.reason ?? entry.status}`).join('; ');
  return reasons === '' ? 'not evaluated by any engine' : `not evaluated by any engine (${reasons})`;
}
