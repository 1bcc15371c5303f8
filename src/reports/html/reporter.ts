import type { Action } from '../../model/severity.ts';
import type { Verdict } from '../../model/verdict.ts';
import { complianceOf } from '../compliance.ts';
import { differenceTitle } from '../difference.ts';
import { assemble, type Section } from '../markdown.ts';
import type { RenderContext, Reporter } from '../reporter.ts';
import { byAction, summarizeCoverage } from '../view.ts';
import { differenceParts } from './difference.ts';
import { dataOf, filterForm, usedFacets } from './facets.ts';
import { findingItem, fixedItem } from './findings.ts';
import { html, join, Markup } from './markup.ts';
import { pageHead } from './page.ts';
import { script } from './script.ts';
import * as parts from './sections.ts';

/** Our limit: browsers still open and filter this instantly. 5,000 findings of usual length fit; rows past it are dropped and counted. */
const maxBytes = 9_500_000;

/** One self-contained file for people and archives: no network, no server, and script only for the filters. */
export const htmlReporter: Reporter = {
  id: 'html',
  title: 'HTML',
  summary: 'For people and archives: one self-contained file with filters, details, waivers and coverage.',
  defaultFile: 'k8s-gate.html',
  render: (verdict, context) => assemble(sectionsOf(verdict, context), maxBytes),
};

function sectionsOf(verdict: Verdict, context: RenderContext): readonly Section[] {
  const { waivers, engines, policies } = verdict;
  return [
    fixedPart(html`${pageHead(verdict)}${parts.verdictBox(verdict, context)}${parts.overview(verdict, context)}`),
    ...list(1, 'errors', 'Evaluation errors', verdict.errors.map(parts.faultItem)),
    ...findings(verdict),
    ...difference(verdict),
    ...list(6, 'fixed', 'Fixed by this change', fixedOf(verdict)),
    ...table(5, 'waivers', 'Waivers', parts.waiverColumns, waivers.map(parts.waiverRow)),
    ...coverage(verdict),
    ...table(2, 'engines', 'Engines', parts.engineColumns, engines.map(parts.engineRow)),
    ...table(2, 'policies', 'Policies in force', parts.policyColumns, Object.entries(policies).map(parts.policyRow)),
    ...table(2, 'compliance', 'Frameworks', parts.complianceColumns, complianceOf(verdict).map(parts.complianceRow)),
    fixedPart(foot(context)),
  ];
}

/** The footer and the script contain no untrusted text. */
function foot({ gateVersion, generatedAt }: RenderContext): Markup {
  const words = html`k8s-gate ${gateVersion}, ${generatedAt.toISOString()}`;
  return html`</main><footer>${words}. This file is self-contained.</footer></div>
${new Markup(`<script>${script}</script>`)}
</body></html>
`;
}

function fixedPart(markup: Markup): Section {
  return { priority: 0, head: markup.text, items: [], foot: () => '' };
}

/** With their priorities: allowed findings are dropped before coverage and waivers. */
const groups: readonly (readonly [Action, string, number])[] = [
  ['block', 'Must be fixed', 2],
  ['warn', 'Warnings', 3],
  ['allow', 'Allowed', 7],
];

function findings(verdict: Verdict): readonly Section[] {
  const used = usedFacets(verdict);
  const title = html`<section aria-labelledby="findings"><h2 id="findings">Findings <span class="number">${verdict.findings.length}</span></h2>
`;
  if (verdict.findings.length === 0) return [fixedPart(html`${title}<p>None.</p></section>\n`)];
  const sections = groups.map(([action, words, priority]) => {
    const members = byAction(verdict, action);
    const head = html`<section data-group="${action}" aria-labelledby="group-${action}"><h3 id="group-${action}">${words} <span class="number">${members.length}</span></h3><ol class="findings">
`;
    return section(
      priority,
      head,
      members.map((judged) => findingItem(judged, dataOf(judged, used))),
      html`</ol>`,
      html`</section>\n`,
    );
  });
  const opening = html`${title}<div class="work">${filterForm(used)}<div>\n`;
  const closing = html`<p id="none" hidden>No finding fits these filters.</p></div></div></section>\n`;
  return [fixedPart(opening), ...sections.filter(({ items }) => items.length > 0), fixedPart(closing)];
}

