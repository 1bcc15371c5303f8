import type { Verdict } from '../model/verdict.ts';
import { previewOf, unrenderedOf } from './decision.ts';
import { baselineOf, existingOf } from './existing.ts';
import { commitLink, hyperlink } from './github-links.ts';
import { headlineIcon, headlineOf } from './headline.ts';
import { engineItems } from './list-items.ts';
import { total } from './list-sections.ts';
import { bold, code, type Section } from './markdown.ts';
import { proseWithCode } from './markdown-items.ts';
import type { PageContext } from './page-context.ts';
import { capital } from './text.ts';
import { byAction, coverageResult, summarizeCoverage } from './view.ts';

/** The headline, and what it needs to be understood. */
export function head(verdict: Verdict, page: PageContext): Section {
  const whose = page.untrusted ? "By the fork's own run: " : '';
  const lines = [
    `## ${page.prefix}${whose}${headlineIcon(verdict)} ${headlineOf(verdict, page)}`,
    page.untrusted ? untrustedNote : '',
    verdict.outcome === 'error' ? notJudged : '',
    page.overview,
    [compared(verdict, page), existing(verdict), covered(verdict), previewed(verdict)].filter((line) => line !== '').join('\\\n'),
  ];
  return fixedText(`${lines.filter((line) => line !== '').join('\n\n')}\n\n`);
}

const notJudged = 'The check fails until everything can be evaluated, because what was not evaluated may be unsafe.';

const untrustedNote =
  "> **Created by the fork's own run, which the change could have altered.** This comment is informational: the required check is the job.";

function previewed(verdict: Verdict): string {
  const text = previewOf(verdict);
  return text === undefined ? '' : `Once merged, ${proseWithCode(text, 600)}.`;
}

function compared(verdict: Verdict, { change }: PageContext): string {
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

export function footer(verdict: Verdict, { change, gateVersion, links }: PageContext): Section {
  const commit = change === undefined ? [] : [`commit ${commitLink(change, change.headSha)}`];
  const facts = [...links, ...commit, `k8s-gate ${code(gateVersion, 40)}`];
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
