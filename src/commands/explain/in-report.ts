import type { JudgedFinding } from '../../model/verdict.ts';
import { terminalLine } from '../../reports/escape.ts';
import { readReport } from '../../reports/json/read.ts';
import { plural } from '../../reports/text.ts';
import { concernsOf, fixOf, placeOf, ruleOf } from '../../reports/view.ts';

const shown = 20;

/** Where a report has a rule or an advisory, and how each is fixed. Throws GateError for a file that is not a report. */
export function explainInReport(rule: string, text: string, file: string): { readonly found: boolean; readonly text: string } {
  const { verdict } = readReport(text, file);
  const isMeant = ({ finding }: JudgedFinding): boolean =>
    finding.sources.some((source) => source.rule === rule || ruleOf(source) === rule);
  const found = verdict.findings.filter(isMeant);
  if (found.length === 0) return { found: false, text: `${file} has no finding of ${rule}.\n` };
  const lines = found.slice(0, shown).flatMap(({ finding, action }) => {
    const fix = fixOf(finding);
    return [
      `  ${terminalLine(placeOf(finding))}  ${finding.severity}, ${action}  ${terminalLine(finding.title)}`,
      `      ${terminalLine(concernsOf(finding))}`,
      ...(finding.detail === undefined ? [] : [`      why: ${terminalLine(finding.detail)}`]),
      ...(fix === undefined ? [] : [`      fix: ${terminalLine(fix)}`]),
      ...(finding.helpUrl === undefined ? [] : [`      ${terminalLine(finding.helpUrl)}`]),
    ];
  });
  const more = found.length > shown ? [`  and ${found.length - shown} more`] : [];
  return { found: true, text: `${[`${plural(found.length, 'finding')} in ${file}:`, ...lines, ...more].join('\n')}\n` };
}
