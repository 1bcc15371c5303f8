import { setTimeout as sleep } from 'node:timers/promises';
import { GitHubError } from '../model/github-error.ts';
import type { GitHub } from './github.ts';
import { toGitHubError } from './github-errors.ts';
import { checkFields, contentOf, reviewComment, toCheckRun, toComment, toPull } from './github-shapes.ts';
import { createOctokit, defaultTiming, type Octokit, type OctokitSettings } from './octokit-client.ts';
import { readStoredBundle } from './stored-bundle.ts';

export interface GitHubSettings extends OctokitSettings {
  /** `owner/name`. */
  readonly repository: string;
}

/** The login of a job's own token. */
const actionsBot = 'github-actions[bot]';
const perPage = 100;
/** Pages of open pull requests, newest change first: 40 calls a run are enough. */
const maxPullPages = 10;

/**
 * GitHub over its REST API. A request whose answer was lost is sent again, so that a comment may be there twice: whoever writes comments
 * finds its own by a marker and removes the second one. Check runs and reviews can't be deleted, so these are looked up first.
 */
export function createGitHub(settings: GitHubSettings): GitHub {
  const { octokit, here, trying, writeOnce, viewer } = createApi(settings);
  const { checks, codeScanning, issues, pulls, repos } = octokit.rest;
  return {
    viewer,
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
          if (externalId === undefined) return undefined; // nothing distinguishes it from an earlier run's
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
    // Not /commits/{sha}/pulls: it finds nothing for commits of forks, which are in another repository.
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
          const me = await viewer();
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
    attestations: async (subject_digest, predicate_type) => {
      try {
        return await trying(`list the attestations of ${subject_digest}`, async () => {
          const { data } = await repos.listAttestations({
            ...{ ...here, subject_digest, per_page: perPage },
            ...(predicate_type !== undefined && { predicate_type }),
          });
          const all = (data.attestations ?? []).map(({ bundle, bundle_url: address = '' }) =>
            bundle === undefined || bundle === null
              ? readStoredBundle(address, settings.apiUrl)
              : { bundle: JSON.stringify(bundle) },
          );
          return Promise.all(all);
        });
      } catch (thrown) {
        // GitHub's answer if there are none, and also without access to the repository.
        if (thrown instanceof GitHubError && thrown.kind === 'not-found') return [];
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

interface Api {
  readonly octokit: Octokit;
  readonly here: { readonly owner: string; readonly repo: string };
  /** Makes what octokit throws a GitHubError. `tried` completes `could not ...`. */
  readonly trying: <T>(tried: string, call: () => Promise<T>) => Promise<T>;
  /** Writes what must not be there twice: after a lost answer it looks for what it wrote before it writes again. */
  readonly writeOnce: <T>(tried: string, write: () => Promise<T>, find: () => Promise<T | undefined>) => Promise<T>;
  readonly viewer: () => Promise<string>;
}

function createApi(settings: GitHubSettings): Api {
  const { token, log, timing = defaultTiming } = settings;
  const [owner = '', repo = ''] = settings.repository.split('/');
  const octokit = createOctokit(settings);
  const trying: Api['trying'] = async (tried, call) => {
    try {
      return await call();
    } catch (thrown) {
      throw toGitHubError(tried, thrown, { token, timeoutMs: timing.timeoutMs });
    }
  };
  const askViewer = async (): Promise<string> => {
    try {
      // A client of its own: throttling paces GraphQL queries with the writes, and this is a read.
      const query = () =>
        createOctokit(settings).graphql<{ readonly viewer: { readonly login: string } }>('{ viewer { login } }');
      return (await trying('query the login of the token', query)).viewer.login;
    } catch (thrown) {
      log.debug(`${thrown instanceof Error ? thrown.message : thrown}; assuming ${actionsBot}`);
      return actionsBot;
    }
  };
  let viewer: Promise<string> | undefined;
  return {
    octokit,
    here: { owner, repo },
    trying,
    async writeOnce(tried, write, find) {
      for (const pauseS of [1, 4, 9]) {
        try {
          return await trying(tried, write);
        } catch (thrown) {
          if (!(thrown instanceof GitHubError) || thrown.kind !== 'unavailable') throw thrown;
          log.debug(`${thrown.message}; checking whether it was done`);
        }
        await sleep(pauseS * timing.secondMs);
        const found = await trying(tried, find);
        if (found !== undefined) return found;
      }
      return trying(tried, write);
    },
    viewer() {
      viewer ??= askViewer();
      return viewer;
    },
  };
}