function difference({ difference: found }: Verdict): readonly Section[] {
  const items = found === undefined ? [] : differenceParts(found);
  if (found === undefined || items.length === 0) return [];
  const head = html`<section aria-labelledby="difference"><h2 id="difference">${differenceTitle(found)}</h2>\n`;
  return [section(9, head, items, html``, html`</section>\n`)];
}

function fixedOf({ comparison }: Verdict): readonly Markup[] {
  return comparison?.status === 'compared' ? comparison.fixed.map(fixedItem) : [];
}

/** Uncovered items first and unfolded; the rest of the table is folded. */
function coverage(verdict: Verdict): readonly Section[] {
  const { notCovered, totals } = summarizeCoverage(verdict);
  const heading = html`<section aria-labelledby="coverage"><h2 id="coverage">Coverage <span class="number">${totals}</span></h2>
`;
  const none = html`<p>All evaluated, without engine failures.</p>\n`;
  const notCoveredTable = tableSection(
    4,
    html`<h3>Not evaluated <span class="number">${notCovered.length}</span></h3>`,
    'Not evaluated',
    parts.coverageColumns,
    notCovered.map(({ row, why }) => parts.coverageRow(row, why)),
  );
  const first = new Set(notCovered.map(({ row }) => row));
  const whole = tableSection(
    8,
    html`<details><summary>All other items <span class="number">${verdict.coverage.length - first.size}</span></summary>`,
    'Coverage',
    parts.coverageColumns,
    verdict.coverage.filter((row) => !first.has(row)).map((row) => parts.coverageRow(row)),
    html`</details>`,
  );
  return [
    fixedPart(notCovered.length === 0 ? html`${heading}${none}` : heading),
    ...notCoveredTable,
    ...whole,
    fixedPart(html`</section>\n`),
  ];
}

function list(priority: number, id: string, title: string, items: readonly Markup[]): readonly Section[] {
  if (items.length === 0) return [];
  return [
    section(
      priority,
      html`${sectionHead(id, title, items.length)}<ol class="findings">\n`,
      items,
      html`</ol>`,
      html`</section>\n`,
    ),
  ];
}

function table(
  priority: number,
  id: string,
  title: string,
  columns: readonly string[],
  rows: readonly Markup[],
): readonly Section[] {
  return tableSection(priority, sectionHead(id, title, rows.length), title, columns, rows, html`</section>\n`);
}

function sectionHead(id: string, title: string, count: number): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title} <span class="number">${count}</span></h2>
`;
}

const numbers: readonly string[] = ['Findings', 'Evaluated', 'Seconds', 'Block', 'Warn', 'Allow'];

/** The table scrolls on narrow screens, so it has to be focusable for keyboard users. */
function tableSection(
  priority: number,
  before: Markup,
  label: string,
  columns: readonly string[],
  rows: readonly Markup[],
  after: Markup = html``,
): readonly Section[] {
  if (rows.length === 0) return [];
  const cells = columns.map(
    (name) => html`<th scope="col"${numbers.includes(name) ? html` class="count"` : undefined}>${name}</th>`,
  );
  const head = html`${before}<div class="scroll" role="region" aria-label="${label}, table" tabindex="0"><table><thead><tr>${join(cells)}</tr></thead><tbody>
`;
  return [section(priority, head, rows, html`</tbody></table></div>\n`, after)];
}

function section(priority: number, head: Markup, items: readonly Markup[], close: Markup, after: Markup): Section {
  const note = (left: number): Markup | undefined =>
    left === 0
      ? undefined
      : html`<p class="cut"><b>${left} more</b> did not fit into this file, and its filters do not include them; the JSON report has all of them.</p>`;
  return {
    priority,
    head: head.text,
    items: items.map(({ text }) => text),
    foot: (left) => html`${close}${note(left)}${after}`.text,
  };
}
