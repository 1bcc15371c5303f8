import { type Row, show, showTarget, verdictOf } from './row.ts';

/** Rows of one measurement, under its letter. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly how: string;
  readonly rows: readonly Row[];
}

const head = ['', 'what', 'gate', 'other', 'figure', 'target', ''];

function cells(id: string, row: Row): readonly string[] {
  if (row.kind !== 'measured') return [id, row.what, '', '', '', '', row.kind];
  return [id, row.what, row.ours, row.other, show(row.value, row.unit), showTarget(row), verdictOf(row)];
}

function allCells(sections: readonly Section[]): readonly (readonly string[])[] {
  return sections.flatMap((section) => section.rows.map((row) => cells(section.id, row)));
}

/** For the terminal. */
export function textTable(sections: readonly Section[]): string {
  const lines = [head, ...allCells(sections)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const draw = (line: readonly string[]): string =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [draw(head), widths.map((width) => '-'.repeat(width)).join('  '), ...allCells(sections).map(draw)].join('\n');
}

export function markdownTable(sections: readonly Section[]): string {
  const line = (values: readonly string[]): string => `| ${values.map(escaped).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...allCells(sections).map(line)].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Under the table: why rows have no figure, and the profile of each missed figure. */
export function explanations(sections: readonly Section[]): readonly string[] {
  return sections.flatMap(({ id, rows }) =>
    rows.flatMap((row) => {
      const name = `(${id}) ${row.what}`;
      if (row.kind !== 'measured') return [`${name}: ${row.kind}: ${row.reason}`];
      return row.profile.length === 0
        ? []
        : [`${name}: missed, and where the time goes:`, ...row.profile.map((text) => `    ${text}`)];
    }),
  );
}
