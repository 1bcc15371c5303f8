import { hyperlink, runAddress } from '../github-links.ts';
import { commentRowsFolded } from '../limits.ts';
import { type Section, table } from '../markdown.ts';
import type { PublishContext } from '../publisher.ts';
import type { Item } from './groups.ts';

/** A heading and a list; empty if there are no items. Items after the first `most` are only counted. */
export function list(priority: number, title: string, items: readonly Item[], context: PublishContext, most = Infinity): Section {
  return cuttable(priority, `### ${title} (${total(items)})\n\n`, items, most, '', context);
}

export function foldedList(
  priority: number,
  title: string,
  items: readonly Item[],
  context: PublishContext,
  most = commentRowsFolded,
): Section {
  return cuttable(priority, `<details><summary>${title}</summary>\n\n`, items, most, '</details>\n\n', context);
}

/** @param title Trusted HTML: GitHub renders no Markdown in a summary. */
export function foldedTable(
  priority: number,
  title: string,
  columns: readonly string[],
  rows: readonly string[],
  context: PublishContext,
): Section {
  const start = `<details><summary>${title}</summary>\n\n${table(columns, [])}`;
  return cuttable(priority, start, rows.map(toItem), commentRowsFolded, '</details>\n\n', context);
}

function toItem(markdown: string): Item {
  return { markdown, count: 1 };
}

function cuttable(
  priority: number,
  head: string,
  all: readonly Item[],
  most: number,
  close: string,
  { change }: PublishContext,
): Section {
  const items = all.slice(0, most);
  const summary = hyperlink('the job summary', runAddress(change));
  return {
    priority,
    head: all.length === 0 ? '' : head,
    items: items.map((item) => item.markdown),
    foot: (left) => {
      const missing = total(all.slice(items.length - left));
      return `${missing === 0 ? '' : `\n**${missing} more** did not fit here: see ${summary}.\n`}\n${close}`;
    },
  };
}

export function total(items: readonly Item[]): number {
  return items.reduce((sum, { count }) => sum + count, 0);
}
