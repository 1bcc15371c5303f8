import path from 'node:path';
import { formatPatch, structuredPatch } from 'diff';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { terminalLine } from '../../reports/escape.ts';
import { createPaint, outcomeStyles, type Paint, severityStyles } from '../../reports/paint.ts';
import { plural, reveal, wrap } from '../../reports/text.ts';
import { outcomeTone, outcomeWord, placeOf, ruleOf } from '../../reports/view.ts';
import { identity, stillThere } from './fix-all.ts';
import type { Outcome } from './run.ts';

interface Shown {
  readonly dryRun: boolean;
  /** Whether findings that the policy allows were left out, because they were not asked for. */
  readonly onlyAnnounced: boolean;
  readonly color: boolean;
  readonly width: number;
}

/** The diff, what it fixes, what is left and why, and the verdict before and after. */
export function showFixes(outcome: Outcome, { dryRun, onlyAnnounced, color, width }: Shown): string {
  const paint = createPaint(color);
  const { before, after, wanted, files, left } = outcome;
  const isThere = stillThere(after);
  const fixed = wanted.filter((judged) => !isThere(judged));
  const open = after.findings.filter(
    (judged) => left.has(identity(judged)) || (judged.action !== 'allow' && judged.waiver === undefined),
  );
  const more = onlyAnnounced
    ? after.findings.filter(({ finding, action, waiver }) => action === 'allow' && waiver === undefined && hasPatch(finding))
    : [];
  const verb = dryRun ? 'Would fix' : 'Fixed';
  return [
    ...diffLines(outcome, paint),
    files.size === 0
      ? `${paint('Nothing to fix', 'bold')}: ${nothing(wanted)}`
      : paint(`${verb} ${plural(fixed.length, 'finding')} in ${plural(files.size, 'file')}`, 'bold', 'green'),
    ...fixed.flatMap((judged) => findingLine(judged, paint)),
    '',
    ...(open.length === 0 ? [] : [paint(`Not fixed (${open.length})`, 'bold')]),
    ...open.flatMap((judged) => [
      ...findingLine(judged, paint),
      ...wrap(terminalLine(whyOpen(judged, left)), width - 6).map((line) => `      ${line}`),
    ]),
    ...(open.length === 0 ? [] : ['']),
    ...(more.length === 0
      ? []
      : [`${plural(more.length, 'finding')} that the severity policy allows can be fixed as well: \`k8s-gate fix --all\`.`, '']),
    ...(files.size === 0 ? [] : [verdictLine('Before', before, paint), verdictLine('After', after, paint)]),
    ...(dryRun && files.size > 0 ? ['', 'Nothing was written (--dry-run).'] : []),
    '',
  ].join('\n');
}

function nothing(wanted: readonly JudgedFinding[]): string {
  if (wanted.length === 0) return 'no finding needs a fix.';
  return `${plural(wanted.length, 'finding')}, none with a suggestion that can be applied.`;
}

function hasPatch({ fix }: JudgedFinding['finding']): boolean {
  return (fix?.patch?.length ?? 0) > 0;
}

function whyOpen(judged: JudgedFinding, left: ReadonlyMap<string, string>): string {
  const { finding } = judged;
  const why = left.get(identity(judged));
  const todo = finding.fix === undefined ? '' : ` ${finding.fix.text}`;
  return why === undefined ? `no automatic fix.${todo}` : `not applied: ${why}.${todo}`;
}

function findingLine({ finding }: JudgedFinding, paint: Paint): readonly string[] {
  const place = paint(terminalLine(placeOf(finding)), 'bold');
  return [
    `  ${place}  ${paint(finding.severity, ...severityStyles[finding.severity])}  ${terminalLine(ruleOf(finding))}  ${terminalLine(finding.title)}`,
  ];
}

function verdictLine(label: string, verdict: Verdict, paint: Paint): string {
  const { block, warn, allow } = verdict.counts;
  const word = paint(outcomeWord(verdict), ...outcomeStyles[outcomeTone(verdict)]);
  return `${`${label}:`.padEnd(8)}${word}  ${block} blocking, ${plural(warn, 'warning')}, ${allow} allowed`;
}

/** A unified diff that `git apply` takes, at the root of the repository. */
function diffLines({ files, repository }: Outcome, paint: Paint): readonly string[] {
  return [...files].flatMap(([file, { before, after }]) => {
    const name = path.posix.join(repository.prefix, file);
    const patch = structuredPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, { context: 3 });
    const lines = formatPatch(patch).trimEnd().split('\n').slice(1);
    return [...lines.map((line) => painted(reveal(line), paint)), ''];
  });
}

function painted(line: string, paint: Paint): string {
  if (line.startsWith('+++') || line.startsWith('---')) return paint(line, 'bold');
  if (line.startsWith('@@')) return paint(line, 'cyan');
  if (line.startsWith('+')) return paint(line, 'green');
  return line.startsWith('-') ? paint(line, 'red') : line;
}
