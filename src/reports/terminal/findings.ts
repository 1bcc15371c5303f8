import { groupBy } from '../../model/group.ts';
import type { JudgedFinding } from '../../model/verdict.ts';
import { decisionOf, newnessOf } from '../decision.ts';
import { terminalLine } from '../escape.ts';
import { type Paint, severityStyles } from '../paint.ts';
import { plural, wrap } from '../text.ts';
import { concernsOf, exposedOf, fixOf, morePlaces, placeOf, riskOf, ruleOf } from '../view.ts';

const severityWidth = 'critical'.length;
const indent = '      ';

/** Findings of one action, grouped by file; the file with the worst finding comes first. */
export function findingLines(
  heading: string,
  findings: readonly JudgedFinding[],
  width: number,
  paint: Paint,
): readonly string[] {
  if (findings.length === 0) return [];
  const groups = groupBy(findings, ({ finding }) => finding.locations[0]?.file ?? placeOf(finding));
  const blocks = [...groups.values()].map((group) => group.flatMap((judged) => oneFinding(judged, width, paint)));
  return [paint(`${heading} (${findings.length})`, 'bold'), ...blocks.flatMap((lines) => [...lines, ''])];
}

function oneFinding(judged: JudgedFinding, width: number, paint: Paint): readonly string[] {
  const { finding } = judged;
  const newness = newnessOf(judged);
  const place = terminalLine(placeOf(finding));
  const rule = terminalLine(ruleOf(finding));
  const severity = finding.severity.padEnd(severityWidth);
  const tag = newness === undefined ? '' : `${terminalLine(newness)}  `;
  const head = `  ${paint(place, 'bold')}  ${paint(severity, ...severityStyles[finding.severity])}  ${tag}${rule}`;
  const title = terminalLine(finding.title);
  const fits = 2 + place.length + 2 + severityWidth + 2 + tag.length + rule.length + 2 + title.length <= width;
  const subject = about(judged);
  const fix = fixOf(finding);
  const exposed = exposedOf(finding);
  const risk = riskOf(finding);
  const alike = finding.sources.filter((source) => ruleOf(source) !== ruleOf(finding)).map(ruleOf);
  return [
    fits ? `${head}  ${title}` : head,
    ...(fits ? [] : block('', title, width)),
    ...(subject === '' ? [] : block('', subject, width)),
    ...(risk === undefined ? [] : block('risk: ', terminalLine(risk), width)),
    ...(exposed === undefined ? [] : block('exposed: ', terminalLine(exposed), width)),
    ...(fix === undefined ? [] : block('fix: ', terminalLine(fix), width)),
    ...(alike.length === 0 ? [] : block('also: ', terminalLine(alike.join(', ')), width)),
  ];
}

function about(judged: JudgedFinding): string {
  const { finding } = judged;
  const concerns = concernsOf(finding);
  return terminalLine(
    [concerns === placeOf(finding) ? undefined : concerns, morePlaces(finding), decisionOf(judged)]
      .filter((part) => part !== undefined)
      .join('; '),
  );
}

/** Indented lines; continuation lines align with the text, not with its label. */
export function block(label: string, text: string, width: number): readonly string[] {
  const margin = indent.length + label.length;
  return wrap(text, width - margin).map((line, index) => (index === 0 ? `${indent}${label}` : ' '.repeat(margin)) + line);
}

/** Findings allowed by the policy are only counted, unless they are asked for; waived findings are listed elsewhere, with owner and reason. */
export function allowedLine(findings: readonly JudgedFinding[], counts: string, where: string): readonly string[] {
  return findings.length === 0
    ? []
    : [`Allowed by policy: ${plural(findings.length, 'finding')} (${counts}); ${where} lists them.`, ''];
}
