/**
 * Why a request to GitHub failed. A closed list, since each kind is handled differently: a fork's read-only token is expected, a 5xx may be
 * transient. A report that fails is `degraded` and does not affect the verdict.
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
  /** HTTP status; undefined without a response. */
  readonly status: number | undefined;

  /** @param message One line: what was attempted and GitHub's response; never contains the token. */
  constructor(kind: GitHubErrorKind, message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.status = options.status;
  }
}
