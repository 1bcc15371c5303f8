import { setTimeout as sleep } from 'node:timers/promises';
import { GitHubError } from '../model/github-error.ts';
import type { GitHub } from './github.ts';
import { toGitHubError } from './github-errors.ts';
import { checkFields, contentOf, reviewComment, toCheckRun, toComment, toPull } from './github-shapes.ts';
import { createOctokit, defaultTiming, type OctokitSettings } from './octokit-client.ts';

export interface GitHubSettings extends OctokitSettings {
  /** `owner/name`. */
  readonly repository: string;
}

/** Who a job's own token is. */
const actionsBot = 'github-actions[bot]';
const perPage = 100;
/** Pages of open pull requests, newest change first: 40 calls a run are plenty. */
const maxPullPages = 10;

/**
 * GitHub over its REST API. A request whose answer was lost is sent again, so that a comment may stand there twice: who writes comments
 * finds its own by a marker and removes the second one. Check runs and reviews nobody could take back, so these are looked up first.
 */
export function createGitHub(settings: GitHubSettings): GitHub {
  const { token, log, timing = defaultTiming } = settings;
  const [owner = '', repo = ''] = settings.repository.split('/');
  const here = { owner, repo };
  const octokit = createOctokit(settings);
  const { checks, codeScanning, issues, pulls, repos } = octokit.rest;

  const trying = async <T>(tried: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (thrown) {
      throw toGitHubError(tried, thrown, { token, timeoutMs: timing.timeoutMs });
    }
  };

  /** Writes what must not stand there twice: after a lost answer it looks for what it wrote before it writes again. */
  const writeOnce = async <T>(tried: string, write: () => Promise<T>, find: () => Promise<T | undefined>): Promise<T> => {
    for (const pauseS of [1, 4, 9]) {
      try {
        return await trying(tried, write);
      } catch (thrown) {
        if (!(thrown instanceof GitHubError) || thrown.kind !== 'unavailable') throw thrown;
        log.debug(`${thrown.message}; looking whether it was done`);
      }
      await sleep(pauseS * timing.secondMs);
      const found = await trying(tried, find);
      if (found !== undefined) return found;
    }
    return trying(tried, write);
  };

  const askViewer = async (): Promise<string> => {
    try {
      const { viewer } = await octokit.graphql<{ readonly viewer: { readonly login: string } }>('{ viewer { login } }');
      return viewer.login;
    } catch (thrown) {
      const { message } = toGitHubError('ask whose token this is', thrown, { token, timeoutMs: timing.timeoutMs });
      log.debug(`${message}; taking ${actionsBot}`);
      return actionsBot;
    }
  };
  let viewer: Promise<string> | undefined;
  const viewerLogin = (): Promise<string> => {
    viewer ??= askViewer();
    return viewer;
  };

  return {
    viewer: viewerLogin,
    listComments: (issue) =>
      trying(`list the comments of #${issue}`, async () => {
        const all = await octokit.paginate(issues.listComments, { ...here, issue_number: issue, per_page: perPage });
        return all.map(toComment);
      }),
    createComment: (issue, body) =>
      trying(`comment on #${issue}`, async () =>
        toComment((await issues.createComment({ ...here, issue_number: issue, body })).data),
      ),
    updateComment: (id, body) =>
      trying(`update comment ${id}`, async () => toComment((await issues.updateComment({ ...here, comment_id: id, body })).data)),
    deleteComment: (id) =>
      trying(`delete comment ${id}`, async () => void (await issues.deleteComment({ ...here, comment_id: id }))),
    createCheckRun: (check) => {
      const { name, headSha, externalId } = check;
      return writeOnce(
        `create the check run ${name}`,
        async () =>
          toCheckRun(
            (await checks.create({ ...here, ...checkFields(check), name, head_sha: headSha, request: { retries: 0 } })).data,
          ),
        async () => {
          if (externalId === undefined) return undefined; // nothing tells it from an earlier run's
          const { data } = await checks.listForRef({ ...here, ref: headSha, check_name: name, filter: 'all', per_page: perPage });
          const found = data.check_runs.find((run) => run.external_id === externalId);
          return found === undefined ? undefined : toCheckRun(found);
        },
      );
    },
    updateCheckRun: (id, check) =>
      trying(`update check run ${id}`, async () =>
        toCheckRun((await checks.update({ ...here, ...checkFields(check), check_run_id: id })).data),
      ),
    pullRequest: (number) =>
      trying(`read pull request #${number}`, async () => toPull((await pulls.get({ ...here, pull_number: number })).data)),
    // Not /commits/{sha}/pulls: it finds nothing for commits of forks, which stand in another repository.
    pullRequestsOf: (headSha) =>
      trying(`find the pull request of ${headSha}`, async () => {
        let pages = 0;
        const query = { ...here, state: 'open', sort: 'updated', direction: 'desc', per_page: perPage } as const;
        const open = await octokit.paginate(pulls.list, query, ({ data }, done) => {
          if (++pages >= maxPullPages) done();
          return data.filter(({ head }) => head.sha === headSha);
        });
        return open.map(toPull);
      }),
    pullRequestFiles: (number) =>
      trying(`list the files of #${number}`, async () => {
        const all = await octokit.paginate(pulls.listFiles, { ...here, pull_number: number, per_page: perPage });
        return all.map(({ filename, status, patch }) => ({ path: filename, status, ...(patch === undefined ? {} : { patch }) }));
      }),
    listReviewComments: (number) =>
      trying(`list the review comments of #${number}`, async () => {
        const all = await octokit.paginate(pulls.listReviewComments, { ...here, pull_number: number, per_page: perPage });
        return all.map(({ id, user, path, body, line, side }) => ({
          id,
          author: user?.login ?? '',
          path,
          body,
          // A line of the left side is one of the base.
          ...(typeof line === 'number' && side !== 'LEFT' ? { line } : {}),
        }));
      }),
    createReview: (number, review) =>
      writeOnce(
        `review #${number}`,
        async () => {
          const comments = review.comments.map(reviewComment);
          const { commitSha: commit_id, body } = review;
          await pulls.createReview({
            ...here,
            pull_number: number,
            event: 'COMMENT',
            commit_id,
            body,
            comments,
            request: { retries: 0 },
          });
          return true;
        },
        async () => {
          const me = await viewerLogin();
          const all = await octokit.paginate(pulls.listReviews, { ...here, pull_number: number, per_page: perPage });
          const mine = ({ user, body, commit_id }: (typeof all)[number]) =>
            user?.login === me && body === review.body && commit_id === review.commitSha;
          return all.some(mine) || undefined;
        },
      ).then(() => undefined),
    fileAt: async (path, sha) => {
      if (/^\.{0,2}$/.test(path)) return undefined; // would change the address
      try {
        return await trying(`read ${path} at ${sha}`, async () => {
          const { data } = await repos.getContent({ ...here, path, ref: sha });
          return contentOf(data);
        });
      } catch (thrown) {
        if (thrown instanceof GitHubError && thrown.kind === 'not-found') return undefined;
        throw thrown;
      }
    },
    uploadSarif: ({ commitSha, ref, sarif }) =>
      trying('upload the SARIF report', async () => {
        const { data } = await codeScanning.uploadSarif({ ...here, commit_sha: commitSha, ref, sarif });
        return { id: data.id ?? '' };
      }),
  };
}
