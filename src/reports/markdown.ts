import { httpsUrl, urlText } from './escape.ts';
import { byteLength, oneLine, shorten } from './text.ts';

/**
 * Markdown for GitHub with text from outside in it. No such text may become a tag, a link, a mention, an issue reference, an image,
 * math, a list, a heading or another table cell. Entities alone don't do: GitHub looks for mentions, references and addresses in the
 * rendered text, where `&#64;` is `@` again. So those are split by a zero-width space, too.
 */
const zeroWidthSpace = '&#8203;';

/** Text in running prose, a list item or a table cell, on one line. */
export function prose(text: string, maxChars = 1_000): string {
  return escapeAll(shorten(oneLine(text), maxChars));
}

/**
 * A name, path or reference, in the font of code. Backticks, so that it can be copied as it is, wherever nothing in the text could end them
 * or a table cell: inside them GitHub links nothing. Otherwise escaped text in `<code>`.
 */
export function code(text: string, maxChars = 300): string {
  const line = shorten(oneLine(text), maxChars);
  if (line === '') return '<code>&nbsp;</code>';
  return /[`|\\]/.test(line) ? `<code>${escapeAll(line)}</code>` : `\`${line}\``;
}

/** A link that names its host, because an address from outside may lead anywhere; nothing for what is no https address. */
export function link(address: string | undefined): string | undefined {
  const url = httpsUrl(address);
  return url === undefined ? undefined : `[${escapeAll(url.host)}](<${urlText(url).replaceAll('&', '&amp;')}>)`;
}

function escapeAll(line: string): string {
  return line
    .replace(/[&<>\\`*_~|$^#@[\]]/g, entity)
    .replace(/&#64;|&#35;/g, (sign) => sign + zeroWidthSpace) // @name, a@b.example, owner/repo@sha, #1
    .replace(/:(?=\/)/g, (colon) => entity(colon) + zeroWidthSpace) // https://
    .replace(/\b(www(?=\.)|gh(?=-))/gi, (word) => word + zeroWidthSpace) // www.example.com, GH-1
    .replace(/^[-+=:]|^\d+[.)]/, (start) => start.slice(0, -1) + entity(start.slice(-1))); // lists, rulers, underlines
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): string {
  const ruler = head.map((_, index) => (rightAligned.includes(index) ? '--:' : '---'));
  return [head, ruler, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** A part of a document that may be cut between its items. */
export interface Section {
  /** Lower is more important: it gets its room first. Sections stand in the order given. */
  readonly priority: number;
  readonly head: string;
  /** Worst first. Only those that fit are asked for. */
  readonly items: Items;
  /** What closes the section, with room kept for it. `left` items did not fit. */
  readonly foot: (left: number) => string;
}

export interface Items extends Iterable<string> {
  readonly length: number;
}

/** Writes each item when it is asked for: of forty thousand findings, a summary shows two thousand. */
export function written<T>(all: readonly T[], write: (one: T) => string): Items {
  return {
    length: all.length,
    *[Symbol.iterator]() {
      for (const one of all) yield write(one);
    },
  };
}

/** The whole document in at most `maxBytes`, as long as heads and feet alone are shorter: only items give way. */
export function assemble(sections: readonly Section[], maxBytes: number): string {
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
