import type { Verdict } from '../../model/verdict.ts';
import type { Publisher } from '../publisher.ts';
import { outcomeTone } from '../view.ts';
import { renderBody } from './body.ts';
import { stampOf } from './marker.ts';
import { putComment } from './sticky.ts';

/** What changed policies would report once merged is something to see, too. */
function deservesComment(verdict: Verdict): boolean {
  const { preview } = verdict;
  return outcomeTone(verdict) !== 'pass' || preview?.status === 'unavailable' || (preview?.refused.length ?? 0) > 0;
}

/** One comment on the pull request, updated by each run. */
export const pullRequestCommentPublisher: Publisher = {
  id: 'pull-request-comment',
  title: 'Pull request comment',
  summary: 'One comment, kept up to date: the verdict, blocking findings with reason and fix, new and fixed findings.',
  permission: 'pull-requests: write',
  async publish(verdict, context, { github }) {
    const { pullRequest } = context.change;
    if (pullRequest === undefined)
      return { status: 'not-applicable', reason: `the event ${context.change.event} has no pull request` };
    const stamp = stampOf(context);
    const isNeeded = !context.comment.onlyFindings || deservesComment(verdict);
    return await putComment(github, pullRequest.number, stamp, renderBody(verdict, context), isNeeded);
  },
};
