import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { waiverStatuses } from '../../model/waiver.ts';
import { commentBudgetBytes, commentNotCoveredShown, commentWarningsUnfolded } from '../limits.ts';
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
 * The comment without its first line, within what GitHub takes. Read from the top it says what happens now, what to do about it, and
 * then everything else, folded; the job summary has what did not fit.
 */
export function renderBody(verdict: Verdict, context: PublishContext, maxBytes = commentBudgetBytes): string {
  return assemble(sectionsOf(verdict, { ...context, compared: verdict.comparison?.status === 'compared' }), maxBytes);
}

function sectionsOf(verdict: Verdict, context: ItemContext): readonly Section[] {
  const errors = list(
    1,
    'What kept the gate from seeing everything',
    verdict.errors.map((error) => ({ markdown: errorItem(error, context), count: 1 })),
    context,
  );
  const blockers = list(2, 'Must be fixed', findingItems(newFirst(byAction(verdict, 'block')), context), context);
  const worst = verdict.outcome === 'error' ? [errors, blockers] : [blockers, errors];
  return [
    head(verdict, context),
    ...worst,
    holes(verdict, context),
    waiversThatFail(verdict, context),
    warnings(verdict, context),
    previewed(verdict, context),
    fixed(verdict, context),
    allowed(verdict, context),
    waiversThatHold(verdict, context),
    coverage(verdict, context),
    engineLine(verdict),
    footer(verdict, context),
  ].filter((section) => section.head !== '');
}

/** What this change brought is what its author can mend at once. */
function newFirst(findings: readonly JudgedFinding[]): readonly JudgedFinding[] {
  return [...findings.filter(({ state }) => state !== 'unchanged'), ...findings.filter(({ state }) => state === 'unchanged')];
}

function warnings(verdict: Verdict, context: ItemContext): Section {
  const findings = newFirst(byAction(verdict, 'warn'));
  const items = findingItems(findings, context);
  if (findings.length <= commentWarningsUnfolded) return list(5, 'Warnings', items, context);
  return foldedList(5, `Warnings: ${plural(findings.length, 'finding')} (${countBySeverity(findings)})`, items, context);
}

/** Not in force for this change: its author learns here what the next one will meet. */
function previewed(verdict: Verdict, context: ItemContext): Section {
  const refused = verdict.preview?.status === 'known' ? verdict.preview.refused : [];
  return foldedList(
    5,
    `Once merged, the changed policies object to ${plural(refused.length, 'thing')} more`,
    findingItems(refused, context),
    context,
  );
}

function fixed({ comparison }: Verdict, context: ItemContext): Section {
  const findings = comparison?.status === 'compared' ? comparison.fixed : [];
  const rows = findings.map((finding) => fixedRow(finding, context));
  return foldedTable(6, `Fixed by this change: ${plural(rows.length, 'finding')}`, fixedColumns, rows, context);
}

function allowed(verdict: Verdict, context: ItemContext): Section {
  const findings = byAction(verdict, 'allow');
  const title = `Allowed: ${plural(findings.length, 'finding')} (${countBySeverity(findings)})`;
  const rows = findings.map((judged) => allowedRow(judged, context));
  return foldedTable(9, title, allowedColumns, rows, context);
}

/** Somebody counts on these: they stand open. */
function waiversThatFail({ waivers }: Verdict, context: ItemContext): Section {
  const failing = (['refused', 'expired'] as const).flatMap((status) => waivers.filter((use) => use.status === status));
  const items = failing.map((use) => ({ markdown: waiverItem(use, context), count: 1 }));
  return list(4, 'Waivers that do not hold', items, context);
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

function holes(verdict: Verdict, context: ItemContext): Section {
  const all = summarizeCoverage(verdict).notCovered;
  const items = all.map((hole) => ({ markdown: notCoveredItem(hole), count: 1 }));
  return list(3, 'Not evaluated', items, context, commentNotCoveredShown);
}

/** Holes first: they are what a reader looks for here. */
function coverage(verdict: Verdict, context: ItemContext): Section {
  const { notCovered: holes, totals, leftOut } = summarizeCoverage(verdict);
  const first = new Set(holes.map(({ row }) => row));
  const rows = [...first, ...verdict.coverage.filter((row) => !first.has(row))];
  const left = leftOut.length === 0 ? '' : `; ${plural(leftOut.length, 'file')} left out`;
  return foldedTable(10, `Coverage: ${totals}${left}`, coverageColumns, rows.map(coverageItem), context);
}
