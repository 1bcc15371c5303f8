import { type CiIssue, ciIssues } from '../ci-issues.ts';
import {
  bitbucketAnnotationsKept,
  bitbucketAnnotationsPerRequest,
  bitbucketDetailsMaxChars,
  bitbucketSummaryMaxChars,
} from '../limits.ts';
import type { Reporter } from '../reporter.ts';
import { oneLine, reveal, shorten } from '../text.ts';
import { outcomeWord } from '../view.ts';

/**
 * The bodies of the requests of Bitbucket's Code Insights (https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/): the report, and its
 * annotations in lists as long as one request takes. docs/other-ci.md sends them.
 */
export const bitbucketReporter: Reporter = {
  id: 'bitbucket',
  title: 'Bitbucket Code Insights',
  summary: 'For Bitbucket: the bodies of the requests that create a report with annotations at a commit.',
  defaultFile: 'k8s-gate.bitbucket.json',
  render(verdict, { pathPrefix, gateName = 'k8s-gate' }) {
    const issues = ciIssues(verdict, pathPrefix);
    const annotations = issues.slice(0, bitbucketAnnotationsKept).map((issue, index) => toAnnotation(issue, index));
    const { block, warn, allow } = verdict.counts;
    const left = issues.length - annotations.length;
    const details = `${verdict.reason}${left > 0 ? ` (${left} more issues have no annotation)` : ''}`;
    const report = {
      title: `${gateName}: ${outcomeWord(verdict)}`,
      details: shorten(oneLine(details), bitbucketDetailsMaxChars),
      report_type: 'SECURITY',
      reporter: 'k8s-gate',
      result: verdict.outcome === 'block' || verdict.outcome === 'error' ? 'FAILED' : 'PASSED',
      data: Object.entries({ Errors: verdict.errors.length, Blocking: block, Warnings: warn, Allowed: allow }).map(
        ([title, value]) => ({ title, type: 'NUMBER', value }),
      ),
    };
    return `${JSON.stringify({ report, annotations: inParts(annotations) }, null, 2)}\n`;
  },
};

function inParts<T>(items: readonly T[]): readonly (readonly T[])[] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += bitbucketAnnotationsPerRequest)
    parts.push(items.slice(from, from + bitbucketAnnotationsPerRequest));
  return parts;
}

function toAnnotation(
  { kind, severity, rule, title, details, fingerprint, file, line, isVulnerability }: CiIssue,
  index: number,
) {
  const text = reveal(details.join('\n'));
  return {
    // Unique within the report; the same finding can be in two places.
    external_id: `${index}-${fingerprint ?? 'error'}`,
    annotation_type: isVulnerability ? 'VULNERABILITY' : kind === 'error' ? 'BUG' : 'CODE_SMELL',
    summary: shorten(`${rule}: ${title}`, bitbucketSummaryMaxChars),
    ...(text !== '' && { details: shorten(text, bitbucketDetailsMaxChars) }),
    result: kind === 'warn' ? 'PASSED' : 'FAILED',
    severity: levels[severity],
    ...(file !== undefined && { path: file, line }),
  };
}

const levels = { critical: 'CRITICAL', high: 'HIGH', medium: 'MEDIUM', low: 'LOW', unknown: 'MEDIUM' } as const;
