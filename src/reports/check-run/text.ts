import { actions } from '../../model/severity.ts';
import type { Verdict } from '../../model/verdict.ts';
import { unrenderedOf } from '../decision.ts';
import { existingOf } from '../existing.ts';
import { headlineOf } from '../headline.ts';
import { checkAllowedKept, checkTextBudgetBytes, checkTitleMaxChars } from '../limits.ts';
import { assemble, code, prose, table } from '../markdown.ts';
import type { PublishContext } from '../publisher.ts';
import { capital, plural, shorten } from '../text.ts';
import { byAction, countBySeverity, severityTable } from '../view.ts';
import type { Plan } from './annotations.ts';
import type { Sent } from './send.ts';

/** Plain text; GitHub shows it next to the name of the check. */
export function titleOf(verdict: Verdict, context: Pick<PublishContext, 'change'>): string {
  return shorten(headlineOf(verdict, context), checkTitleMaxChars);
}

export function summaryOf(verdict: Verdict, context: PublishContext): string {
  const { untrusted } = context;
  const existing = existingOf(verdict);
  const rows = severityTable(verdict).map(([severity, counts]) => [severity, ...counts.map(String)]);
  const allowed = byAction(verdict, 'allow');
  const { comparison } = verdict;
  const parts = [
    `**${headlineOf(verdict, context)}.**`,
    ...(untrusted ? ['This verdict comes from a job that the change itself could alter. It is informational only.'] : []),
    ...(verdict.errors.length === 0
      ? []
      : [`Because of ${plural(verdict.errors.length, 'error')}, part of this change was not evaluated.`]),
    ...(comparison?.status === 'compared'
      ? [
          `Compared with the base: ${comparison.new} new, ${comparison.unchanged} unchanged, ${comparison.fixed.length} fixed.`,
          ...unrenderedOf(comparison).map((sentence) => `${prose(capital(sentence), 600)}.`),
        ]
      : []),
    ...(comparison?.status === 'unavailable'
      ? [`Not compared with another commit, so every finding counts as new: ${prose(comparison.reason, 300)}`]
      : []),
    ...(existing === undefined ? [] : [`[${existing.text}](${existing.url}).`]),
    ...(verdict.findings.length === 0 ? [] : [table(['', ...actions], rows, [1, 2, 3]).trimEnd()]),
    ...(allowed.length === 0 ? [] : [`Allowed by policy: ${countBySeverity(allowed)}.`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Lists findings that are not annotations in the diff, and why, so that readers know the diff does not show everything. */
export function textOf(plan: Plan, sent: Sent): string {
  const unplaced = plan.unplaced.map(({ what, place, why }) => line(what, place, why));
  const refused = sent.refused.map(({ annotation, why }) =>
    line(
      `${annotation.title}: ${annotation.message.split('\n')[0] ?? ''}`,
      `${annotation.path}:${annotation.startLine}`,
      `GitHub refused it: ${why}`,
    ),
  );
  const items = [...refused, ...unplaced];
  const tail = [
    ...(sent.unsent === 0 ? [] : [`${plural(sent.unsent, 'annotation')} could not be sent: ${prose(sent.stopped ?? '', 400)}`]),
    ...(plan.over === 0
      ? []
      : [`${plan.over} more did not fit (at most ${checkAllowedKept} allowed findings are shown); see the job summary.`]),
  ];
  const head =
    'Findings are shown as annotations on their lines. This check is informational: require the job that runs the gate instead.\n\n';
  const foot = (left: number): string =>
    left === 0 ? '' : `\n**${left} more** have no line in the diff; see the job summary.\n`;
  return assemble(
    [
      { priority: 0, head, items: [], foot: () => '' },
      { priority: 0, head: tail.map((text) => `${text}\n\n`).join(''), items: [], foot: () => '' },
      {
        priority: 1,
        head: items.length === 0 ? '' : `### Without a line in the diff (${items.length})\n\n`,
        items,
        foot,
      },
    ],
    checkTextBudgetBytes,
  );
}

function line(what: string, place: string | undefined, why: string): string {
  return `- ${place === undefined ? '' : `${code(place)} `}${prose(what, 400)}<br>${prose(why, 300)}\n`;
}
