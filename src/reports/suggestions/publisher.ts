import { GitHubError } from '../../model/github-error.ts';
import type { GitHub, ReviewRequest } from '../../ports/ports.ts';
import { suggestionsPerReview } from '../limits.ts';
import type { Publication, PublishContext, Publisher } from '../publisher.ts';
import { oneLine, plural } from '../text.ts';
import { commentBody, postedBefore } from './comment.ts';
import { hunksOf } from './diff.ts';
import { type Drafts, draftAll, fixable } from './drafts.ts';

type Comment = ReviewRequest['comments'][number];

/** Review comments with fixed lines that a person can apply with one click. */
export const suggestionsPublisher: Publisher = {
  id: 'suggestions',
  title: 'Suggestions',
  summary:
    'Review comments with suggested changes, for findings that block or warn and whose fix is one small edit within the diff.',
  permission: 'pull-requests: write',
  async publish(verdict, context, { github, clock }) {
    const reason = whyNot(context);
    const { pullRequest, headSha } = context.change;
    if (reason !== undefined || pullRequest === undefined)
      return { status: 'not-applicable', reason: reason ?? 'there is no pull request' };
    const findings = fixable(verdict);
    if (findings.length === 0) return { status: 'delivered', notes: ['no finding that blocks or warns has a patch as its fix'] };
    const { number } = pullRequest;
    const now = await github.pullRequest(number);
    // GitHub's diff is that of the current head: on another commit the line numbers would be wrong.
    if (!now.open || now.headSha !== headSha)
      return { status: 'not-applicable', reason: 'the pull request has a newer head commit' };
    const drafts = await draftAll(findings, hunksOf(await github.pullRequestFiles(number)), context, { github, clock });
    return await deliver(drafts, number, headSha, github);
  },
};

/**
 * A report from a job that the change could alter may contain any patch; published with an apply button and under the gate's name, it
 * would look like our advice.
 */
function whyNot({ untrusted, change: { event, pullRequest } }: PublishContext): string | undefined {
  if (pullRequest === undefined) return 'there is no pull request';
  if (untrusted) return 'the verdict comes from a job that the change could alter, so its patches are not suggested';
  if (pullRequest.fromFork && event === 'pull_request') return 'the token of a pull request from a fork is read-only';
  return undefined;
}

async function deliver({ drafts, left }: Drafts, number: number, commitSha: string, github: GitHub): Promise<Publication> {
  const notes = [...left].map(([why, count]) => `no suggestion for ${plural(count, 'finding')}: ${why}`);
  if (drafts.length === 0) return { status: 'delivered', notes };
  const isPosted = postedBefore(await github.listReviewComments(number), await github.viewer(), commitSha);
  const fresh = drafts.filter((draft) => !isPosted(draft));
  const comments = fresh.slice(0, suggestionsPerReview).map(({ path, suggestion, ...draft }): Comment => {
    const { startLine, endLine } = suggestion;
    const body = commentBody({ path, suggestion, ...draft }, commitSha);
    return { path, line: endLine, body, ...(startLine < endLine && { startLine }) };
  });
  const old = drafts.length - fresh.length;
  const more = fresh.length - comments.length;
  const refused = comments.length === 0 ? [] : await send(comments, number, commitSha, github);
  return {
    status: 'delivered',
    notes: [
      ...notes,
      ...(old === 0 ? [] : [`${plural(old, 'suggestion')} already posted`]),
      ...(more === 0 ? [] : [`${plural(more, 'more suggestion')} did not fit into one review`]),
      ...refused,
    ],
  };
}

/** Sends one review; if GitHub rejects it for one of its comments, sends each comment alone, so that one bad line does not lose the rest. */
async function send(comments: readonly Comment[], number: number, commitSha: string, github: GitHub): Promise<readonly string[]> {
  try {
    await github.createReview(number, { commitSha, body: reviewBody(comments.length), comments });
    return [];
  } catch (thrown) {
    if (!isInvalid(thrown)) throw thrown;
    if (comments.length === 1) return [refusal(comments[0], thrown)];
  }
  const refused: string[] = [];
  for (const comment of comments) {
    try {
      await github.createReview(number, { commitSha, body: reviewBody(1), comments: [comment] });
    } catch (thrown) {
      if (!isInvalid(thrown)) throw thrown;
      refused.push(refusal(comment, thrown));
    }
  }
  return refused;
}

/** A review of type COMMENT needs a body: https://docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request */
function reviewBody(count: number): string {
  return `k8s-gate: ${plural(count, 'suggestion')}. Review each suggestion before you apply it; suggestions are not part of the verdict.`;
}

function isInvalid(thrown: unknown): thrown is GitHubError {
  return thrown instanceof GitHubError && thrown.kind === 'invalid';
}

function refusal(comment: Comment | undefined, error: GitHubError): string {
  return oneLine(`GitHub refused the suggestion at ${comment?.path ?? ''}:${comment?.line ?? 0}: ${error.message}`);
}
