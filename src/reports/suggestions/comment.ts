import type { JudgedFinding } from '../../model/verdict.ts';
import type { ReviewComment } from '../../ports/ports.ts';
import { code, fenced, prose } from '../markdown.ts';
import { fixOf, ruleOf } from '../view.ts';
import type { Suggestion } from './suggest.ts';

/** One comment of a review: a suggestion and every finding that it fixes. */
export interface Draft {
  readonly path: string;
  readonly suggestion: Suggestion;
  readonly findings: readonly JudgedFinding[];
}

const namedFindings = 5;

export function commentBody({ suggestion, findings }: Draft, headSha: string): string {
  const texts = findings.slice(0, namedFindings).map(({ finding }) => {
    const fix = fixOf(finding);
    const why = finding.detail === undefined ? '' : `\n\nWhy: ${prose(finding.detail, 600)}`;
    const how = fix === undefined ? '' : `\n\nFix: ${prose(fix, 600)}`;
    return `**${finding.severity}** ${code(ruleOf(finding), 120)} ${prose(finding.title, 400)}${why}${how}`;
  });
  const more = findings.length > namedFindings ? [`It also fixes ${findings.length - namedFindings} more findings.`] : [];
  return [...texts, ...more, fenced(suggestion.lines, 'suggestion'), marker(suggestion, findings, headSha)].join('\n\n');
}

/** Hidden in the comment, so that the next run recognizes it. Fingerprints, head and hash are hex, so they cannot close the HTML comment. */
function marker({ hash }: Suggestion, findings: readonly JudgedFinding[], headSha: string): string {
  const prints = findings.map(({ finding }) => finding.fingerprint).slice(0, 50);
  return `<!-- k8s-gate:suggestion head=${headSha} edit=${hash} findings=${prints.join(',')} -->`;
}

const marked = /<!-- k8s-gate:suggestion head=([0-9a-f]{40,64}) edit=([0-9a-f]{16}) findings=([0-9a-f,]*) -->/;

/**
 * Whether a draft was suggested before: for this head, or as the same edit on a line that the diff still shows. Only comments of the
 * gate's own account count, since anyone can write the marker.
 */
export function postedBefore(comments: readonly ReviewComment[], viewer: string, headSha: string): (draft: Draft) => boolean {
  const own = comments.flatMap(({ author, body, path, line }) => {
    const [, head, edit, prints = ''] = (author === viewer ? marked.exec(body) : null) ?? [];
    return head === undefined ? [] : [{ head, edit, path, isCurrent: line !== undefined, prints: new Set(prints.split(',')) }];
  });
  return ({ path, suggestion, findings }) =>
    own.some(
      (comment) =>
        (comment.head === headSha && findings.every(({ finding }) => comment.prints.has(finding.fingerprint))) ||
        (comment.isCurrent && comment.path === path && comment.edit === suggestion.hash),
    );
}
