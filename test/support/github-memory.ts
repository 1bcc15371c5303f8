import { GitHubError } from '../../src/model/github-error.ts';
import type {
  CheckAnnotation,
  CheckRunRequest,
  GitHub,
  IssueComment,
  KeptAttestation,
  PullRequestFile,
  PullRequestState,
  ReviewComment,
  ReviewRequest,
} from '../../src/ports/ports.ts';

type Method = keyof GitHub;

/**
 * GitHub in memory, for tests of what the reports decide. It refuses what GitHub refuses: long bodies, more than 50 annotations, comments
 * off the diff. The server in github-server/ is what tests of requests use.
 */
export class MemoryGitHub implements GitHub {
  readonly comments: (IssueComment & { readonly issue: number })[] = [];
  readonly checks: { id: number; request: CheckRunRequest; annotations: CheckAnnotation[] }[] = [];
  readonly reviews: { readonly number: number; readonly review: ReviewRequest }[] = [];
  readonly reviewComments: ReviewComment[] = [];
  readonly uploads: { readonly commitSha: string; readonly ref: string; readonly sarif: string }[] = [];
  readonly files = new Map<string, string>();
  /** Attestations by digest. */
  readonly bundles = new Map<string, readonly string[]>();
  /** Every call, in order. */
  readonly calls: Method[] = [];
  login = 'github-actions[bot]';
  pull: PullRequestState = {
    number: 7,
    author: 'dev',
    fromFork: false,
    baseRef: 'main',
    headSha: 'a'.repeat(40),
    headRepository: 'octo/shop',
    baseSha: 'b'.repeat(40),
    open: true,
  };
  pullFiles: readonly PullRequestFile[] = [];
  /** Called before each method: throw to fail it, change state to race it. */
  before: (method: Method) => void = () => {};
  #nextId = 100;

  async viewer(): Promise<string> {
    this.#enter('viewer');
    return this.login;
  }
  async listComments(issue: number): Promise<readonly IssueComment[]> {
    this.#enter('listComments');
    return this.comments.filter((comment) => comment.issue === issue).map((comment) => ({ ...comment }));
  }
  async createComment(issue: number, body: string): Promise<IssueComment> {
    this.#enter('createComment');
    this.#checkBody(body);
    return this.addComment(issue, body, this.login);
  }
  async updateComment(id: number, body: string): Promise<IssueComment> {
    this.#enter('updateComment');
    this.#checkBody(body);
    const index = this.#indexOf(id);
    const found = this.comments[index];
    if (found === undefined) throw new GitHubError('not-found', `there is no comment ${id}`, { status: 404 });
    if (found.author !== this.login) throw new GitHubError('forbidden', 'not your comment', { status: 403 });
    const updated = { ...found, body };
    this.comments[index] = updated;
    return updated;
  }
  async deleteComment(id: number): Promise<void> {
    this.#enter('deleteComment');
    if (this.#indexOf(id) < 0) throw new GitHubError('not-found', `there is no comment ${id}`, { status: 404 });
    this.comments.splice(this.#indexOf(id), 1);
  }
  async createCheckRun(request: CheckRunRequest): Promise<{ readonly id: number; readonly url: string }> {
    this.#enter('createCheckRun');
    this.#checkAnnotations(request.output.annotations);
    const id = this.#nextId++;
    this.checks.push({ id, request, annotations: [...request.output.annotations] });
    return { id, url: `https://github.example/checks/${id}` };
  }
  async updateCheckRun(id: number, request: Partial<CheckRunRequest>): Promise<{ readonly id: number; readonly url: string }> {
    this.#enter('updateCheckRun');
    const check = this.checks.find((candidate) => candidate.id === id);
    if (check === undefined) throw new GitHubError('not-found', `there is no check run ${id}`, { status: 404 });
    this.#checkAnnotations(request.output?.annotations ?? []);
    check.request = { ...check.request, ...request };
    check.annotations.push(...(request.output?.annotations ?? []));
    return { id, url: `https://github.example/checks/${id}` };
  }
  async pullRequest(number: number): Promise<PullRequestState> {
    this.#enter('pullRequest');
    if (number !== this.pull.number) throw new GitHubError('not-found', `there is no pull request ${number}`, { status: 404 });
    return this.pull;
  }
  async pullRequestsOf(headSha: string): Promise<readonly PullRequestState[]> {
    this.#enter('pullRequestsOf');
    return this.pull.open && this.pull.headSha === headSha ? [this.pull] : [];
  }
  async pullRequestFiles(): Promise<readonly PullRequestFile[]> {
    this.#enter('pullRequestFiles');
    return this.pullFiles;
  }
  async listReviewComments(): Promise<readonly ReviewComment[]> {
    this.#enter('listReviewComments');
    return [...this.reviewComments];
  }
  async createReview(number: number, review: ReviewRequest): Promise<void> {
    this.#enter('createReview');
    for (const { path, line, startLine, body } of review.comments) {
      this.#checkBody(body);
      const shown = linesOf(this.pullFiles.find((file) => file.path === path)?.patch);
      const lines = Array.from({ length: line - (startLine ?? line) + 1 }, (_, index) => (startLine ?? line) + index);
      if (lines.length === 0 || lines.some((wanted) => !shown.has(wanted)))
        throw new GitHubError('invalid', 'Unprocessable Entity: "pull_request_review_thread.line must be part of the diff"', {
          status: 422,
        });
    }
    this.reviews.push({ number, review });
    for (const { path, line, body } of review.comments)
      this.reviewComments.push({ id: this.#nextId++, author: this.login, path, line, body });
  }
  async fileAt(path: string): Promise<string | undefined> {
    this.#enter('fileAt');
    return this.files.get(path);
  }
  async attestations(digest: string): Promise<readonly KeptAttestation[]> {
    this.#enter('attestations');
    return (this.bundles.get(digest) ?? []).map((bundle) => ({ bundle }));
  }
  async uploadSarif(upload: { readonly commitSha: string; readonly ref: string; readonly sarif: string }) {
    this.#enter('uploadSarif');
    this.uploads.push(upload);
    return { id: `sarif-${this.uploads.length}` };
  }

  /** A comment by anyone. */
  addComment(issue: number, body: string, author: string): IssueComment {
    const id = this.#nextId++;
    const comment = { id, issue, body, author, url: `https://github.example/comments/${id}` };
    this.comments.push(comment);
    return comment;
  }

  #enter(method: Method): void {
    this.calls.push(method);
    this.before(method);
  }
  #indexOf(id: number): number {
    return this.comments.findIndex((comment) => comment.id === id);
  }
  /** https://github.com/orgs/community/discussions/27190 */
  #checkBody(body: string): void {
    if (body.length > 65_536)
      throw new GitHubError('invalid', 'Validation Failed: body is too long (maximum is 65536 characters)', { status: 422 });
  }
  #checkAnnotations(annotations: readonly CheckAnnotation[]): void {
    if (annotations.length > 50) throw new GitHubError('invalid', 'No more than 50 items are allowed', { status: 422 });
    for (const { startLine, endLine } of annotations)
      if (startLine < 1 || endLine < startLine) throw new GitHubError('invalid', 'Invalid annotation lines', { status: 422 });
  }
}

/** Lines of the head's file that a patch shows. */
function linesOf(patch: string | undefined): ReadonlySet<number> {
  const lines = new Set<number>();
  let next = 0;
  for (const text of (patch ?? '').split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk?.[1] !== undefined) next = Number(hunk[1]);
    else if (/^[ +]/.test(text)) lines.add(next++);
  }
  return lines;
}
