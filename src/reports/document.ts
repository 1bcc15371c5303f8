import { isExisting } from '../model/baseline.ts';
import { groupBy } from '../model/group.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { waiverStatuses } from '../model/waiver.ts';
import { countWithin, differenceItems, differenceTitle } from './difference.ts';
import { head } from './document-head.ts';
import { findingItems } from './finding-list.ts';
import { warningsUnfolded } from './limits.ts';
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
} from './list-items.ts';
import { foldedList, foldedTable, list } from './list-sections.ts';
import type { Section } from './markdown.ts';
import type { PageContext } from './page-context.ts';
import { plural } from './text.ts';
import { byAction, countBySeverity, summarizeCoverage } from './view.ts';

/** The sections of the pages for people: the result first, then what to do about it, then everything else, folded. */
export function sectionsOf(verdict: Verdict, page: PageContext): readonly Section[] {
  const errors = list(
    1,
    'Evaluation errors',
    verdict.errors.map((error) => ({ markdown: errorItem(error, page), count: 1 })),
    page,
  );
  const blockers = list(2, 'Must be fixed', findingItems(newFirst(byAction(verdict, 'block')), page), page);
  const worst = verdict.outcome === 'error' ? [errors, blockers] : [blockers, errors];
  return [
    [head(verdict, page)],
    ...worst,
    notCoveredSection(verdict, page),
    waiversThatFail(verdict, page),
    warnings(verdict, page),
    previewed(verdict, page),
    existing(verdict, page),
    fixed(verdict, page),
    difference(verdict, page),
    allowed(verdict, page),
    waiversThatHold(verdict, page),
    coverage(verdict, page),
  ].flat();
}

/** The author of a change can fix its new findings right away. */
function newFirst(findings: readonly JudgedFinding[]): readonly JudgedFinding[] {
  return [...findings.filter(({ state }) => state !== 'unchanged'), ...findings.filter(({ state }) => state === 'unchanged')];
}

function warnings(verdict: Verdict, page: PageContext): readonly Section[] {
  const findings = newFirst(byAction(verdict, 'warn'));
  const items = findingItems(findings, page);
  if (findings.length <= warningsUnfolded) return list(5, 'Warnings', items, page);
  return foldedList(5, `Warnings: ${plural(findings.length, 'finding')} (${countBySeverity(findings)})`, items, page);
}

/** Not in force for this change: shows its author what the next change will be checked against. */
function previewed(verdict: Verdict, page: PageContext): readonly Section[] {
  const refused = verdict.preview?.status === 'known' ? verdict.preview.refused : [];
  return foldedList(
    5,
    `${plural(refused.length, 'new finding')} once the changed policies are merged`,
    findingItems(refused, page),
    page,
  );
}

/** Only counted in the comment, whose reader has to do nothing about them. */
function existing({ findings }: Verdict, page: PageContext): readonly Section[] {
  const found = page.listsExisting ? findings.filter(isExisting) : [];
  return foldedList(
    8,
    `Existing: ${plural(found.length, 'finding')}, not blocking (${countBySeverity(found)})`,
    findingItems(found, page),
    page,
  );
}

function fixed({ comparison }: Verdict, page: PageContext): readonly Section[] {
  const findings = comparison?.status === 'compared' ? comparison.fixed : [];
  const rows = findings.map((finding) => fixedRow(finding, page));
  return foldedTable(6, `Fixed by this change: ${plural(rows.length, 'finding')}`, fixedColumns, rows, page);
}

/** A change may be right by every rule and still do what its author did not mean. */
function difference({ difference: diff }: Verdict, page: PageContext): readonly Section[] {
  if (diff === undefined) return [];
  const { bytes, lines, elsewhere } = page.difference;
  const items = differenceItems(diff, lines, elsewhere).map((markdown) => ({ markdown, count: 1 }));
  const rows = countWithin(
    items.map(({ markdown }) => markdown),
    bytes,
  );
  return foldedList(6, differenceTitle(diff), items, { ...page, rows });
}

function allowed(verdict: Verdict, page: PageContext): readonly Section[] {
  const findings = byAction(verdict, 'allow').filter((judged) => !isExisting(judged));
  const title = `Allowed: ${plural(findings.length, 'finding')} (${countBySeverity(findings)})`;
  const rows = findings.map((judged) => allowedRow(judged, page));
  return foldedTable(9, title, allowedColumns, rows, page);
}

/** Unfolded, because somebody relies on these waivers. */
function waiversThatFail({ waivers }: Verdict, page: PageContext): readonly Section[] {
  const failing = (['refused', 'expired'] as const).flatMap((status) => waivers.filter((use) => use.status === status));
  const items = failing.map((use) => ({ markdown: waiverItem(use, page), count: 1 }));
  return list(4, 'Waivers not in force', items, page);
}

function waiversThatHold({ waivers }: Verdict, page: PageContext): readonly Section[] {
  const holding = (['in-force', 'unused'] as const).flatMap((status) => waivers.filter((use) => use.status === status));
  const counts = waiverStatuses
    .map((status) => [status, holding.filter((use) => use.status === status).length] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status === 'in-force' ? 'in force' : status}`);
  const items = holding.map((use) => ({ markdown: waiverItem(use, page), count: 1 }));
  return foldedList(7, `Waivers: ${counts.join(', ')}`, items, page);
}

function notCoveredSection(verdict: Verdict, page: PageContext): readonly Section[] {
  const all = summarizeCoverage(verdict).notCovered;
  const groups = [...groupBy(all, ({ row: { kind }, why }) => JSON.stringify([kind, why])).values()];
  const items = groups.map((group) => ({ markdown: notCoveredItem(group), count: group.length }));
  return list(3, 'Not evaluated', items, page);
}

/** Uncovered rows first: they are what readers look for here. */
function coverage(verdict: Verdict, page: PageContext): readonly Section[] {
  const { notCovered, totals, leftOut } = summarizeCoverage(verdict);
  const first = new Set(notCovered.map(({ row }) => row));
  const rows = [...first, ...verdict.coverage.filter((row) => !first.has(row))];
  const left = leftOut.length === 0 ? '' : `; ${plural(leftOut.length, 'file')} skipped`;
  return foldedTable(10, `Coverage: ${totals}${left}`, coverageColumns, rows.map(coverageItem), page);
}
