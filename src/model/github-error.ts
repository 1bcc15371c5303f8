/**
 * How GitHub refused. A closed list, since each has its own answer: a fork's read-only token is expected, a 5xx may be gone in a minute.
 * A report that fails is `degraded`; no verdict depends on it.
 */
export const gitHubErrorKinds = [
  'unauthorized', // 401: no or an expired token
  'forbidden', // 403: the token may not; a fork's or Dependabot's run, or a missing permission
  'not-found', // 404: not there, or not for this token
  'gone', // 410: issues, pull requests or checks are switched off, or the thing was deleted
  'invalid', // 422: GitHub refused the content
  'rate-limited', // 429, or 403 of the primary or a secondary limit, after the retries
  'unavailable', // 5xx, a timeout or no connection, after the retries
  'unexpected', // any other answer
] as const;
export type GitHubErrorKind = (typeof gitHubErrorKinds)[number];

export class GitHubError extends Error {
  override readonly name = 'GitHubError';
  readonly kind: GitHubErrorKind;
  /** HTTP status; absent where no answer came. */
  readonly status: number | undefined;

  /** @param message In one line: what was tried and what GitHub said; never holds the token. */
  constructor(kind: GitHubErrorKind, message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.status = options.status;
  }
}
