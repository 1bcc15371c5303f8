import { isExisting } from '../../model/baseline.ts';
import { differs } from '../../model/rendered-diff.ts';
import type { Verdict } from '../../model/verdict.ts';
import { comparisonOf, previewOf } from '../decision.ts';
import { differenceTitle } from '../difference.ts';
import { terminalLine } from '../escape.ts';
import { baselineOf, existingOf } from '../existing.ts';
import { createPaint, outcomeStyles } from '../paint.ts';
import type { LogSection, RenderContext, Reporter } from '../reporter.ts';
import { wrap } from '../text.ts';
import { byAction, countBySeverity, outcomeTone, outcomeWord, summarizeCoverage } from '../view.ts';
import { allowedLine, findingLines } from './findings.ts';
import { coverageLines, engineLines, errorLines } from './tables.ts';
import { waiverLines } from './waivers.ts';

/** The output of `k8s-gate check`: the verdict first, then errors, blocking findings, warnings, engines and coverage. */
export const terminalReporter: Reporter = {
  id: 'terminal',
  title: 'Terminal',
  summary: 'For people: the verdict, what to fix and where, engines and coverage.',
  render: (verdict, context) =>
    `${sections(verdict, context)
      .flatMap(({ lines }) => lines)
      .join('\n')}\n`,
  sections,
};

function sections(verdict: Verdict, { color, width, change, showAllowed = false }: RenderContext): readonly LogSection[] {
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
  const folded = (title: string, lines: readonly string[]): LogSection => ({ folded: title, lines });
  const warned = byAction(verdict, 'warn');
  const opening = [
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
  ];
  return [
    { lines: opening },
    { lines: errorLines(verdict.errors, width, paint) },
    { lines: findingLines('Must be fixed', byAction(verdict, 'block'), width, paint) },
    folded(`Warnings (${warned.length})`, findingLines('Warnings', warned, width, paint)),
    folded(
      'Once the changed policies are merged',
      findingLines('New findings once the changed policies are merged', refused, width, paint),
    ),
    { lines: waiverLines(verdict.waivers, width, paint) },
    folded(`Waived (${waived.length})`, findingLines('Waived', waived, width, paint)),
    showAllowed
      ? folded(`Allowed by policy (${allowed.length})`, findingLines('Allowed by policy', allowed, width, paint))
      : { lines: allowedLine(allowed, countBySeverity(allowed), change === undefined ? '`--show allowed`' : 'the job summary') },
    folded('Engines', engineLines(verdict.engines, verdict.errors, width, paint)),
    folded('Coverage', coverageLines(summarizeCoverage(verdict), width, paint)),
  ];
}
