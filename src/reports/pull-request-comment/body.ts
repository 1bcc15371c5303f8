import type { Verdict } from '../../model/verdict.ts';
import { sectionsOf } from '../document.ts';
import { engineLine, footer } from '../document-head.ts';
import { hyperlink, runAddress } from '../github-links.ts';
import {
  commentBudgetBytes,
  commentDifferenceBytes,
  commentDifferenceLines,
  commentRowsFolded,
  ownersMentioned,
} from '../limits.ts';
import { assemble, prose, severityCounts } from '../markdown.ts';
import type { PageContext } from '../page-context.ts';
import type { PublishContext } from '../publisher.ts';
import { severityTable } from '../view.ts';

/** The headline omits this name: only other gates of a repository need to be distinguished. */
const defaultGateName = 'k8s-gate';

/** The comment without its marker line, within GitHub's size limit. The job summary has what did not fit. */
export function renderBody(verdict: Verdict, context: PublishContext, maxBytes = commentBudgetBytes): string {
  const { change, gateName } = context;
  const elsewhere = hyperlink('the job summary', runAddress(change));
  const page: PageContext = {
    ...context,
    prefix: gateName === defaultGateName ? '' : `${prose(gateName, 100)}: `,
    compared: verdict.comparison?.status === 'compared',
    overview: [severityCounts(severityTable(verdict)), owners(verdict, context)].filter((part) => part !== '').join('\n\n'),
    elsewhere,
    links: [hyperlink('Job summary', runAddress(change))],
    rows: commentRowsFolded,
    listsExisting: false,
    difference: { bytes: commentDifferenceBytes, lines: commentDifferenceLines, elsewhere },
  };
  return assemble([...sectionsOf(verdict, page), engineLine(verdict), footer(verdict, page)], maxBytes);
}

/**
 * Mentions, unescaped. They are only of the base's CODEOWNERS, and only if they can be nothing but a mention: a report of a fork's run, which could name
 * anybody, mentions nobody.
 */
function owners({ findings }: Verdict, { comment, untrusted }: PublishContext): string {
  if (!comment.mentionOwners || untrusted) return '';
  const found = findings.flatMap(({ finding, state, action }) =>
    state === 'new' && action !== 'allow' ? (finding.owners ?? []) : [],
  );
  const names = [...new Set(found)].filter((name) => /^@[a-z\d][\w-]{0,99}(?:\/[a-z\d][\w.-]{0,99})?$/i.test(name));
  const more = names.length - ownersMentioned;
  return names.length === 0
    ? ''
    : `Owners of new findings: ${names.slice(0, ownersMentioned).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
