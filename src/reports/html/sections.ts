import { type GateError, troubleshootingUrl } from '../../model/gate-error.ts';
import { formatLocation } from '../../model/location.ts';
import { actions, type Severity, severities } from '../../model/severity.ts';
import { formatAction, isConditional } from '../../model/severity-condition.ts';
import type { CoverageRow, EngineSummary, Verdict } from '../../model/verdict.ts';
import type { WaiverUse } from '../../model/waiver.ts';
import type { ControlRow } from '../compliance.ts';
import { unrenderedOf } from '../decision.ts';
import { baselineOf, existingOf } from '../existing.ts';
import { headlineOf } from '../headline.ts';
import type { RenderContext } from '../reporter.ts';
import { oneLine, shorten } from '../text.ts';
import { errorPlace, outcomeTone, outcomeWord, severityTable, summarizeCoverage } from '../view.ts';
import { changeFacts, gateText } from './change.ts';
import { code, cut, tag } from './findings.ts';
import { html, join, link, type Markup } from './markup.ts';

/** The sections of the page other than findings, row by row, so that a long section can be cut between two rows. */

export function verdictBox(verdict: Verdict, context: RenderContext): Markup {
  return html`<div class="verdict ${outcomeTone(verdict)}"><p><strong>${outcomeWord(verdict)}</strong>${headlineOf(verdict, context)}</p></div>
`;
}

export function overview(verdict: Verdict, context: RenderContext): Markup {
  const { totals, notCovered } = summarizeCoverage(verdict);
  const facts: readonly (readonly [string, Markup | string])[] = [
    ['Evaluated at', html`<time datetime="${context.generatedAt.toISOString()}">${timeText(context.generatedAt)}</time>`],
    ['Gate', gateText(context)],
    ...changeFacts(context),
    ['Coverage', totals],
    ['Not evaluated', notCovered.length === 0 ? 'none' : html`<a href="#coverage">${notCovered.length}</a>`],
    ['Errors', verdict.errors.length === 0 ? 'none' : html`<a href="#errors">${verdict.errors.length}</a>`],
    ['Compared with base', comparisonText(verdict)],
    ...existingFact(verdict),
    ['Waivers', waiversText(verdict)],
  ];
  return html`<div class="overview"><dl class="facts">${join(facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`))}</dl>
${severityCounts(verdict)}</div>
`;
}

function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function comparisonText({ comparison }: Verdict): Markup | string {
  if (comparison === undefined) return 'not compared: this run had no base';
  if (comparison.status === 'unavailable')
    return `not compared with another commit, so every finding counts as new: ${cut(comparison.reason)}`;
  const { fixed, unchanged, baseSha } = comparison;
  return html`${comparison.new} new, ${unchanged} unchanged, ${fixed.length === 0 ? '0 fixed' : html`<a href="#fixed">${fixed.length} fixed</a>`} against ${code(baseSha)}${join(unrenderedOf(comparison).map((sentence) => html`<br>${cut(sentence)}`))}`;
}

function existingFact(verdict: Verdict): readonly (readonly [string, Markup])[] {
  const existing = existingOf(verdict);
  const baseline = baselineOf(verdict);
  if (existing === undefined && baseline === undefined) return [];
  const counted = existing === undefined ? '' : html`<a href="${existing.url}">${existing.text}</a>`;
  return [['Existing findings', html`${counted}${baseline === undefined ? '' : html`<br>${cut(baseline)}`}`]];
}

function waiversText({ waivers }: Verdict): Markup | string {
  if (waivers.length === 0) return 'none';
  const inForce = waivers.filter(({ status }) => status === 'in-force').length;
  return html`<a href="#waivers">${waivers.length}</a>, ${inForce} in force`;
}

function severityCounts(verdict: Verdict): Markup {
  const cell = (count: number): Markup => html`<td class="count${count === 0 ? ' zero' : ''}">${count}</td>`;
  const rows = severityTable(verdict).map(
    ([severity, counts]) => html`<tr><th scope="row">${severity}</th>${join(counts.map(cell))}</tr>`,
  );
  const totals = html`<tr><th scope="row"><b>all</b></th>${join(actions.map((action) => cell(verdict.counts[action])))}</tr>`;
  const head = actions.map((action) => html`<th scope="col" class="count">${action}</th>`);
  return html`<table><caption>Findings by severity and action</caption><thead><tr><th scope="col">Severity</th>${join(head)}</tr></thead><tbody>${join(rows)}${totals}</tbody></table>`;
}

export function faultItem(error: GateError): Markup {
  const { message, expected, next } = error.details;
  const place = errorPlace(error);
  return html`<li class="fault failed"><p><b>${link(html`${error.code}`, troubleshootingUrl(error.code))}</b> ${place === undefined ? undefined : code(place)}</p><p>${cut(message)}</p>${
    expected === undefined ? undefined : html`<p><span class="soft">Expected:</span> ${cut(expected)}</p>`
  }${next === undefined ? undefined : html`<p><span class="soft">Next:</span> ${cut(next)}</p>`}</li>
