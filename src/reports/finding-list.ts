import { groupBy } from '../model/group.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { factsOf, newnessOf, renewalOf, testHookReason } from './decision.ts';
import { headPlace } from './github-links.ts';
import { rowsOfGroup, rowsOfPart } from './limits.ts';
import { code, link, prose, table } from './markdown.ts';
import { aboutOf, listed, proseWithCode, rulesOf, sentence } from './markdown-items.ts';
import type { PageContext } from './page-context.ts';
import { capital } from './text.ts';
import { exposedOf, fieldOf, fixOf, placeOf, riskOf, ruleOf } from './view.ts';

/** A piece of a list after which the list can be cut, and the number of findings in it. */
export interface Item {
  readonly markdown: string;
  readonly count: number;
}

/**
 * Findings as a list. Findings with one common fix share an entry: all vulnerabilities of one image (use another image), and one rule with
 * one explanation in many places. Entries keep the order of their first finding and never mix new and old ones.
 */
export function findingItems(findings: readonly JudgedFinding[], context: PageContext): readonly Item[] {
  return [...groupBy(findings, groupKey).values()].flatMap((group) => {
    const [first, ...others] = group;
    if (first === undefined) return [];
    if (others.length === 0) return [{ markdown: single(first, context), count: 1 }];
    return isVulnerability(first) ? ofImage(first, group, context) : ofRule(first, group, context);
  });
}

function isVulnerability({ finding }: JudgedFinding): boolean {
  return finding.category === 'vulnerability' && finding.subject.kind === 'image';
}

function groupKey(judged: JudgedFinding): string {
  const { finding, state, decidedBy, newBecause } = judged;
  const same = isVulnerability(judged) && finding.subject.kind === 'image' ? [finding.subject.reference] : ruleKey(judged);
  return JSON.stringify([isVulnerability(judged), state ?? '', decidedBy, newBecause ?? '', finding.environments, ...same]);
}

function ruleKey({ finding }: JudgedFinding): readonly string[] {
  const rules = finding.sources.map(ruleOf).toSorted();
  return [ruleOf(finding), ...rules, finding.severity, finding.detail ?? '', fixOf(finding) ?? '', finding.helpUrl ?? ''];
}

/** A list item of several lines; a backslash is a line break both in comments and elsewhere. */
export function listItem(lines: readonly (string | undefined)[]): string {
  return `- ${lines.filter((line) => line !== undefined && line !== '').join('\\\n  ')}\n`;
}

function single(judged: JudgedFinding, context: PageContext): string {
  const { finding } = judged;
  const [first] = finding.locations;
  const field = first?.precision === 'field' ? undefined : fieldOf(finding);
  const where = [rulesOf(finding), places(judged, context), aboutOf(finding), field === undefined ? '' : `field ${code(field)}`];
  return listItem([
    `**${finding.severity}** ${proseWithCode(finding.title, 300)}${badge(judged, context)}`,
    where.filter((part) => part !== '').join(' · '),
    reach(judged),
    judgedBecause(judged),
    factsLine(judged),
    riskLine(judged),
    exposure(judged),
    ...whyAndFix(judged, context),
  ]);
}

function ofRule(first: JudgedFinding, group: readonly JudgedFinding[], context: PageContext): readonly Item[] {
  const [title] = new Set(group.map(({ finding }) => finding.title)).size === 1 ? [first.finding.title] : [];
  const files = new Set(group.map(({ finding }) => finding.locations[0]?.file ?? placeOf(finding))).size;
  const spread = files === 1 ? 'in one file' : `in ${files} files`;
  const head = listItem([
    `**${first.finding.severity}** ${title === undefined ? '' : `${proseWithCode(title, 300)} · `}${rulesOf(first.finding)}: **${group.length} findings** ${spread}${badge(first, context)}`,
    reach(first),
    judgedBecause(first),
    ...whyAndFix(first, context),
  ]);
  const rows = group.map((judged) => {
    const { finding } = judged;
    const parts = [places(judged, context), aboutOf(finding), title === undefined ? proseWithCode(finding.title, 200) : ''];
    return `- ${parts.filter((part) => part !== '').join(' · ')}\n`;
  });
  // A list wraps on a phone, where a table is cut.
  return inParts(head, rows, (part) => part.join(''));
}

