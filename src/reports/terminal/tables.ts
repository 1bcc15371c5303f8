import { type GateError, troubleshootingUrl } from '../../model/gate-error.ts';
import { groupBy } from '../../model/group.ts';
import type { EngineSummary } from '../../model/verdict.ts';
import { terminalLine } from '../escape.ts';
import type { Paint } from '../paint.ts';
import { plural, shorten, wrap } from '../text.ts';
import { type CoverageSummary, coverageResult, errorPlace } from '../view.ts';
import { block } from './findings.ts';

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
  return [paint(`Evaluation errors (${errors.length})`, 'bold'), ...lines, ''];
}

function labelled(label: string, text: string | undefined, width: number): readonly string[] {
  return text === undefined ? [] : block(label, terminalLine(text), width);
}

const columns = ['Engine', 'Version', 'Status', 'Findings', 'Evaluated'];

/** Without durations, so that the same verdict prints the same text, and without reasons that are listed as errors. */
export function engineLines(
  engines: readonly EngineSummary[],
  errors: readonly GateError[],
  width: number,
  paint: Paint,
): readonly string[] {
  if (engines.length === 0) return [];
  const listed = new Set(errors.flatMap(({ message, details }) => [message, details.message]));
  const rows = engines.filter(({ status }) => status !== 'skipped').map((engine) => ({ engine, cells: cellsOf(engine) }));
  const widths = columns.map((title, column) => Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  return [
    ...(rows.length === 0 ? [] : [`  ${paint(line(columns), 'bold')}`]),
    ...rows.flatMap(({ engine, cells }) => [
      `  ${line(cells)}`,
      ...[engine.reason, ...engine.notes].flatMap((note) =>
        note === undefined || listed.has(note) ? [] : block('', terminalLine(note), width),
      ),
    ]),
    ...skippedLines(engines, width),
    '',
  ];
}

/** Groups engines that were skipped for the same reason. */
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

export function coverageLines(coverage: CoverageSummary, width: number, paint: Paint): readonly string[] {
  const { totals, notCovered, leftOut } = coverage;
  const left = leftOut.length === 0 ? '' : `${plural(leftOut.length, 'file')} skipped; \`--output json\` has the reasons.`;
  const text = `Coverage: ${totals}${coverageResult(coverage)}`;
  if (notCovered.length === 0) return wrap(`${text}. ${left}`, width);
  return [
    ...wrap(`${text}:`, width).map((line) => paint(line, 'bold')),
    ...notCovered.flatMap(({ row, why }) => [
      `  ${row.kind} ${terminalLine(row.label)}${row.source === undefined ? '' : ` (${terminalLine(row.source)})`}`,
      ...block('', terminalLine(why), width),
    ]),
    ...(left === '' ? [] : [left]),
  ];
}
