import { type Severity, severities } from '../../model/severity.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { table } from '../markdown.ts';
import { stageOf, stages, stagesRun } from '../stages.ts';
import { groupBy } from '../view.ts';

/** Rows: stages; columns: severities and what blocks. A stage that nothing ran in has no row, but is named. */
export function stageTable(verdict: Verdict): string {
  const run = stagesRun(verdict);
  const cells = (findings: readonly JudgedFinding[]): readonly string[] => {
    const groups = groupBy(findings, ({ finding }) => finding.severity);
    const blocked = findings.filter(({ action }) => action === 'block').length;
    return [...severities.map((severity) => groups.get(severity)?.length ?? 0), blocked].map(String);
  };
  const byStage = groupBy(verdict.findings, ({ finding }) => stageOf(finding));
  const rows = stages.filter((stage) => run.has(stage)).map((stage) => [stage, ...cells(byStage.get(stage) ?? [])]);
  const all = ['**All**', ...cells(verdict.findings).map((cell) => `**${cell}**`)];
  const idle = stages.filter((stage) => !run.has(stage));
  const shown = table(['Stage', ...severities, 'blocked'], [...rows, all], [1, 2, 3, 4, 5, 6]);
  return idle.length === 0 ? shown : `${shown}\nNot run: ${idle.join(', ')}.\n`;
}

/**
 * A pie for GitHub's Mermaid (https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/creating-diagrams),
 * the oldest and simplest of its charts. It holds our own words and numbers only: Mermaid has had injections, and no escape for every
 * place. Nothing where there is nothing to show.
 */
export function severityChart({ severities: counts }: Verdict): readonly string[] {
  // By count, as older versions of Mermaid sort them before they take colours; newer ones take them in the order written.
  const shown = severities.filter((severity) => counts[severity] > 0).toSorted((a, b) => counts[b] - counts[a]);
  if (shown.length === 0) return [];
  const colours = Object.fromEntries(shown.map((severity, index) => [`pie${index + 1}`, sliceColours[severity]]));
  const themeVariables = { ...colours, pieSectionTextColor: '#ffffff', pieOpacity: '1' };
  const slices = shown.map((severity) => `    "${severity}" : ${counts[severity]}`);
  const theme = `%%{init: ${JSON.stringify({ themeVariables })}}%%`;
  return [['```mermaid', theme, 'pie showData title Findings by severity', ...slices, '```'].join('\n')];
}

/** White text on each has a contrast of 4.5 or more, and each has 3 or more to GitHub's white and dark pages. */
const sliceColours: Readonly<Record<Severity, string>> = {
  critical: '#c8102e',
  high: '#b85c00',
  medium: '#757000',
  low: '#0969da',
  unknown: '#6e7781',
};
