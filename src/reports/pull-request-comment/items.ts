import type { Finding } from '../../model/finding.ts';
import type { GateError } from '../../model/gate-error.ts';
import type { EngineSummary, JudgedFinding, LedgerRow } from '../../model/verdict.ts';
import type { WaiverUse } from '../../model/waiver.ts';
import { basePlace, headPlace } from '../github-links.ts';
import { code, prose } from '../markdown.ts';
import { aboutOf, proseWithCode, rulesOf } from '../markdown-items.ts';
import { plural } from '../text.ts';
import { errorPlace, placeOf } from '../view.ts';
import { type ItemContext, listItem } from './groups.ts';

export function errorItem(error: GateError, context: ItemContext): string {
  const { message, expected, next, file, line } = error.details;
  const plain = errorPlace(error);
  const place = file !== undefined && line !== undefined ? headPlace({ file, line }, context) : plain && code(plain);
  return listItem([
    `**${error.code}** ${proseWithCode(message, 600)}`,
    place,
    expected === undefined ? undefined : `**Expected:** ${proseWithCode(expected, 400)}`,
    next === undefined ? undefined : `**Next:** ${proseWithCode(next, 400)}`,
  ]);
}

export const allowedColumns = ['Severity', 'Rule', 'Finding', 'Where', 'What', 'Allowed by'];
export function allowedRow(judged: JudgedFinding, context: ItemContext): string {
  const { finding } = judged;
  const [first] = finding.locations;
  const place = first === undefined ? code(placeOf(finding)) : headPlace(first, context);
  return row([
    finding.severity,
    rulesOf(finding, 2),
    proseWithCode(finding.title, 200),
    place,
    aboutOf(finding, 2),
    allowedBy(judged),
  ]);
}

function allowedBy({ decidedBy, waiver }: JudgedFinding): string {
  if (waiver !== undefined) return `waiver of ${prose(waiver.owner, 80)} until ${prose(waiver.expires, 20)}`;
  if (decidedBy === 'only-new') return 'not new';
  return decidedBy === 'default' ? 'policy' : `policy of ${prose(decidedBy, 60)}`;
}

export const fixedColumns = ['Severity', 'Rule', 'Finding', 'Where it was', 'What'];
export function fixedRow(finding: Finding, context: ItemContext): string {
  const [first] = finding.locations;
  const place = first === undefined ? code(placeOf(finding)) : basePlace(first, context);
  return row([finding.severity, rulesOf(finding, 2), proseWithCode(finding.title, 200), place, aboutOf(finding, 2)]);
}

export const waiverColumns = ['Status', 'Rule', 'Target', 'Until', 'Owner', 'Reason', 'Written in'];
export function waiverRow({ waiver, status, findings, reason }: WaiverUse, context: ItemContext): string {
  const state = {
    refused: `**refused**${reason === undefined ? '' : `: ${proseWithCode(reason, 300)}`}`,
    expired: '**expired**',
    unused: 'unused',
    'in-force': `allows ${plural(findings, 'finding')}`,
  }[status];
  return row([
    state,
    code(waiver.rule, 120),
    code(waiver.target, 160),
    prose(waiver.expires, 20),
    prose(waiver.owner, 80),
    proseWithCode(waiver.reason, 300),
    basePlace(waiver, context),
  ]);
}

export function holeItem({ row: { kind, label, source }, why }: { readonly row: LedgerRow; readonly why: string }): string {
  const from = source === undefined ? '' : ` from ${code(source)}`;
  return `- ${kind} ${code(label)}${from}: ${proseWithCode(why, 300)}\n`;
}

export const ledgerColumns = ['What', 'Name', 'Source', 'By engine'];
export function ledgerItem({ kind, label, source, entries }: LedgerRow): string {
  const said = entries.slice(0, 12).map(({ engine, status, reason }) => {
    const mark = status === 'failed' ? '**failed**' : status;
    return `${prose(engine, 60)}: ${mark}${reason === undefined ? '' : ` (${proseWithCode(reason, 200)})`}`;
  });
  return row([kind, code(label, 200), source === undefined ? '' : code(source, 200), said.join('<br>') || '**nobody looked**']);
}

/** `Trivy 0.74.0 (database of 2026-11-20)` */
export function engineItem({ title, version, status, reason, notes }: EngineSummary): string {
  const name = `${prose(title, 60)}${version === undefined ? '' : ` ${code(version, 40)}`}`;
  const why = reason === undefined ? '' : `: ${proseWithCode(reason, 200)}`;
  if (status === 'failed') return `**${name} failed**${why}`;
  if (status === 'skipped') return `${name} skipped${why}`;
  const said = notes.slice(0, 2).map((note) => proseWithCode(note, 150));
  return said.length === 0 ? name : `${name} (${said.join('; ')})`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}
