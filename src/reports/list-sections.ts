import type { Item } from './finding-list.ts';
import { entriesOpen } from './limits.ts';
import { type Section, table } from './markdown.ts';
import type { PageContext } from './page-context.ts';

/** A heading and a list, its first items open and the others folded, so that the page keeps a height that can be read. */
export function list(priority: number, title: string, items: readonly Item[], page: PageContext): readonly Section[] {
  const open = items.slice(0, entriesOpen);
  const rest = items.slice(entriesOpen);
  return [
    cuttable(priority, `### ${title} (${total(items)})\n\n`, open, '', page),
    ...foldedList(priority, `${title}: ${total(rest)} more`, rest, page),
  ];
}

/** @param title Trusted HTML: GitHub renders no Markdown in a summary. */
export function foldedList(priority: number, title: string, items: readonly Item[], page: PageContext): readonly Section[] {
  return [cuttable(priority, `<details><summary>${title}</summary>\n\n`, items, '</details>\n\n', page)];
}

/** @param title Trusted HTML, as above. */
export function foldedTable(
  priority: number,
  title: string,
  columns: readonly string[],
  rows: readonly string[],
  page: PageContext,
): readonly Section[] {
  const start = `<details><summary>${title}</summary>\n\n${table(columns, [])}`;
  const items = rows.map((markdown) => ({ markdown, count: 1 }));
  return [cuttable(priority, start, items, '</details>\n\n', page)];
}

function cuttable(
  priority: number,
  head: string,
  all: readonly Item[],
  close: string,
  { rows, elsewhere }: PageContext,
): Section {
  const items = all.slice(0, rows);
  return {
    priority,
    head: all.length === 0 ? '' : head,
    items: items.map((item) => item.markdown),
    foot: (left) => {
      const missing = total(all.slice(items.length - left));
      return `${missing === 0 ? '' : `\n**${missing} more** did not fit here: see ${elsewhere}.\n`}\n${close}`;
    },
  };
}

export function total(items: readonly Item[]): number {
  return items.reduce((sum, { count }) => sum + count, 0);
}
