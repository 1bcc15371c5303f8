import { severities } from '../../model/severity.ts';
import { formatAction } from '../../model/severity-condition.ts';
import type { EngineSummary, JudgedFinding, Verdict } from '../../model/verdict.ts';
import { waiverStatuses } from '../../model/waiver.ts';
import { comparisonOf, previewOf } from '../decision.ts';
import { countWithin, differenceItems, differenceTitle } from '../difference.ts';
import { baselineOf, existingOf } from '../existing.ts';
import { jobSummaryBudgetBytes, jobSummaryDifferenceBytes, jobSummaryDifferenceLines } from '../limits.ts';
import { assemble, bold, code, type Items, prose, type Section, table, written } from '../markdown.ts';
import type { Reporter } from '../reporter.ts';
import { plural } from '../text.ts';
import { byAction, countBySeverity, coverageResult, outcomeWord, summarizeCoverage } from '../view.ts';
import { allowedRow, coverageRow, errorItem, findingItem, fixedRow, waiverRow } from './items.ts';
import { severityChart, stageTable } from './overview.ts';

/** Markdown for the summary page of a job. If it is too long, the least important items are dropped and counted. */
export const jobSummaryReporter: Reporter = {
  id: 'job-summary',
  title: 'Job summary',
  summary: "For GitHub's job page: the verdict, findings by stage and severity, blocking findings with fixes, waivers, coverage.",
  defaultFile: 'k8s-gate.md',
  render: (verdict) => assemble(sectionsOf(verdict), jobSummaryBudgetBytes),
};

function sectionsOf(verdict: Verdict): readonly Section[] {
  const allowed = byAction(verdict, 'allow');
  const refused = verdict.preview?.status === 'known' ? verdict.preview.refused : [];
  return [
    { priority: 0, head: head(verdict), items: [], foot: () => '' },
    list(1, 'Evaluation errors', written(verdict.errors, errorItem)),
    list(2, 'Must be fixed', written(byAction(verdict, 'block'), findingItem)),
    list(3, 'Warnings', written(byAction(verdict, 'warn'), findingItem)),
    list(4, 'New findings once the changed policies are merged', written(refused, findingItem)),
    engines(verdict),
    policies(verdict),
    waivers(verdict),
    folded(
      8,
      `Allowed: ${plural(allowed.length, 'finding')}`,
      countBySeverity(allowed),
      [...findingColumns, 'Compared with base', 'Allowed by'],
      written(allowed, allowedRow),
    ),
    fixed(verdict),
    difference(verdict),
    coverageSection(verdict),
  ].filter((section) => section.head !== '');
}

const findingColumns = ['Severity', 'Rule', 'Finding', 'Where', 'Resource'];

function head(verdict: Verdict): string {
  const coverage = summarizeCoverage(verdict);
  const list = coverage.notCovered.length === 0 ? '' : ', listed under Coverage';
  const comparison = comparisonOf(verdict);
  const preview = previewOf(verdict);
  const existing = existingOf(verdict);
  const baseline = baselineOf(verdict);
  return [
    `## k8s-gate: ${outcomeWord(verdict)}`,
    prose(verdict.reason),
    ...(comparison === undefined ? [] : [`Compared with the base: ${prose(comparison)}.`]),
    ...(existing === undefined ? [] : [`[${existing.text}](${existing.url}).`]),
    ...(baseline === undefined ? [] : [`${prose(baseline)}.`]),
    ...(preview === undefined ? [] : [`Once merged, ${prose(preview)}.`]),
    stageTable(verdict).trimEnd(),
    ...severityChart(verdict),
    `Coverage: ${coverage.totals}${coverageResult(coverage, bold)}${list}.`,
    '',
  ].join('\n\n');
}

const cutNote = (left: number): string =>
  left === 0 ? '' : `\n**${left} more** did not fit here; the JSON report has all of them.\n`;

function list(priority: number, title: string, items: Items): Section {
  return {
    priority,
    head: items.length === 0 ? '' : `### ${title} (${items.length})\n\n`,
    items,
    foot: (left) => `${cutNote(left)}\n`,
  };
}

