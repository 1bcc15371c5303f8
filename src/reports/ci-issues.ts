import type { GateError } from '../model/gate-error.ts';
import type { Severity } from '../model/severity.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { newnessOf } from './decision.ts';
import { fromRoot, isRelativePath } from './escape.ts';
import { oneLine, reveal } from './text.ts';
import { adviceOf, concernsOf, fixOf, ruleOf, worstFirst } from './view.ts';

/** What a CI system shows at a line: an error of the evaluation, or a finding that blocks or warns. Plain text from outside. */
export interface CiIssue {
  readonly kind: 'error' | 'block' | 'warn';
  readonly severity: Severity;
  readonly rule: string;
  readonly title: string;
  readonly details: readonly string[];
  /** The same in every run; absent for an error. */
  readonly fingerprint?: string;
  /** From the root of the repository. Absent: it has no file, or one outside of the repository. */
  readonly file?: string;
  readonly line: number;
  readonly column?: number;
  readonly isVulnerability: boolean;
}

/** Errors first, then what blocks and what warns, new before old. What is allowed has no line: the other reports list it. */
export function ciIssues(verdict: Verdict, pathPrefix: string | undefined): readonly CiIssue[] {
  const shown = verdict.findings.filter(({ action }) => action !== 'allow');
  return [
    ...verdict.errors.map((error) => ofError(error, pathPrefix)),
    ...worstFirst(shown).map((judged) => ofFinding(judged, pathPrefix)),
  ];
}

function ofError(error: GateError, prefix: string | undefined): CiIssue {
  const { message, file, line, column } = error.details;
  return {
    ...{ kind: 'error', severity: 'critical', rule: error.code, title: oneLine(message), isVulnerability: false },
    details: adviceOf(error),
    ...placed(file, prefix),
    line: Math.max(1, line ?? 1),
    ...(column !== undefined && { column }),
  };
}

function ofFinding(judged: JudgedFinding, prefix: string | undefined): CiIssue {
  const { finding, action } = judged;
  const [first] = finding.locations;
  const newness = newnessOf(judged);
  const fix = fixOf(finding);
  return {
    kind: action === 'block' ? 'block' : 'warn',
    severity: finding.severity,
    rule: oneLine(ruleOf(finding)),
    title: oneLine(finding.title),
    details: [
      ...(newness === undefined ? [] : [newness]),
      concernsOf(finding),
      ...(finding.detail === undefined ? [] : [finding.detail]),
      ...(fix === undefined ? [] : [`Fix: ${fix}`]),
    ],
    fingerprint: finding.fingerprint,
    ...placed(first?.file, prefix),
    line: Math.max(1, first?.line ?? 1),
    ...(first?.column !== undefined && { column: first.column }),
    isVulnerability: finding.category === 'vulnerability',
  };
}

/** A name with hidden characters would be another file's for whoever reads it. */
function placed(file: string | undefined, prefix: string | undefined): Pick<CiIssue, 'file'> {
  if (file === undefined || !isRelativePath(file) || reveal(file) !== file || file.includes('\n')) return {};
  return { file: fromRoot(file, prefix) };
}