`;
}

export const waiverColumns = ['Status', 'Rule and target', 'Reason', 'Owner', 'Until', 'Findings'] as const;

export function waiverRow({ waiver, status, findings, reason }: WaiverUse): Markup {
  const environments = waiver.environments === undefined ? undefined : `only in ${waiver.environments.slice(0, 20).join(', ')}`;
  const notes = [reason, waiver.justification, environments]
    .filter((note) => note !== undefined)
    .map((note) => html`<br><span class="soft">${shorten(oneLine(note), 500)}</span>`);
  const source = waiver.source === 'waivers' ? '' : ` (${waiver.source})`;
  return html`<tr><td>${tag(status, status)}</td><th scope="row">${code(waiver.rule)}<br>${code(waiver.target)}<br><span class="soft">${shorten(formatLocation(waiver), 300)}${source}</span></th><td>${shorten(oneLine(waiver.reason), 1_000)}${join(notes)}</td><td>${shorten(oneLine(waiver.owner), 100)}</td><td>${shorten(oneLine(waiver.expires), 20)}</td><td class="count">${findings}</td></tr>
`;
}

export const coverageColumns = ['What', 'Name', 'By engine'] as const;

/** @param whyNot Why the row is not evaluated; absent if it is. */
export function coverageRow(row: CoverageRow, whyNot?: string): Markup {
  const entries = row.entries.map(
    ({ engine, status, reason }) =>
      html`${shorten(oneLine(engine), 60)}: ${status === 'failed' ? html`<b>failed</b>` : status}${reason === undefined ? '' : ` (${shorten(oneLine(reason), 400)})`}`,
  );
  const source = row.source === undefined ? undefined : html`<br><span class="soft">${shorten(oneLine(row.source), 300)}</span>`;
  const result =
    whyNot !== undefined && entries.length === 0 ? html`<b>${shorten(oneLine(whyNot), 500)}</b>` : join(entries, '<br>');
  return html`<tr${whyNot === undefined ? undefined : html` class="not-covered"`}><td>${row.kind}</td><th scope="row">${code(row.label)}${source}</th><td>${result}</td></tr>
`;
}

export const engineColumns = ['Engine', 'Version', 'Status', 'Findings', 'Evaluated', 'Seconds', 'Notes'] as const;

export function engineRow(engine: EngineSummary): Markup {
  const notes = [...(engine.reason === undefined ? [] : [engine.reason]), ...engine.notes].slice(0, 20);
  const seconds = engine.durationMs === undefined ? '' : (engine.durationMs / 1_000).toFixed(1);
  const status = engine.status === 'failed' ? tag('failed', 'failed') : html`${engine.status}`;
  return html`<tr><th scope="row">${shorten(oneLine(engine.title), 60)}</th><td>${engine.version === undefined ? undefined : code(shorten(engine.version, 60))}</td><td>${status}</td><td class="count">${engine.findings}</td><td class="count">${engine.evaluated}</td><td class="count">${seconds}</td><td>${join(
    notes.map((note) => html`${shorten(oneLine(note), 500)}`),
    '<br>',
  )}</td></tr>
`;
}

export const policyColumns = ['Environment', ...severities] as const;

function policyCell(action: Verdict['policies'][string][Severity]): Markup {
  if (!isConditional(action)) return html`<td>${tag(action, action)}</td>`;
  return html`<td>${shorten(formatAction(action), 300)}</td>`;
}

export function policyRow([name, policy]: readonly [string, Verdict['policies'][string]]): Markup {
  const cells = severities.map((severity) => policyCell(policy[severity]));
  return html`<tr><th scope="row">${shorten(oneLine(name), 100)}</th>${join(cells)}</tr>
`;
}

export const complianceColumns = ['Framework', 'Control', 'Status', 'Block', 'Warn', 'Allow', 'Rules'] as const;

export function complianceRow({ framework, control, status, block, warn, allow, rules }: ControlRow): Markup {
  const shown = status === 'findings' && block > 0 ? tag(status, 'failed') : html`${status}`;
  return html`<tr><td>${framework}</td><th scope="row">${control}</th><td>${shown}</td>${join(
    [block, warn, allow].map((count) => html`<td class="count">${count}</td>`),
  )}<td>${join(rules.map(code), ' ')}</td></tr>
`;
}
