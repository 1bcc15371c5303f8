import { httpsUrl, urlText } from './escape.ts';
import { byteLength, oneLine, shorten } from './text.ts';

/**
 * Escapes untrusted text for Markdown on GitHub. It must not become a tag, a link, a mention, an issue reference, an image, math, a list,
 * a heading or another table cell. Entities are not sufficient: GitHub looks for mentions, references and addresses in the rendered text,
 * where `&#64;` is `@` again. So those are split by a zero-width space as well.
 */
const zeroWidthSpace = '&#8203;';

/** Text for prose, a list item or a table cell, on one line. */
export function prose(text: string, maxChars = 1_000): string {
  return escapeAll(shorten(oneLine(text), maxChars));
}

/**
 * A name, path or reference as code. In backticks, where GitHub links nothing and text can be copied unchanged, unless the text could end
 * the code span or a table cell; then escaped in `<code>`.
 */
export function code(text: string, maxChars = 300): string {
  const line = shorten(oneLine(text), maxChars);
  if (line === '') return '<code>&nbsp;</code>';
  return /[`|\\]/.test(line) ? `<code>${escapeAll(line)}</code>` : `\`${line}\``;
}

/** @param markdown Already escaped. */
export function bold(markdown: string): string {
  return `**${markdown}**`;
}

/** A link with its host as text, because an untrusted address may lead anywhere; undefined if it is not an https address. */
export function link(address: string | undefined): string | undefined {
  const url = httpsUrl(address);
  return url === undefined ? undefined : `[${escapeAll(url.host)}](<${urlText(url).replaceAll('&', '&amp;')}>)`;
}

function escapeAll(line: string): string {
  return line
    .replace(/[&<>\\`*_~|$^#@[\]]/g, entity)
    .replace(/&#64;|&#35;/g, (sign) => sign + zeroWidthSpace) // @name, a@b.example, owner/repo@sha, #1
    .replace(/(?:&#(?:36|38|94|126);|[!%])(?=[\w"])/g, (sign) => sign + zeroWidthSpace) // GitLab: $1, &1, ^alert, ~label, !1, %milestone
    .replace(/:(?=\/)/g, (colon) => entity(colon) + zeroWidthSpace) // https://
    .replace(/\b(www(?=\.)|gh(?=-))/gi, (word) => word + zeroWidthSpace) // www.example.com, GH-1
    .replace(/^[-+=:]|^\d+[.)]/, (start) => start.slice(0, -1) + entity(start.slice(-1))); // lists, rulers, underlines
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** Lines as a block of code. The fence is longer than any run of backticks in them, so that no line can close it. */
export function fenced(lines: readonly string[], language: string): string {
  const runs = [...lines.join('\n').matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(runs.reduce((most, length) => Math.max(most, length + 1), 3));
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`;
}

export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): string {
  const ruler = head.map((_, index) => (rightAligned.includes(index) ? '--:' : '---'));
  return [head, ruler, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** Rows of `severityTable`: findings by severity and action. Empty without a finding. */
export function severityCounts(rows: readonly (readonly [string, readonly number[]])[]): string {
  const shown = rows.filter(([, counts]) => counts.some((count) => count > 0));
  const text = shown.map(([severity, counts]) => [bold(severity), ...counts.map(String)]);
  return shown.length === 0 ? '' : table(['', 'Block', 'Warn', 'Allow'], text, [1, 2, 3]).trimEnd();
}

/** A section of a document that can be cut between its items. */
export interface Section {
  /** Lower is more important and gets space first. Sections are written in the order given. */
  readonly priority: number;
  readonly head: string;
  /** Worst first. */
  readonly items: readonly string[];
  /** The end of the section, for which space is reserved. `left` items did not fit. */
  readonly foot: (left: number) => string;
}

/** The document in at most `maxBytes`, provided that heads and feet alone fit: only items are dropped. Sections without a head are left out. */
export function assemble(all: readonly Section[], maxBytes: number): string {
  const sections = all.filter(({ head }) => head !== '');
  let room = maxBytes - sections.reduce((sum, section) => sum + byteLength(section.head) + footBytes(section), 0);
  const kept = new Map<Section, readonly string[]>();
  for (const section of sections.toSorted((a, b) => a.priority - b.priority)) {
    const items: string[] = [];
    for (const item of section.items) {
      const bytes = byteLength(item);
      if (bytes > room) break;
      room -= bytes;
      items.push(item);
    }
    kept.set(section, items);
  }
  return sections
    .map((section) => {
      const items = kept.get(section) ?? [];
      return section.head + items.join('') + section.foot(section.items.length - items.length);
    })
    .join('');
}

function footBytes(section: Section): number {
  return Math.max(byteLength(section.foot(0)), byteLength(section.foot(section.items.length)));
}
