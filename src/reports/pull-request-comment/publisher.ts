import type { Publisher } from '../publisher.ts';
import { renderBody } from './body.ts';
import { stampOf } from './marker.ts';
import { putComment } from './sticky.ts';

/** One comment on the pull request, written anew with each run. */
export const pullRequestCommentPublisher: Publisher = {
  id: 'pull-request-comment',
  title: 'Pull request comment',
  summary: 'One comment, kept up to date: the verdict, what blocks with why and how to mend it, what is new and what is fixed.',
  permission: 'pull-requests: write',
  async publish(verdict, context, { github }) {
    const { pullRequest } = context.change;
    if (pullRequest === undefined)
      return { status: 'not-applicable', reason: `${context.change.event} belongs to no pull request` };
    const stamp = stampOf(context);
    return await putComment(github, pullRequest.number, stamp, renderBody(verdict, context));
  },
};