function ofImage(first: JudgedFinding, group: readonly JudgedFinding[], context: PageContext): readonly Item[] {
  const { subject, resources } = first.finding;
  const image = subject.kind === 'image' ? subject.reference : '';
  const users = listed(resources, 3, 160);
  const head = listItem([
    `**${first.finding.severity}** **${group.length} vulnerabilities** in image ${code(image)}${badge(first, context)}`,
    [places(first, context), users].filter((part) => part !== '').join(' · '),
    reach(first),
    judgedBecause(first),
    exposure(first),
  ]);
  const rows = group.map((judged) => ofVulnerability(judged, context));
  return inParts(head, rows, (part) => table(['Severity', 'Vulnerability', 'Package', 'Fixed in', 'What'], part));
}

function ofVulnerability(judged: JudgedFinding, context: PageContext): readonly string[] {
  const { finding } = judged;
  return [
    finding.severity,
    rulesOf(finding, 2),
    finding.subject.kind === 'image' && finding.subject.component !== undefined ? code(finding.subject.component, 120) : '',
    finding.fix?.fixedVersion === undefined ? proseWithCode(finding.fix?.text ?? '', 120) : code(finding.fix.fixedVersion, 80),
    [riskCell(judged), proseWithCode(finding.title, 200), context.untrusted ? undefined : link(finding.helpUrl)]
      .filter(Boolean)
      .join(' '),
  ];
}

/** The first rows are visible, the others folded. */
function inParts<Row>(head: string, rows: readonly Row[], write: (rows: readonly Row[]) => string): readonly Item[] {
  const open = rows.slice(0, rowsOfGroup);
  const items = [{ markdown: `${head}\n${indent(write(open))}\n`, count: open.length }];
  for (let at = open.length; at < rows.length; at += rowsOfPart) {
    const part = rows.slice(at, at + rowsOfPart);
    const text = `<details><summary>${part.length} more</summary>\n\n${write(part)}\n</details>\n\n`;
    items.push({ markdown: indent(text), count: part.length });
  }
  return items;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

function badge(judged: JudgedFinding, { compared }: PageContext): string {
  const newness = newnessOf(judged);
  return newness !== undefined && compared ? ` ${code(newness)}` : '';
}

function places({ finding }: JudgedFinding, context: PageContext): string {
  const shown = finding.locations.slice(0, 3).map((location) => headPlace(location, context));
  const more = finding.locations.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function reach({ finding, decidedBy }: JudgedFinding): string | undefined {
  if (finding.environments.length === 0) return undefined;
  const policy = finding.environments.includes(decidedBy) ? `; decided by the policy of ${prose(decidedBy, 60)}` : '';
  return `Reaches ${finding.environments
    .slice(0, 10)
    .map((name) => prose(name, 60))
    .join(', ')}${policy}`;
}

/** Why it counts as new or only warns, if location and severity do not explain it. */
function judgedBecause(judged: JudgedFinding): string | undefined {
  const reasons = [renewalOf(judged), judged.decidedBy === 'test-hook' ? testHookReason : undefined];
  const sentences = reasons.filter((reason) => reason !== undefined).map((reason) => `${proseWithCode(capital(reason), 400)}.`);
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

function factsLine(judged: JudgedFinding): string | undefined {
  const facts = factsOf(judged);
  return facts === undefined ? undefined : `${proseWithCode(capital(facts), 400)}.`;
}

function riskLine({ finding }: JudgedFinding): string | undefined {
  const risk = riskOf(finding);
  return risk === undefined ? undefined : `**Risk:** ${prose(risk, 200)}`;
}

/** The facts that decided contain what is known of its exploitation, if a condition asks for it. */
function riskCell(judged: JudgedFinding): string | undefined {
  const risk = riskOf(judged.finding);
  const facts = factsOf(judged);
  if (risk === undefined && facts === undefined) return undefined;
  return `**${prose([risk, facts].filter((part) => part !== undefined).join('; '), 300)}**`;
}

function exposure({ finding }: JudgedFinding): string | undefined {
  const exposed = exposedOf(finding);
  return exposed === undefined ? undefined : `**Exposed:** ${prose(exposed, 600)}`;
}

function whyAndFix({ finding }: JudgedFinding, { untrusted }: PageContext): readonly string[] {
  const fix = fixOf(finding);
  // A fork's run can put any URL here, and the comment would show it in the project's name.
  const more = untrusted ? undefined : link(finding.helpUrl);
  const parts = [
    ...(finding.detail === undefined ? [] : [{ name: 'Why', text: finding.detail }]),
    ...(fix === undefined ? [] : [{ name: 'Fix', text: fix }]),
  ];
  const lines = parts.map(({ name, text }, index) => {
    const isLast = index === parts.length - 1 && more !== undefined;
    return `**${name}:** ${proseWithCode(isLast ? sentence(text) : text, 600)}`;
  });
  if (more === undefined) return lines;
  return [...lines.slice(0, -1), [...lines.slice(-1), `More: ${more}`].join(' ')];
}
