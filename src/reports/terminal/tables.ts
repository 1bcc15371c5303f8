import { type GateError, troubleshootingUrl } from '../../model/gate-error.ts';
import type { EngineSummary } from '../../model/verdict.ts';
import { terminalLine } from '../escape.ts';
import { plural, shorten, wrap } from '../text.ts';
import { type CoverageSummary, errorPlace, groupBy } from '../view.ts';
import { block } from './findings.ts';
import type { Paint } from './paint.ts';

export function errorLines(errors: readonly GateError[], width: number, paint: Paint): readonly string[] {
  if (errors.length === 0) return [];
  const place = (error: GateError): string => {
    const text = errorPlace(error);
    return text === undefined ? '' : `${paint(terminalLine(text), 'bold')}  `;
  };
  const lines = errors.flatMap((error) => [
    `  ${place(error)}${paint(error.code, 'magenta')}`,
    ...block('', terminalLine(error.details.message), width),
    ...labelled('expected: ', error.details.expected, width),
    ...labelled('next: ', error.details.next, width),
    ...block('', troubleshootingUrl(error.code), width),
  ]);
  return [paint(`What kept the gate from seeing everything (${errors.length})`, 'bold'), ...lines, ''];
}

function labelled(label: string, text: string | undefined, width: number): readonly string[] {
  return text === undefined ? [] : block(label, terminalLine(text), width);
}

const columns = ['Engine', 'Version', 'Status', 'Findings', 'Evaluated'];

/** No times: the same verdict prints the same text. */
export function engineLines(engines: readonly EngineSummary[], width: number, paint: Paint): readonly string[] {
  if (engines.length === 0) return [];
  const rows = engines.filter(({ status }) => status !== 'skipped').map((engine) => ({ engine, cells: cellsOf(engine) }));
  const widths = columns.map((title, column) => Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  return [
    ...(rows.length === 0 ? [] : [`  ${paint(line(columns), 'bold')}`]),
    ...rows.flatMap(({ engine, cells }) => [
      `  ${line(cells)}`,
      ...[engine.reason, ...engine.notes].flatMap((note) => (note === undefined ? [] : block('', terminalLine(note), width))),
    ]),
    ...skippedLines(engines, width),
    '',
  ];
}

/** Together where the reason is the same. */
function skippedLines(engines: readonly EngineSummary[], width: number): readonly string[] {
  const skipped = engines.filter(({ status }) => status === 'skipped');
  return [...groupBy(skipped, ({ reason }) => reason ?? '')].flatMap(([reason, group]) => {
    const names = group.map(({ title }) => terminalLine(title)).join(', ');
    return wrap(`not run: ${names}${reason === '' ? '' : ` (${terminalLine(reason)})`}`, width - 4).map(
      (text, index) => `${index === 0 ? '  ' : '    '}${text}`,
    );
  });
}

function cellsOf({ title, version, status, findings, evaluated }: EngineSummary): readonly string[] {
  return [
    shorten(terminalLine(title), 16),
    shorten(terminalLine(version ?? '-'), 12),
    status,
    String(findings),
    String(evaluated),
  ];
}

export function coverageLines(
  { totals, notCovered: holes, leftOut }: CoverageSummary,
  width: number,
  paint: Paint,
): readonly string[] {
  const left = leftOut.length === 0 ? '' : ` ${plural(leftOut.length, 'file')} left out; \`--output json\` says why.`;
  const result = holes.length === 0 ? 'each was evaluated.' : `${holes.length} not evaluated:`;
  return [
    ...wrap(`Coverage: ${totals}; ${result}${holes.length === 0 ? left : ''}`, width).map((line) =>
      holes.length === 0 ? line : paint(line, 'bold'),
    ),
    ...holes.flatMap(({ row, why }) => [
      `  ${row.kind} ${terminalLine(row.label)}${row.source === undefined ? '' : ` (${terminalLine(row.source)})`}`,
      ...block('', terminalLine(why), width),
    ]),
    ...(holes.length === 0 || left === '' ? [] : [left.trim()]),
  ];
}
