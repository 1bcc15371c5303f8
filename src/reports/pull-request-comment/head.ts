import { actions } from '../../model/severity.ts';
import type { Outcome, Verdict } from '../../model/verdict.ts';
import { previewOf, unrenderedOf } from '../decision.ts';
import { baselineOf, existingOf } from '../existing.ts';
import { commitLink, hyperlink, runAddress } from '../github-links.ts';
import { bold, code, prose, type Section, table } from '../markdown.ts';
import { proseWithCode } from '../markdown-items.ts';
import { capital, plural } from '../text.ts';
import { byAction, coverageResult, passesOverGap, severityTable, summarizeCoverage } from '../view.ts';
import type { ItemContext } from './groups.ts';
import { engineItems } from './items.ts';
import { total } from './sections.ts';

/** The headline omits this name: only other gates of a repository need to be distinguished. */
const defaultGateName = 'k8s-gate';

const headlines: Readonly<Record<Outcome, string>> = {
  pass: '✅ Passed',
  warn: '⚠️ Passed with warnings',
  block: '⛔ Blocked',
  error: '❌ Could not evaluate this change',
};

const incomplete = '⚠️ Incomplete';

/** The result in numbers: readers see it first, and a phone notification shows nothing else. */
export function head(verdict: Verdict, context: ItemContext): Section {
  const name = context.gateName === defaultGateName ? '' : `${prose(context.gateName, 100)}: `;
  const whose = context.untrusted ? "By the fork's own run: " : '';
  const lines = [
    `## ${name}${whose}${passesOverGap(verdict) ? incomplete : headlines[verdict.outcome]}: ${prose(reasonOf(verdict), 300)}`,
    context.untrusted ? untrustedNote : '',
    verdict.outcome === 'error' ? notJudged : '',
    counts(verdict),
    [compared(verdict, context), existing(verdict), covered(verdict), previewed(verdict)]
      .filter((line) => line !== '')
      .join('\\\n'),
  ];
  return fixedText(`${lines.filter((line) => line !== '').join('\n\n')}\n\n`);
}

/** The verdict's own reason would repeat the headline. */
function reasonOf({ outcome, errors, reason }: Verdict): string {
  if (outcome !== 'error' || errors.length === 0) return reason;
  return plural(errors.length, 'error');
}

const notJudged = 'The check fails until everything can be evaluated, because what was not evaluated may be unsafe.';

const untrustedNote =
  "> **Created by the fork's own run, which the change could have altered.** This comment is informational: the required check is the job.";

function counts(verdict: Verdict): string {
  const rows = severityTable(verdict).filter(([, numbers]) => numbers.some((count) => count > 0));
  const titles = { block: 'Must be fixed', warn: 'Warnings', allow: 'Allowed' };
  const head = ['', ...actions.map((action) => titles[action])];
  const text = rows.map(([severity, numbers]) => [`**${severity}**`, ...numbers.map(String)]);
  return rows.length === 0 ? '' : table(head, text, [1, 2, 3]).trimEnd();
}

function previewed(verdict: Verdict): string {
  const text = previewOf(verdict);
  return text === undefined ? '' : `Once merged, ${proseWithCode(text, 600)}.`;
}

function compared(verdict: Verdict, { change }: ItemContext): string {
  const { comparison } = verdict;
  if (comparison === undefined) return '';
  if (comparison.status === 'unavailable')
    return `Not compared with another commit, so every finding counts as new: ${proseWithCode(comparison.reason, 300)}`;
  const blockers = byAction(verdict, 'block');
  const fresh = blockers.filter(({ state }) => state === 'new').length;
  const mixed =
    blockers.length > fresh ? ` Of the ${blockers.length} that must be fixed, ${fresh} ${fresh === 1 ? 'is' : 'are'} new.` : '';
  const { new: added, unchanged, fixed } = comparison;
  const unrendered = unrenderedOf(comparison)
    .map((sentence) => `\\\n⚠️ ${proseWithCode(capital(sentence), 600)}.`)
    .join('');
  return `Compared with the base ${commitLink(change, comparison.baseSha)}: **${added} new**, ${unchanged} unchanged, **${fixed.length} fixed**.${mixed}${unrendered}`;
}

/** With the only link about them. */
function existing(verdict: Verdict): string {
  const found = existingOf(verdict);
  const baseline = baselineOf(verdict);
  return [
    ...(found === undefined ? [] : [`${hyperlink(found.text, found.url)}.`]),
    ...(baseline === undefined ? [] : [`${proseWithCode(capital(baseline), 600)}.`]),
  ].join('\\\n');
}

function covered(verdict: Verdict): string {
  const coverage = summarizeCoverage(verdict);
  const list = coverage.notCovered.length === 0 ? '' : ', listed below';
  return `Coverage: ${coverage.totals}${coverageResult(coverage, bold)}${list}.`;
}

/** One line, cut between engines if too long. */
export function engineLine({ engines }: Verdict): Section {
  const items = engineItems(engines);
  return {
    priority: 8,
    head: items.length === 0 ? '' : 'Engines: ',
    items: items.map(({ markdown }, index) => `${index === 0 ? '' : ' · '}${markdown}`),
    foot: (left) => `${left === 0 ? '' : ` · ${total(items.slice(items.length - left))} more`}\n\n`,
  };
}

export function footer(verdict: Verdict, { change, gateVersion }: ItemContext): Section {
  const facts = [
    hyperlink('Job summary', runAddress(change)),
    `commit ${commitLink(change, change.headSha)}`,
    `k8s-gate ${code(gateVersion, 40)}`,
  ];
  const local = `Run this check locally with \`k8s-gate check\`; ${code(`k8s-gate explain ${explainable(verdict)}`)} explains a rule.`;
  return fixedText(`${facts.join(' · ')}\\\n${local}\n`);
}

/** The rule of the worst finding that `k8s-gate explain` knows, so that the command can be copied. */
function explainable({ findings }: Verdict): string {
  const known = findings.find(
    ({ finding: { engine, rule } }) =>
      (engine === 'cel' || engine === 'kube-linter' || /^(CVE|GHSA)-/.test(rule)) && /^[\w-]{1,80}$/.test(rule),
  );
  return known?.finding.rule ?? 'RULE';
}

function fixedText(text: string): Section {
  return { priority: 0, head: text, items: [], foot: () => '' };
}
