import type { PullRequest } from '../model/change.ts';

/**
 * GitHub as the reports need it, bound to one repository and token. Each method throws GitHubError after its own retries.
 * Shapes follow the REST API: https://docs.github.com/en/rest
 */
export interface GitHub {
  /** Login that the token acts as: `github-actions[bot]`, an app's `name[bot]`, a person. */
  viewer(): Promise<string>;
  /** All comments of an issue or pull request, oldest first. */
  listComments(issue: number): Promise<readonly IssueComment[]>;
  createComment(issue: number, body: string): Promise<IssueComment>;
  updateComment(id: number, body: string): Promise<IssueComment>;
  deleteComment(id: number): Promise<void>;
  createCheckRun(check: CheckRunRequest): Promise<CheckRun>;
  /** Annotations are appended to those the run has. */
  updateCheckRun(id: number, check: Partial<CheckRunRequest>): Promise<CheckRun>;
  /** The pull request as it is now. */
  pullRequest(number: number): Promise<PullRequestState>;
  /** Open pull requests of this repository whose head is this commit; for workflow_run, whose payload omits those of forks. */
  pullRequestsOf(headSha: string): Promise<readonly PullRequestState[]>;
  /** Files of a pull request with their patches. GitHub lists at most 3,000, and no patch for large or binary files. */
  pullRequestFiles(number: number): Promise<readonly PullRequestFile[]>;
  listReviewComments(number: number): Promise<readonly ReviewComment[]>;
  /** One review that comments only. GitHub refuses all of it (422) if one comment is not on a line of the diff. */
  createReview(number: number, review: ReviewRequest): Promise<void>;
  /** Text of a file at a commit; undefined without such a file. */
  fileAt(path: string, sha: string): Promise<string | undefined>;
  /**
   * Artifact attestations of a file or image, the newest 100; none also without access to the repository, which GitHub answers alike.
   * @param digest `sha256:…`
   * @param predicateType Absent: of all types.
   */
  attestations(digest: string, predicateType?: string): Promise<readonly KeptAttestation[]>;
  /** @param upload.sarif gzip, then base64. */
  uploadSarif(upload: {
    readonly commitSha: string;
    readonly ref: string;
    readonly sarif: string;
  }): Promise<{ readonly id: string }>;
}

/** A Sigstore bundle, JSON, or why it could not be read. */
export type KeptAttestation = { readonly bundle: string } | { readonly why: string };

/** Reads the attestations that GitHub keeps with a repository, `owner/name`, of an image, `sha256:…`. Never throws. */
export type ReadKeptAttestations = (repository: string, digest: string) => Promise<KeptAttestations>;
export type KeptAttestations =
  | { readonly status: 'read'; readonly attestations: readonly KeptAttestation[] }
  /** `why`: `HTTP 403: Resource not accessible by integration`. */
  | { readonly status: 'unavailable'; readonly why: string };

export interface IssueComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly url: string;
}

export interface CheckAnnotation {
  /** From the repository's root. */
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Only if start and end line are the same. */
  readonly startColumn?: number;
  readonly endColumn?: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

export interface CheckRunRequest {
  readonly name: string;
  readonly headSha: string;
  readonly status: 'in_progress' | 'completed';
  readonly conclusion?: 'success' | 'neutral' | 'failure';
  readonly detailsUrl?: string;
  readonly externalId?: string;
  readonly output: {
    readonly title: string;
    readonly summary: string;
    readonly text?: string;
    /** At most 50 a request. */
    readonly annotations: readonly CheckAnnotation[];
  };
}
export interface CheckRun {
  readonly id: number;
  readonly url: string;
}

export interface PullRequestState extends PullRequest {
  readonly headSha: string;
  /** `owner/name`; absent if the head repository was deleted. */
  readonly headRepository?: string;
  readonly baseSha: string;
  readonly open: boolean;
}

export interface PullRequestFile {
  readonly path: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed' | 'unchanged';
  /** Unified diff without its file header. */
  readonly patch?: string;
}

export interface ReviewComment {
  readonly id: number;
  readonly author: string;
  readonly path: string;
  readonly body: string;
  /** Absent if the line is outdated. */
  readonly line?: number;
}
export interface ReviewRequest {
  readonly commitSha: string;
  readonly body: string;
  readonly comments: readonly {
    readonly path: string;
    /** Last line of the comment, in the head's file. */
    readonly line: number;
    /** First line, if it is another. */
    readonly startLine?: number;
    readonly body: string;
  }[];
}
