import type { Measured, Nearness } from './measure.ts';
import type { Alone } from './trivy-alone.ts';

export interface Row {
  readonly kind: string;
  readonly measured: readonly Measured[];
  /** Undefined: not asked, or not installed. */
  readonly trivy: Alone | undefined;
}

/** Per kind: how many labels, how near the gate comes, and what engines report on their own. */
export function lineTable(rows: readonly Row[]): string {
  const count = (measured: readonly Measured[], nearness: Nearness): number =>
    measured.filter((one) => one.nearness === nearness).length;
  const lines = rows.map(({ kind, measured, trivy }) => {
    const own = [count(measured, 'exact'), count(measured, 'same file'), count(measured, 'wrong file')];
    const first = measured.filter(({ label }) => label.line === 1).length;
    const alone = trivy === undefined ? ['-', '-'] : [trivy.exact, trivy.sameFile];
    return [kind, measured.length, ...own, ...alone, first].map((cell) => String(cell));
  });
  const head = ['', 'labels', 'exact', 'same file', 'wrong file', 'trivy exact', 'trivy same file', 'line 1'];
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const draw = (line: readonly string[]): string =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  return [
    '',
    draw(head),
    ...lines.map(draw),
    '',
    'trivy: measured, `trivy config` on the same repositories, any finding counted in its favor. What it renders itself has lines of the output.',
    "line 1: what a tool gets right that reports line 1 for each finding. KubeLinter's SARIF does; its JSON names the file only, and Kyverno's reports",
    'name neither (by their output formats, not measured).',
  ].join('\n');
}
