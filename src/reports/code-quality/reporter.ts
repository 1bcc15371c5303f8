import { type CiIssue, ciIssues } from '../ci-issues.ts';
import { codeQualityDescriptionMaxChars, codeQualityIssuesKept } from '../limits.ts';
import type { Reporter } from '../reporter.ts';
import { reveal, shorten } from '../text.ts';

/**
 * The subset of Code Climate's format that GitLab reads (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format). Its widget
 * compares fingerprints with those of the target branch.
 */
export const codeQualityReporter: Reporter = {
  id: 'code-quality',
  title: 'GitLab code quality',
  summary: 'For GitLab: errors, blocking findings and warnings in the widget and in the diff of a merge request.',
  defaultFile: 'gl-code-quality-report.json',
  render(verdict, { pathPrefix }) {
    const issues = ciIssues(verdict, pathPrefix).slice(0, codeQualityIssuesKept);
    return `${JSON.stringify(issues.map(toIssue), null, 2)}\n`;
  },
};

/** GitLab requires a file. What has none is about the configuration of the gate as much as about anything. */
const fallbackFile = '.k8s-gate.yaml';

function toIssue({ kind, severity, rule, title, details, fingerprint, file, line }: CiIssue) {
  const [first] = details;
  const description = `${title}${first === undefined ? '' : ` (${first.replace(/\s+/g, ' ')})`}`;
  return {
    description: shorten(reveal(description), codeQualityDescriptionMaxChars),
    check_name: rule,
    fingerprint: fingerprint ?? `error ${rule} ${file ?? ''} ${title}`,
    severity: kind === 'warn' ? levels[severity] : 'blocker',
    location: { path: file ?? fallbackFile, lines: { begin: file === undefined ? 1 : line } },
  };
}

/** For a warning: whatever blocks is a blocker. */
const levels = { critical: 'critical', high: 'major', medium: 'minor', low: 'info', unknown: 'major' } as const;
