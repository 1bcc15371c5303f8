import { type ApiRequest, checkBody, notFound, Refusal, type Routes, user } from './api.ts';
import { shownLines } from './diff.ts';
import type { Pull, Repository } from './state.ts';

function shown(pull: Pull, { state, repository }: ApiRequest): object {
  const name = pull.headRepository;
  const head =
    name === repository.fullName
      ? repository
      : name === undefined
        ? undefined
        : (state.repositories.get(name) ?? { id: 1, fullName: name });
  const repo = (of: Pick<Repository, 'id' | 'fullName'> | undefined) =>
    of === undefined ? null : { id: of.id, full_name: of.fullName, name: of.fullName.split('/')[1] };
  return {
    number: pull.number,
    state: pull.open ? 'open' : 'closed',
    user: user(pull.author),
    head: { ref: 'feature', sha: pull.headSha, repo: repo(head) },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo: repo(repository) },
  };
}

function pullOf({ repository, path }: ApiRequest): Pull {
  const found = repository.pulls.find(({ number }) => number === Number(path.pull_number));
  if (found === undefined) throw notFound();
  return found;
}

interface Wanted {
  readonly path: string;
  readonly body: string;
  readonly line?: number;
  readonly side?: 'LEFT' | 'RIGHT';
  readonly start_line?: number;
}

/** One comment off the diff and all of the review is refused. */
function checkOnDiff(pull: Pull, { path, line, start_line, side = 'RIGHT', body }: Wanted): void {
  checkBody(body);
  const last = line ?? 0;
  const visible = shownLines(pull.files.find((file) => file.path === path)?.patch)[side];
  if (start_line !== undefined && start_line >= last)
    throw new Refusal(422, 'Unprocessable Entity', ['start_line must precede the end line.']);
  for (const wanted of [start_line ?? last, last])
    if (!visible.has(wanted)) throw new Refusal(422, 'Unprocessable Entity', ['Line could not be resolved']);
}

export const pullRoutes: Routes = {
  'GET /repos/{owner}/{repo}/pulls': {
    answer: (request) => ({
      status: 200,
      body: request.repository.pulls
        .filter(({ open }) => request.query.state === 'all' || open === (request.query.state !== 'closed'))
        .map((pull) => shown(pull, request)),
    }),
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': {
    answer: (request) => ({ status: 200, body: shown(pullOf(request), request) }),
  },
  /** As GitHub: commits of forks belong to no pull request here. */
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': {
    answer: (request) => ({
      status: 200,
      body: request.repository.pulls
        .filter((pull) => pull.headSha === request.path.commit_sha && pull.headRepository === request.repository.fullName)
        .map((pull) => shown(pull, request)),
    }),
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files': {
    answer: (request) => ({
      status: 200,
      body: pullOf(request)
        .files.slice(0, 3_000)
        .map(({ path, ...file }) => ({ filename: path, ...file })),
    }),
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/comments': {
    answer: (request) => {
      const { number } = pullOf(request);
      const comments = request.repository.reviewComments.filter(({ pull }) => pull === number);
      return {
        status: 200,
        body: comments.map(({ id, author, path, line, side, startLine, body, review }) => ({
          ...{ id, path, side, body, user: user(author), pull_request_review_id: review ?? null },
          ...(line === undefined ? {} : { line }),
          ...(startLine === undefined ? {} : { start_line: startLine }),
        })),
      };
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': {
    answer: (request) => {
      const { number } = pullOf(request);
      const reviews = request.repository.reviews.filter(({ pull }) => pull === number);
      return {
        status: 200,
        body: reviews.map(({ id, author, body, commitSha }) => ({ id, body, commit_id: commitSha, user: user(author) })),
      };
    },
  },
  'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews': {
    needs: ['pull-requests'],
    answer: (request) => {
      const { state, repository, login: author, body } = request;
      const pull = pullOf(request);
      const wanted = Array.isArray(body.comments) ? (body.comments as readonly Wanted[]) : [];
      for (const comment of wanted) checkOnDiff(pull, comment);
      const text = checkBody(body.body);
      if (text === '' && wanted.length === 0) throw new Refusal(422, 'Unprocessable Entity', ['Body is missing']);
      const review = {
        id: state.nextId(),
        pull: pull.number,
        author,
        body: text,
        commitSha: String(body.commit_id ?? pull.headSha),
      };
      repository.reviews.push(review);
      for (const { path, line, start_line, side = 'RIGHT', body: said } of wanted)
        repository.reviewComments.push({
          ...{ id: state.nextId(), pull: pull.number, review: review.id, author, path, line, side, body: said },
          ...(start_line === undefined ? {} : { startLine: start_line }),
        });
      return {
        status: 200,
        body: { id: review.id, body: text, commit_id: review.commitSha, user: user(author), state: 'COMMENTED' },
      };
    },
  },
};
