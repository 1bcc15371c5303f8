import type { Finding, Subject } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import { parseUntrustedJson, reportMaxBytes } from '../../model/untrusted-json.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { byteLength } from '../text.ts';
import { complaintsOf } from './cross-check.ts';
import { Report } from './schema.ts';

export interface ReadReport {
  readonly verdict: Verdict;
  readonly generatedAt: Date;
  readonly gateVersion: string;
  /** The change that the report claims to be about. It is not trusted: the caller compares it with what it knows. */
  readonly change?: NonNullable<Report['change']>;
  /** As RenderContext has it: the collecting job judged a merge commit, and this one can't look. */
  readonly headLine: (file: string, line: number) => number | undefined;
}

/**
 * The way back from a JSON report to its verdict, for a job that publishes what another one judged. That job ran with the change under
 * judgement, so all of the text may be its author's: what is read is well-formed and agrees with itself, not true.
 * @param file Its name, for the error. Throws GateError REPORT_UNTRUSTED.
 */
export function readReport(text: string, file: string): ReadReport {
  const report = parseReport(text, file);
  const [complaint] = complaintsOf(report);
  if (complaint !== undefined) throw untrusted(file, complaint);
  return {
    verdict: toVerdict(report),
    generatedAt: new Date(report.generatedAt),
    gateVersion: report.tool.version,
    ...(report.change !== undefined && { change: report.change }),
    headLine: headLines(report.change?.headLines ?? []),
  };
}

function headLines(moved: NonNullable<NonNullable<Report['change']>['headLines']>): ReadReport['headLine'] {
  const lines = new Map(moved.map(({ file, line, headLine }) => [`${file}\n${line}`, headLine]));
  return (file, line) => (lines.has(`${file}\n${line}`) ? lines.get(`${file}\n${line}`) : line);
}

function parseReport(text: string, file: string): Report {
  const bytes = byteLength(text);
  if (bytes > reportMaxBytes) throw untrusted(file, `the report has ${bytes} bytes, more than ${reportMaxBytes}`);
  let value: unknown;
  try {
    value = parseUntrustedJson(text);
  } catch (thrown) {
    if (thrown instanceof RangeError) throw untrusted(file, `the report is too large: ${thrown.message}`);
    throw untrusted(file, 'the report is not JSON');
  }
  const parsed = Report.safeParse(value);
  if (parsed.success) return parsed.data;
  throw untrusted(file, schemaProblem(parsed.error, { whole: 'the report' }));
}

function untrusted(file: string, message: string): GateError {
  return new GateError('REPORT_UNTRUSTED', {
    message: message.slice(0, 1_000),
    file,
    expected: 'a JSON report as the same version of k8s-gate writes it',
    next: 'Collect the report again; if it is refused again, look at what the collecting job ran.',
  });
}

function toVerdict(report: Report): Verdict {
  const { schemaVersion: _version, tool: _tool, generatedAt: _at, change: _change, compliance: _compliance, ...rest } = report;
  const { comparison, preview, ...verdict } = rest;
  return {
    ...verdict,
    findings: report.findings.map(toJudged),
    errors: report.errors.map(({ code, ...details }) => new GateError(code, details)),
    ...(preview !== undefined && {
      preview: preview.status === 'known' ? { ...preview, refused: preview.refused.map(toJudged) } : preview,
    }),
    ...(comparison !== undefined && {
      comparison:
        comparison.status === 'compared'
          ? { ...comparison, fixed: comparison.fixed.map((fixed) => toFinding(fixed)) }
          : comparison,
    }),
  };
}

type Reported = Omit<
  Report['findings'][number],
  'action' | 'decidedBy' | 'because' | 'state' | 'newIn' | 'newBecause' | 'waiver'
>;

function toJudged(reported: Report['findings'][number]): JudgedFinding {
  const { action, decidedBy, because, state, newIn, newBecause, waiver, ...finding } = reported;
  return {
    finding: toFinding(finding),
    action,
    decidedBy,
    ...(because !== undefined && { because }),
    ...(state !== undefined && { state }),
    ...(newIn !== undefined && { newIn }),
    ...(newBecause !== undefined && { newBecause }),
    ...(waiver !== undefined && { waiver }),
  };
}

function toFinding({ subject, ...finding }: Reported): Finding {
  return { ...finding, subject: toSubject(subject) };
}

function toSubject(subject: Reported['subject']): Subject {
  if (subject.kind !== 'resource') return subject;
  const { field: _sameAsPath, ...rest } = subject;
  return rest;
}
