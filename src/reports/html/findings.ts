import type { Finding, FindingSource } from '../../model/finding.ts';
import { formatLocation, type SourceLocation } from '../../model/location.ts';
import type { JudgedFinding } from '../../model/verdict.ts';
import type { Waiver } from '../../model/waiver.ts';
import { factsOf, newnessOf, renewalOf, testHookReason } from '../decision.ts';
import { httpsUrl, urlText } from '../escape.ts';
import { oneLine, reveal, shorten } from '../text.ts';
import { concernsOf, fieldOf, fixOf, placeOf, riskOf, ruleOf } from '../view.ts';
import { html, join, link, type Markup } from './markup.ts';

/** Maximum characters of one text of a finding: a long explanation must not push other findings out of the file. */
const maxChars = 4_000;
/** Maximum locations and resources listed for one finding; the rest is counted. */
const maxListed = 100;

/** @param data Attributes that the page's script filters by. */
export function findingItem(judged: JudgedFinding, data: Markup): Markup {
  const { finding } = judged;
  return html`<li class="${finding.severity}"${data}><details><summary><b>${finding.severity}</b><span class="title">${shorten(oneLine(finding.title), 500)}</span><span class="meta">${meta(finding)}</span>${tags(judged)}</summary>
<dl>${details(judged)}</dl></details></li>
`;
}

/** A finding that this change fixed, with its location on the base. */
export function fixedItem(finding: Finding): Markup {
  return html`<li class="fixed"><details><summary><b>fixed</b><span class="title">${shorten(oneLine(finding.title), 500)}</span><span class="meta">${meta(finding)}</span></summary>
<dl>${row('Severity', finding.severity)}${described(finding)}</dl></details></li>
`;
}

function meta(finding: Finding): Markup {
  const concerns = concernsOf(finding);
  const place = placeOf(finding);
  const parts = [code(ruleOf(finding)), code(place), concerns === place ? undefined : html`${shorten(oneLine(concerns), 400)}`];
  return join(parts, ' · ');
}

function tags(judged: JudgedFinding): Markup | undefined {
  const { finding, state, waiver } = judged;
  const environments = finding.environments.slice(0, 5).map((name) => tag(name, ''));
  const more = finding.environments.length - environments.length;
  const all = [
    ...(state === undefined ? [] : [tag(newnessOf(judged) ?? state, state)]),
    ...(waiver === undefined ? [] : [tag('waived', 'unused')]),
    ...(finding.risk?.exploited === 'yes' ? [tag('exploited', 'block')] : []),
    ...environments,
    ...(more > 0 ? [tag(`${more} more`, '')] : []),
  ];
  return all.length === 0 ? undefined : html`<span class="tags">${join(all, ' ')}</span>`;
}

export function tag(text: string, tone: string): Markup {
  return html`<span class="tag${tone === '' ? '' : ` ${tone}`}">${shorten(oneLine(text), 60)}</span>`;
}

function details(judged: JudgedFinding): Markup {
  const { finding, waiver } = judged;
  const renewal = renewalOf(judged);
  const facts = factsOf(judged);
  return html`${described(finding)}${row('Action', decision(judged))}${facts === undefined ? undefined : row('Because', cut(facts))}${renewal === undefined ? undefined : row('New', cut(renewal))}${waiver === undefined ? undefined : row('Waiver', waiverText(waiver))}`;
}

/** `block, by the policy of production` */
function decision({ action, decidedBy }: JudgedFinding): string {
  switch (decidedBy) {
    case 'default':
      return `${action}, by the default policy`;
    case 'waiver':
      return `${action}, by a waiver`;
    case 'test-hook':
      return `${action}: ${testHookReason}`;
    case 'only-new':
      return `${action}, because the base has the same finding and only new findings count`;
    case 'baseline':
      return `${action}, because the baseline accepts it`;
    default:
      return `${action}, by the policy of ${shorten(oneLine(decidedBy), 100)}`;
  }
}

function waiverText(waiver: Waiver): string {
  const { reason, owner, expires, file, line } = waiver;
  return `${cut(reason)}\nOwner ${cut(owner)}, until ${cut(expires)} (${cut(formatLocation({ file, line }))})`;
}

function described(finding: Finding): Markup {
  const url = httpsUrl(finding.helpUrl);
  const fix = fixOf(finding);
  const field = fieldOf(finding);
  const risk = riskOf(finding);
  const patch = finding.fix?.patch?.map(({ op, path }) => `${op} ${path}`);
  return join([
    finding.detail === undefined ? undefined : row('Why', cut(finding.detail)),
    fix === undefined ? undefined : row('Fix', cut(fix)),
    patch === undefined ? undefined : row('Patch', codes(patch)),
    finding.locations.length === 0 ? undefined : row('Where', codes(finding.locations.map(place))),
    field === undefined ? undefined : row('Field', code(field)),
    finding.resources.length === 0 ? undefined : row('Concerns', listed(finding.resources)),
    risk === undefined ? undefined : row('Risk', risk),
    finding.context === undefined ? undefined : row('Exposed', listed(finding.context)),
    finding.environments.length === 0 ? undefined : row('Reaches', listed(finding.environments)),
    finding.owners === undefined ? undefined : row('Owners', listed(finding.owners)),
    row('Category', finding.category),
    row('Found by', codes(finding.sources.map(sourceText))),
    url === undefined ? undefined : row('More', link(html`${shorten(urlText(url), 300)}`, finding.helpUrl)),
    row('Fingerprint', html`<a class="mono" href="#q=${encodeURIComponent(finding.fingerprint)}">${finding.fingerprint}</a>`),
  ]);
}

function sourceText(source: FindingSource): string {
  return `${ruleOf(source)} (${source.severity})${source.title === undefined ? '' : `: ${source.title}`}`;
}

function place(location: SourceLocation): string {
  const at = formatLocation(location);
  const end = location.endLine === undefined || location.endLine === location.line ? '' : ` to line ${location.endLine}`;
  const precision = { field: '', parent: ' (nearest existing field)', file: ' (the file; the line is approximate)' }[
    location.precision
  ];
  return `${at}${end}${precision}`;
}

function row(name: string, value: Markup | string): Markup {
  return html`<dt>${name}</dt><dd>${value}</dd>`;
}

function codes(texts: readonly string[]): Markup {
  return html`${join(texts.slice(0, maxListed).map(code), '\n')}${more(texts)}`;
}

function listed(texts: readonly string[]): string {
  return `${texts
    .slice(0, maxListed)
    .map((text) => shorten(oneLine(text), 300))
    .join('\n')}${more(texts) ?? ''}`;
}

function more(texts: readonly string[]): string | undefined {
  return texts.length > maxListed ? `\nand ${texts.length - maxListed} more` : undefined;
}

export function code(text: string): Markup {
  return html`<code>${shorten(oneLine(text), 500)}</code>`;
}

/** Keeps line breaks: an engine's explanation may have paragraphs. */
export function cut(text: string): string {
  return shorten(reveal(text).trim(), maxChars);
}
