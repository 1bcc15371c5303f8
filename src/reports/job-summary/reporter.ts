import { groupBy } from '../../model/group.ts';
import { severities } from '../../model/severity.ts';
import { formatAction } from '../../model/severity-condition.ts';
import type { EngineSummary, Verdict } from '../../model/verdict.ts';
import { sectionsOf } from '../document.ts';
import { footer } from '../document-head.ts';
import { jobSummaryBudgetBytes, jobSummaryDifferenceBytes, jobSummaryDifferenceLines, jobSummaryRowsFolded } from '../limits.ts';
import { foldedTable } from '../list-sections.ts';
import { assemble, code, prose, type Section } from '../markdown.ts';
import { proseWithCode } from '../markdown-items.ts';
import type { PageContext } from '../page-context.ts';
import type { RenderContext, Reporter } from '../reporter.ts';
import { plural } from '../text.ts';
import { severityChart, stageTable } from './overview.ts';

/**
 * Markdown for the summary page of a job: the sections of the comment, and all that it has no space for. Forks and merge queues have no other page.
 * If it is too long, the least important items are dropped and counted.
 */
export const jobSummaryReporter: Reporter = {
  id: 'job-summary',
  title: 'Job summary',
  summary: "For GitHub's job page: the verdict, findings by stage and severity, blocking findings with fixes, waivers, coverage.",
  defaultFile: 'k8s-gate.md',
  render: (verdict, context) => {
    const page = pageOf(verdict, context);
    return assemble(
      [...sectionsOf(verdict, page), ...engines(verdict, page), ...policies(verdict, page), footer(verdict, page)],
      jobSummaryBudgetBytes,
    );
  },
};

function pageOf(verdict: Verdict, context: RenderContext): PageContext {
  return {
    ...context,
    // The page of a run has the summaries of all its steps.
    prefix: `${prose(context.gateName ?? 'k8s-gate', 100)}: `,
    untrusted: false,
    compared: verdict.comparison?.status === 'compared',
    overview: [stageTable(verdict).trimEnd(), ...severityChart(verdict)].join('\n\n'),
    elsewhere: 'the JSON or HTML report',
    links: [],
    rows: jobSummaryRowsFolded,
    listsExisting: true,
    difference: {
      bytes: jobSummaryDifferenceBytes,
      lines: jobSummaryDifferenceLines,
      elsewhere: 'the diff report (`--output diff`)',
    },
  };
}

function engines({ engines: all }: Verdict, page: PageContext): readonly Section[] {
  const row = ({ title, version = '', status, reason, notes, findings, evaluated }: EngineSummary): string => {
    const remarks = [...(reason === undefined ? [] : [reason]), ...notes].slice(0, 10).map((note) => proseWithCode(note, 300));
    const shown = status === 'failed' ? '**failed**' : status;
    return `| ${prose(title, 60)} | ${version.trim() === '' ? '' : code(version, 40)} | ${shown} | ${findings} | ${evaluated} | ${remarks.join('<br>')} |\n`;
  };
  const counts = [...groupBy(all, ({ status }) => status)].map(([status, group]) => `${group.length} ${status}`);
  const columns = ['Engine', 'Version', 'Status', 'Findings', 'Evaluated', 'Notes'];
  return foldedTable(4, `Engines: ${counts.join(', ')}`, columns, all.map(row), page);
}

/** The action of each severity by environment; omitted if there is only the default policy. */
function policies(verdict: Verdict, page: PageContext): readonly Section[] {
  const names = Object.entries(verdict.policies);
  const row = ([name, policy]: (typeof names)[number]): string => {
    const reached = verdict.findings.filter(({ finding }) => finding.environments.includes(name)).length;
    return `| ${prose(name, 60)} | ${severities.map((severity) => prose(formatAction(policy[severity]), 300)).join(' | ')} | ${name === 'default' ? '' : reached} |\n`;
  };
  const columns = ['Environment', ...severities, 'Findings that reach it'];
  return foldedTable(
    5,
    `Severity policy of ${plural(names.length - 1, 'environment')}`,
    columns,
    names.length < 2 ? [] : names.map(row),
    page,
  );
}
