import { groupBy } from '../../model/group.ts';
import { type Severity, severities } from '../../model/severity.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { table } from '../markdown.ts';
import { stageOf, stages, stagesRun } from '../stages.ts';

/** Rows: stages; columns: severities that were reported, and findings that block. Stages in which no engine ran are named below the table. */
export function stageTable(verdict: Verdict): string {
  const run = stagesRun(verdict);
  const reported = severities.filter((severity) => verdict.severities[severity] > 0);
  const cells = (findings: readonly JudgedFinding[]): readonly string[] => {
    const groups = groupBy(findings, ({ finding }) => finding.severity);
    const blocked = findings.filter(({ action }) => action === 'block').length;
    return [...reported.map((severity) => groups.get(severity)?.length ?? 0), blocked].map(String);
  };
  const byStage = groupBy(verdict.findings, ({ finding }) => stageOf(finding));
  const rows = stages.filter((stage) => run.has(stage)).map((stage) => [stage, ...cells(byStage.get(stage) ?? [])]);
  const all = ['**All**', ...cells(verdict.findings).map((cell) => `**${cell}**`)];
  const idle = stages.filter((stage) => !run.has(stage));
  const missing = idle.length === 0 ? '' : `Not run: ${idle.join(', ')}.\n`;
  if (verdict.findings.length === 0)
    return run.size === 0 ? missing : `Run: ${stages.filter((stage) => run.has(stage)).join(', ')}. ${missing}`;
  const shown = table(['Stage', ...reported, 'blocked'], [...rows, all], [1, 2, 3, 4, 5, 6]);
  return missing === '' ? shown : `${shown}\n${missing}`;
}

/**
 * A pie for GitHub's Mermaid (https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/creating-diagrams),
 * its oldest and simplest chart. It contains no untrusted text: Mermaid has had injection flaws and lacks complete escaping. Empty if
 * there is nothing to show.
 */
export function severityChart({ severities: counts }: Verdict): readonly string[] {
  // Sorted by count, because older versions of Mermaid sort before assigning colors; newer ones keep the order written.
  const shown = severities.filter((severity) => counts[severity] > 0).toSorted((a, b) => counts[b] - counts[a]);
  if (shown.length === 0) return [];
  const colors = Object.fromEntries(shown.map((severity, index) => [`pie${index + 1}`, sliceColors[severity]]));
  const themeVariables = { ...colors, pieSectionTextColor: '#ffffff', pieOpacity: '1' };
  const slices = shown.map((severity) => `    "${severity}" : ${counts[severity]}`);
  const theme = `%%{init: ${JSON.stringify({ themeVariables })}}%%`;
  const chart = ['```mermaid', theme, 'pie showData title Findings by severity', ...slices, '```'].join('\n');
  return [`<details><summary>Chart: findings by severity</summary>\n\n${chart}\n\n</details>`];
}

/** Contrast: at least 4.5 for white text on each color, and 3 against GitHub's light and dark pages. */
const sliceColors: Readonly<Record<Severity, string>> = {
  critical: '#c8102e',
  high: '#b85c00',
  medium: '#757000',
  low: '#0969da',
  unknown: '#6e7781',
};