function folded(priority: number, title: string, more: string, columns: readonly string[], rows: Items): Section {
  const summary = `<details><summary>${title}${more === '' ? '' : ` (${more})`}</summary>\n\n`;
  return {
    priority,
    head: rows.length === 0 ? '' : `${summary}${table(columns, [])}`,
    items: rows,
    foot: (left) => `${cutNote(left)}\n</details>\n\n`,
  };
}

function engines(verdict: Verdict): Section {
  const row = (engine: EngineSummary): string => {
    const notes = [...(engine.reason === undefined ? [] : [engine.reason]), ...engine.notes]
      .slice(0, 10)
      .map((note) => prose(note, 300));
    const status = engine.status === 'failed' ? '**failed**' : engine.status;
    return `| ${prose(engine.title, 60)} | ${engine.version === undefined || engine.version.trim() === '' ? '' : code(engine.version, 40)} | ${status} | ${engine.findings} | ${engine.evaluated} | ${notes.join('<br>')} |\n`;
  };
  const columns = table(['Engine', 'Version', 'Status', 'Findings', 'Evaluated', 'Notes'], [], [3, 4]);
  return {
    priority: 4,
    head: verdict.engines.length === 0 ? '' : `### Engines\n\n${columns}`,
    items: verdict.engines.map(row),
    foot: (left) => `${cutNote(left)}\n`,
  };
}

/** The action of each severity by environment; omitted if there is only the default policy. */
function policies(verdict: Verdict): Section {
  const names = Object.entries(verdict.policies);
  const row = ([name, policy]: (typeof names)[number]): string => {
    const reached = verdict.findings.filter((judged: JudgedFinding) => judged.finding.environments.includes(name)).length;
    return `| ${prose(name, 60)} | ${severities.map((severity) => prose(formatAction(policy[severity]), 300)).join(' | ')} | ${name === 'default' ? '' : reached} |\n`;
  };
  const columns = table(['Environment', ...severities, 'Findings that reach it'], [], [6]);
  return {
    priority: 5,
    head: names.length < 2 ? '' : `### Environments\n\n${columns}`,
    items: names.length < 2 ? [] : names.map(row),
    foot: (left) => `${cutNote(left)}\n`,
  };
}

/** Waivers that are not in force first: somebody may rely on them. */
function waivers({ waivers: uses }: Verdict): Section {
  const sorted = [...waiverStatuses].reverse().flatMap((status) => uses.filter((use) => use.status === status));
  const counts = waiverStatuses
    .map((status) => [status, uses.filter((use) => use.status === status).length] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`);
  const columns = ['Status', 'Rule', 'Target', 'Findings', 'Owner', 'Expires', 'Reason', 'Where'];
  return folded(6, 'Waivers', counts.join(', '), columns, written(sorted, waiverRow));
}

function fixed({ comparison }: Verdict): Section {
  const gone = comparison?.status === 'compared' ? comparison.fixed : [];
  return folded(9, 'Fixed since the base', plural(gone.length, 'finding'), findingColumns, written(gone, fixedRow));
}

function difference({ difference: diff }: Verdict): Section {
  if (diff === undefined) return { priority: 10, head: '', items: [], foot: () => '' };
  const items = differenceItems(diff, jobSummaryDifferenceLines, 'the diff report (`--output diff`)');
  const shown = items.slice(0, countWithin(items, jobSummaryDifferenceBytes));
  return {
    priority: 10,
    head: items.length === 0 ? '' : `<details><summary>${differenceTitle(diff)}</summary>\n\n`,
    items: shown,
    foot: (left) => `${cutNote(left + items.length - shown.length)}\n</details>\n\n`,
  };
}

/** Uncovered rows first: they are what readers look for here. */
function coverageSection(verdict: Verdict): Section {
  const { notCovered, totals } = summarizeCoverage(verdict);
  const first = new Set(notCovered.map(({ row }) => row));
  const rows = [...first, ...verdict.coverage.filter((row) => !first.has(row))];
  return folded(7, 'Coverage', totals, ['What', 'Name', 'Source', 'By engine'], written(rows, coverageRow));
}
