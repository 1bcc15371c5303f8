/** What a GitHub holds. Tests set it up and read it. */
export interface Repository {
  readonly id: number;
  /** `owner/name` */
  readonly fullName: string;
  readonly comments: Comment[];
  readonly pulls: Pull[];
  readonly reviews: Review[];
  readonly reviewComments: ReviewComment[];
  readonly checkRuns: CheckRun[];
  readonly sarifs: { readonly id: string; readonly commitSha: string; readonly ref: string; readonly sarif: string }[];
  /** Text by `<sha>:<path>`; 'folder' instead of text is a folder. */
  readonly files: Map<string, string | { readonly kind: 'folder' | 'symlink' | 'submodule' }>;
  /** By digest and type; without a bundle, GitHub has it elsewhere. */
  readonly attestations: {
    readonly digest: string;
    readonly predicateType: string;
    readonly bundle?: object;
    /** Address at a storage. */
    readonly bundleUrl?: string;
  }[];
}
export interface Comment {
  readonly id: number;
  readonly issue: number;
  /** Undefined: the account is gone. */
  readonly author: string | undefined;
  body: string;
}
export interface Pull {
  readonly number: number;
  readonly author: string;
  readonly baseRef: string;
  baseSha: string;
  headSha: string;
  /** `owner/name`; undefined: the fork was deleted. */
  readonly headRepository: string | undefined;
  open: boolean;
  readonly files: PullFile[];
}
export interface PullFile {
  readonly path: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  /** Absent: binary, or too large. */
  readonly patch?: string;
}
export interface Review {
  readonly id: number;
  readonly pull: number;
  readonly author: string;
  readonly body: string;
  readonly commitSha: string;
}
export interface ReviewComment {
  readonly id: number;
  readonly pull: number;
  readonly review: number | undefined;
  readonly author: string;
  readonly path: string;
  /** Undefined: outdated. */
  readonly line: number | undefined;
  readonly startLine?: number;
  readonly side: 'LEFT' | 'RIGHT';
  readonly body: string;
}
export interface CheckRun {
  readonly id: number;
  readonly headSha: string;
  name: string;
  status: string;
  conclusion?: string;
  detailsUrl?: string;
  externalId?: string;
  output?: { readonly title: string; readonly summary: string; readonly text?: string };
  /** As they were sent, all requests together. */
  readonly annotations: Readonly<Record<string, unknown>>[];
}

export type Permission = 'issues' | 'pull-requests' | 'checks' | 'security-events';
export interface Token {
  readonly login: string;
  /** What it may write; it may read everything. A fork's token may write nothing. */
  readonly write: readonly Permission[];
}

export class GitHubState {
  readonly repositories = new Map<string, Repository>();
  readonly tokens = new Map<string, Token>();
  #nextId = 1_000;

  nextId(): number {
    return this.#nextId++;
  }
  /** Answers below `/storage`, which is not part of the API: attestations that GitHub does not return itself. */
  readonly storage = new Map<string, { readonly status?: number; readonly location?: string; readonly bytes?: Buffer }>();
  addRepository(fullName: string): Repository {
    const repository: Repository = {
      id: this.nextId(),
      fullName,
      comments: [],
      pulls: [],
      reviews: [],
      reviewComments: [],
      checkRuns: [],
      sarifs: [],
      files: new Map(),
      attestations: [],
    };
    this.repositories.set(fullName, repository);
    return repository;
  }
  addComment(repository: Repository, issue: number, body: string, author: string | undefined): Comment {
    const comment = { id: this.nextId(), issue, author, body };
    repository.comments.push(comment);
    return comment;
  }
}

/** A pull request of the repository itself, open. */
export function pull(repository: Repository, part: Partial<Pull> & Pick<Pull, 'number'>): Pull {
  const made: Pull = {
    author: 'dev',
    baseRef: 'main',
    baseSha: 'b'.repeat(40),
    headSha: 'a'.repeat(40),
    headRepository: repository.fullName,
    open: true,
    files: [],
    ...part,
  };
  repository.pulls.push(made);
  return made;
}
