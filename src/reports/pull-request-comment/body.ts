import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { waiverStatuses } from '../../model/waiver.ts';
import { countWithin, differenceItems, differenceTitle } from '../difference.ts';
import { hyperlink, runAddress } from '../github-links.ts';
import {
  commentBudgetBytes,
  commentDifferenceBytes,
  commentDifferenceLines,
  commentNotCoveredShown,
  commentWarningsUnfolded,
} from '../limits.ts';
import { assemble, type Section } from '../markdown.ts';
import type { PublishContext } from '../publisher.ts';
import { plural } from '../text.ts';
import { byAction, countBySeverity, summarizeCoverage } from '../view.ts';
import { findingItems, type ItemContext } from './groups.ts';
import { engineLine, footer, head } from './head.ts';
import {
  allowedColumns,
  allowedRow,
  coverageColumns,
  coverageItem,
  errorItem,
  fixedColumns,
  fixedRow,
  notCoveredItem,
  waiverItem,
} from './items.ts';
import { foldedList, foldedTable, list } from './sections.ts';

/**
 * The comment without its marker line, within GitHub's size limit: the result first, then what to do about it, then everything else,
 * folded. The job summary has what did not fit.
 */
export function renderBody(verdict: Verdict, context: PublishContext, maxBytes = commentBudgetBytes): string {
  return assemble(sectionsOf(verdict, { ...context, compared: verdict.comparison?.status === 'compared' }), maxBytes);
}

function sectionsOf(verdict: Verdict, context: ItemContext): readonly Section[] {
  const errors = list(
    1,
    'Evaluation errors',
    verdict.errors.map((error) => ({ markdown: errorItem(error, context), count: 1 })),
    context,
  );
  const blockers = list(2, 'Must be fixed', findingItems(newFirst(byAction(verdict, 'block')), context), context);
  const worst = verdict.outcome === 'error' ? [errors, blockers] : [blockers, errors];
  return [
    head(verdict, context),
    ...worst,
    notCoveredSection(verdict, context),
    waiversThatFail(verdict, context),
    warnings(verdict, context),
    previewed(verdict, context),
    fixed(verdict, context),
    difference(verdict, context),
    allowed(verdict, context),
    waiversThatHold(verdict, context),
    coverage(verdict, context),
    engineLine(verdict),
    footer(verdict, context),
  ].filter((section) => section.head !== '');
}

/** The author of a change can fix its new findings right away. */
function newFirst(findings: readonly JudgedFinding[]): readonly JudgedFinding[] {
  return [...findings.filter(({ state }) => state !== 'unchanged'), ...findings.filter(({ state }) => state === 'unchanged')];
}

function warnings(verdict: Verdict, context: ItemContext): Section {
  const findings = newFirst(byAction(verdict, 'warn'));
  const items = findingItems(findings, context);
  if (findings.length <= commentWarningsUnfolded) return list(5, 'Warnings', items, context);
  return foldedList(5, `Warnings: ${plural(findings.length, 'finding')} (${countBySeverity(findings)})`, items, context);
}

/** Not in force for this change: shows its author what the next change will be checked against. */
function previewed(verdict: Verdict, context: ItemContext): Section {
  const refused = verdict.preview?.status === 'known' ? verdict.preview.refused : [];
  return foldedList(
    5,
    `${plural(refused.length, 'new finding')} once the changed policies are merged`,
    findingItems(refused, context),
    context,
  );
}

function fixed({ comparison }: Verdict, context: ItemContext): Section {
  const findings = comparison?.status === 'compared' ? comparison.fixed : [];
  const rows = findings.map((finding) => fixedRow(finding, context));
  return foldedTable(6, `Fixed by this change: ${plural(rows.length, 'finding')}`, fixedColumns, rows, context);
}

/** A change may be right by every rule and still do what its author did not mean. */
function difference({ difference: diff }: Verdict, context: ItemContext): Section {
  if (diff === undefined) return list(6, '', [], context);
  const items = differenceItems(diff, commentDifferenceLines, hyperlink('the job summary', runAddress(context.change)));
  return foldedList(
    6,
    differenceTitle(diff),
    items.map((markdown) => ({ markdown, count: 1 })),
    context,
    countWithin(items, commentDifferenceBytes),
  );
}

function allowed(verdict: Verdict, context: ItemContext): Section {
  const findings = byAction(verdict, 'allow');
  const title = `Allowed: ${plural(findings.length, 'finding')} (${countBySeverity(findings)})`;
  const rows = findings.map((judged) => allowedRow(judged, context));
  return foldedTable(9, title, allowedColumns, rows, context);
}

/** Unfolded, because somebody relies on these waivers. */
function waiversThatFail({ waivers }: Verdict, context: ItemContext): Section {
  const failing = (['refused', 'expired'] as const).flatMap((status) => waivers.filter((use) => use.status === status));
  const items = failing.map((use) => ({ markdown: waiverItem(use, context), count: 1 }));
  return list(4, 'Waivers not in force', items, context);
}

function waiversThatHold({ waivers }: Verdict, context: ItemContext): Section {
  const holding = (['in-force', 'unused'] as const).flatMap((status) => waivers.filter((use) => use.status === status));
  const counts = waiverStatuses
    .map((status) => [status, holding.filter((use) => use.status === status).length] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status === 'in-force' ? 'in force' : status}`);
  const items = holding.map((use) => ({ markdown: waiverItem(use, context), count: 1 }));
  return foldedList(7, `Waivers: ${counts.join(', ')}`, items, context);
}

function notCoveredSection(verdict: Verdict, context: ItemContext): Section {
  const all = summarizeCoverage(verdict).notCovered;
  const items = all.map((row) => ({ markdown: notCoveredItem(row), count: 1 }));
  return list(3, 'Not covered', items, context, commentNotCoveredShown);
}

/** Uncovered rows first: they are what readers look for here. */
function coverage(verdict: Verdict, context: ItemContext): Section {
  const { notCovered, totals, leftOut } = summarizeCoverage(verdict);
  const first = new Set(notCovered.map(({ row }) => row));
  const rows = [...first, ...verdict.coverage.filter((row) => !first.has(row))];
  const left = leftOut.length === 0 ? '' : `; ${plural(leftOut.length, 'file')} skipped`;
  return foldedTable(10, `Coverage: ${totals}${left}`, coverageColumns, rows.map(coverageItem), context);
}
