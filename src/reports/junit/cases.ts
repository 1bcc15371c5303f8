import type { Finding } from '../../model/finding.ts';
import { isGap } from '../../model/gap.ts';
import type { GateError } from '../../model/gate-error.ts';
import type { Action } from '../../model/severity.ts';
import type { CoverageEntry, CoverageRow, JudgedFinding, Verdict } from '../../model/verdict.ts';
import { decisionOf } from '../decision.ts';
import { concernsOf, errorPlace, fixOf, placeOf, subjectOf } from '../view.ts';

export type Result = 'passed' | 'failure' | 'error' | 'skipped';
export interface Case {
  /** Unique within the suite: GitLab only keeps the first of several cases with the same name. */
  readonly name: string;
  readonly file?: string;
  readonly result: Result;
  /** One line. */
  readonly message?: string;
  readonly type?: string;
  /** Several lines: the body of a failure or error, otherwise the test's output. */
  readonly text?: string;
}

const results: Readonly<Record<Action, Result>> = { block: 'failure', warn: 'passed', allow: 'passed' };

/**
 * A blocking finding is a failed test; one that warns or is allowed passes, with the action in its output, because consumers of JUnit know
 * no third state. Items that were not evaluated are skipped.
 */
export function findingCase(judged: JudgedFinding): Case {
  const { finding, action, state } = judged;
  const decision = decisionOf(judged);
  const [location] = finding.locations;
  const fix = fixOf(finding);
  const lines = [
    `${action}: ${finding.title}`,
    `severity ${finding.severity}${decision === undefined ? '' : `, ${decision}`}`,
    ...(state === undefined ? [] : [`against the base: ${state}`]),
    `at ${placeOf(finding)}`,
    concernsOf(finding),
    ...(finding.detail === undefined ? [] : [finding.detail]),
    ...(fix === undefined ? [] : [`fix: ${fix}`]),
    ...(finding.helpUrl === undefined ? [] : [finding.helpUrl]),
  ];
  return {
    name: `${finding.rule}: ${subjectOf(finding)} at ${placeOf(finding)}`,
    ...(location !== undefined && { file: location.file }),
    result: isGap(finding) && action !== 'block' ? 'skipped' : results[action],
    message: finding.title,
    type: finding.severity,
    text: lines.join('\n'),
  };
}

/** An item evaluated without a finding passes; one that could not be evaluated is an error, never a pass. */
export function coverageCase(row: CoverageRow, entry: CoverageEntry): Case {
  const file = row.kind === 'file' ? row.label : row.source?.replace(/:\d+$/, '');
  const base = {
    name: `${row.kind} ${row.label}${row.source === undefined ? '' : ` (${row.source})`}`,
    ...(file !== undefined && { file }),
  };
  const reason = entry.reason ?? entry.status;
  switch (entry.status) {
    case 'evaluated':
      return { ...base, result: 'passed' };
    case 'failed':
      return { ...base, result: 'error', message: reason, type: 'ENGINE_COVERAGE', text: reason };
    case 'not-applicable':
    case 'skipped':
      return { ...base, result: 'skipped', message: reason };
  }
}

export function errorCase(error: GateError): Case {
  const { file, message } = error.details;
  const place = errorPlace(error);
  return {
    name: `${error.code}${place === undefined ? '' : ` at ${place}`}: ${message}`,
    ...(file !== undefined && { file }),
    result: 'error',
    message,
    type: error.code,
    text: error.message,
  };
}

/** Labels of coverage rows with a finding of this engine: they get no passing case in addition to the finding. */
export function complainedAbout(verdict: Verdict, engine: string): ReadonlySet<string> {
  const findings = verdict.findings.filter(({ finding }) => finding.sources.some((source) => source.engine === engine));
  return new Set(findings.flatMap(({ finding }) => labelsOf(finding)));
}

function labelsOf({ subject, resources }: Finding): readonly string[] {
  switch (subject.kind) {
    case 'resource':
      return resources;
    case 'image':
      return [subject.reference];
    case 'file':
      return [subject.location.file];
    case 'cluster':
      return [subject.node];
  }
}
