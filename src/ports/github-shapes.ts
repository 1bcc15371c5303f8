import { GitHubError } from '../model/github-error.ts';
import type { CheckRunRequest, IssueComment, PullRequestState, ReviewRequest } from './github.ts';

/** From GitHub's shapes to the port's, and back: https://docs.github.com/en/rest */

type Login = { readonly login: string } | null;

export function toComment(comment: { id: number; body?: string; html_url: string; user: Login }): IssueComment {
  return { id: comment.id, author: comment.user?.login ?? '', body: comment.body ?? '', url: comment.html_url };
}

export function toCheckRun(run: { id: number; html_url: string | null; url: string }): {
  readonly id: number;
  readonly url: string;
} {
  return { id: run.id, url: run.html_url ?? run.url };
}

interface Branch {
  readonly ref: string;
  readonly sha: string;
  /** GitHub's description documents it as always present; it is null if a fork was deleted. */
  readonly repo: { readonly id: number; readonly full_name: string } | null;
}

export function toPull(pull: { number: number; state: string; user: Login; head: Branch; base: Branch }): PullRequestState {
  const { head, base } = pull;
  return {
    number: pull.number,
    author: pull.user?.login ?? '',
    fromFork: head.repo === null || head.repo.id !== base.repo?.id,
    baseRef: base.ref,
    headSha: head.sha,
    ...(head.repo === null ? {} : { headRepository: head.repo.full_name }),
    baseSha: base.sha,
    open: pull.state === 'open',
  };
}

/** The common part of creating and updating. Fields that are not given keep their values. */
export function checkFields({ status, conclusion, detailsUrl, externalId, output }: Partial<CheckRunRequest>) {
  return {
    ...(status === undefined ? {} : { status }),
    ...(conclusion === undefined ? {} : { conclusion }),
    ...(detailsUrl === undefined ? {} : { details_url: detailsUrl }),
    ...(externalId === undefined ? {} : { external_id: externalId }),
    ...(output === undefined ? {} : { output: outputFields(output) }),
  };
}

function outputFields({ title, summary, text, annotations }: CheckRunRequest['output']) {
  return {
    title,
    summary,
    ...(text === undefined ? {} : { text }),
    annotations: annotations.map((annotation) => ({
      path: annotation.path,
      start_line: annotation.startLine,
      end_line: annotation.endLine,
      ...(annotation.startColumn === undefined ? {} : { start_column: annotation.startColumn }),
      ...(annotation.endColumn === undefined ? {} : { end_column: annotation.endColumn }),
      annotation_level: annotation.level,
      title: annotation.title,
      message: annotation.message,
    })),
  };
}

export function reviewComment({ path, line, startLine, body }: ReviewRequest['comments'][number]) {
  const start = startLine === undefined || startLine === line ? {} : { start_line: startLine, start_side: 'RIGHT' };
  return { path, line, side: 'RIGHT', ...start, body };
}

/** A folder, a submodule or a dangling link has no text. */
export function contentOf(data: object): string | undefined {
  if (!('type' in data) || data.type !== 'file' || !('content' in data) || typeof data.content !== 'string') return undefined;
  // Past 1 MB GitHub leaves the content out: https://docs.github.com/en/rest/repos/contents#get-repository-content
  if (!('encoding' in data) || data.encoding !== 'base64') throw new GitHubError('unexpected', 'the file is larger than 1 MB');
  return Buffer.from(data.content, 'base64').toString('utf8');
}
