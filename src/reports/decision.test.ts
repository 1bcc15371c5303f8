import { describe, expect, it } from 'vitest';
import { publishContext } from '../../test/support/changes.ts';
import { compared, renderContext } from '../../test/support/verdicts.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { summaryOf } from './check-run/text.ts';
import { comparisonOf, decisionOf } from './decision.ts';
import { htmlReporter } from './html/reporter.ts';
import { jobSummaryReporter } from './job-summary/reporter.ts';
import { readReport } from './json/read.ts';
import { jsonReporter } from './json/reporter.ts';
import { renderBody } from './pull-request-comment/body.ts';
import { terminalReporter } from './terminal/reporter.ts';

const [first, second, ...others] = compared.findings;
const newBecause = 'the change touches the image of container web';
const renewed: JudgedFinding | undefined = first && { ...first, newBecause };
const hook: JudgedFinding | undefined = second && { ...second, decidedBy: 'test-hook' };
const unrendered = [
  { what: 'chart app', reason: 'the dependency lib is missing', new: 2, unchanged: 0 },
  { what: 'kustomization over/lay', reason: 'no such file', new: 0, unchanged: 1 },
];
const verdict: Verdict = {
  ...compared,
  findings: [renewed, hook, ...others].filter((judged) => judged !== undefined),
  comparison: { status: 'compared', baseSha: 'b'.repeat(40), new: 1, unchanged: 2, fixed: [], unrendered },
};

/** As a reader sees it: without line breaks, escapes and markup. */
const plain = (text: string): string =>
  text
    .replaceAll(/<[^>]*>|\\(?=[\n_\-.()])|&#\d+;|`/g, ' ')
    .replaceAll(/&#39;|’/g, "'")
    .replaceAll(/[\s ]+/g, ' ');
const reports: Readonly<Record<string, string>> = {
  terminal: terminalReporter.render(verdict, renderContext),
  'job summary': jobSummaryReporter.render(verdict, renderContext),
  html: htmlReporter.render(verdict, renderContext),
  comment: renderBody(verdict, publishContext),
};

describe('what keeps a finding from being compared', () => {
  it.each([...Object.entries(reports), ['check run', summaryOf(verdict, publishContext)] as const])(
    'is in the %s',
    (_id, text) => {
      const words = plain(text);
      expect(words).toMatch(/chart app did not render \(?.{0,3}the dependency lib is missing/);
      expect(words).toMatch(/its 2 findings could not be compared, 2 count as new/);
      expect(words).toMatch(/kustomization over\/lay did not render/);
      expect(words).toMatch(/1 count as unchanged, because the change touches none of its sources/);
    },
  );

  it('names what did not render and has no finding without a count', () => {
    const unrendered = [{ what: 'chart app', reason: 'no dependency', new: 0, unchanged: 0 }];
    const comparison = { status: 'compared', baseSha: 'b'.repeat(40), new: 1, unchanged: 2, fixed: [], unrendered } as const;
    expect(comparisonOf({ ...compared, comparison })).toBe(
      "1 new, 0 fixed, 2 unchanged against bbbbbbb; the base's chart app did not render (no dependency)",
    );
  });

  it('is absent where everything rendered', () => {
    expect(comparisonOf(compared)).toBe('1 new, 1 fixed, 2 unchanged against bbbbbbb');
  });
});

describe('why a finding is new, or warns at most', () => {
  it.each(Object.entries(reports))('is in the %s', (_id, text) => {
    expect(plain(text)).toContain(newBecause);
    expect(plain(text)).toMatch(/Helm test hook: warns at most/);
  });

  it('is one sentence with the decision', () => {
    expect(decisionOf({ action: 'block', decidedBy: 'production', newBecause })).toBe(
      `decided by the policy of production; the base has the same finding, but it counts as new: ${newBecause}`,
    );
    expect(decisionOf({ action: 'block', decidedBy: 'default' })).toBeUndefined();
  });
});

describe('the JSON report', () => {
  it('brings both back as they were', () => {
    const read = readReport(jsonReporter.render(verdict, renderContext), 'report.json');
    expect(read.verdict.comparison).toEqual(verdict.comparison);
    expect(read.verdict.findings.map((judged) => [judged.decidedBy, judged.newBecause])).toEqual(
      verdict.findings.map((judged) => [judged.decidedBy, judged.newBecause]),
    );
  });
});
