import { isExisting } from '../../model/baseline.ts';
import { differs } from '../../model/rendered-diff.ts';
import { comparisonOf, previewOf } from '../decision.ts';
import { differenceTitle } from '../difference.ts';
import { terminalLine } from '../escape.ts';
import { baselineOf, existingOf } from '../existing.ts';
import { createPaint, outcomeStyles } from '../paint.ts';
import type { Reporter } from '../reporter.ts';
import { wrap } from '../text.ts';
import { byAction, countBySeverity, outcomeTone, outcomeWord, summarizeCoverage } from '../view.ts';
import { allowedLine, findingLines } from './findings.ts';
import { coverageLines, engineLines, errorLines } from './tables.ts';

/** The output of `k8s-gate check`: the verdict first, then errors, blocking findings, warnings, engines and coverage. */
export const terminalReporter: Reporter = {
  id: 'terminal',
  title: 'Terminal',
  summary: 'For people: the verdict, what to fix and where, engines and coverage.',
  render(verdict, { color, width, change, showAllowed = false }) {
    const paint = createPaint(color);
    const word = outcomeWord(verdict);
    const [reason = '', ...more] = wrap(terminalLine(verdict.reason), width - word.length - 2);
    const waived = verdict.findings.filter(({ waiver }) => waiver !== undefined);
    const allowed = byAction(verdict, 'allow').filter((judged) => judged.waiver === undefined && !isExisting(judged));
    const comparison = comparisonOf(verdict);
    const existing = existingOf(verdict);
    const baseline = baselineOf(verdict);
    const { difference } = verdict;
    const preview = previewOf(verdict);
    const refused = verdict.preview?.status === 'known' ? verdict.preview.refused : [];
    const lines = [
      `${paint(word, ...outcomeStyles[outcomeTone(verdict)])}  ${reason}`,
      ...more.map((line) => ' '.repeat(word.length + 2) + line),
      ...(comparison === undefined ? [] : wrap(terminalLine(comparison), width)),
      ...(existing === undefined ? [] : wrap(`${existing.text}: ${existing.url}`, width)),
      ...(baseline === undefined ? [] : wrap(terminalLine(baseline), width)),
      ...(preview === undefined ? [] : wrap(terminalLine(`once merged, ${preview}`), width)),
      ...(difference === undefined
        ? []
        : wrap(`${differenceTitle(difference)}${differs(difference) ? '; `k8s-gate diff` shows them' : ''}`, width)),
      '',
      ...errorLines(verdict.errors, width, paint),
      ...findingLines('Must be fixed', byAction(verdict, 'block'), width, paint),
      ...findingLines('Warnings', byAction(verdict, 'warn'), width, paint),
      ...findingLines('New findings once the changed policies are merged', refused, width, paint),
      ...findingLines('Waived', waived, width, paint),
      ...(showAllowed
        ? findingLines('Allowed by policy', allowed, width, paint)
        : allowedLine(allowed, countBySeverity(allowed), change === undefined ? '`--show allowed`' : 'the job summary')),
      ...engineLines(verdict.engines, verdict.errors, width, paint),
      ...coverageLines(summarizeCoverage(verdict), width, paint),
    ];
    return `${lines.join('\n')}\n`;
  },
};
