import { GitHubError, type GitHubErrorKind } from '../model/github-error.ts';
import { safeText } from './console-log.ts';
import { systemCode, whyNot } from './system-error.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** `message` and `errors` of the body. */
  readonly message: string | undefined;
}

/**
 * An error of octokit as a GitHubError.
 * @param tried Completes `could not ...`: `list the comments of #7`.
 */
export function toGitHubError(
  tried: string,
  thrown: unknown,
  { token, timeoutMs }: { readonly token: string; readonly timeoutMs: number },
): GitHubError {
  const fail = (kind: GitHubErrorKind, reason: string, options: { readonly status?: number; readonly cause?: unknown } = {}) =>
    new GitHubError(kind, short(`could not ${tried}: ${reason}`, token), options);
  if (thrown instanceof GitHubError)
    return fail(thrown.kind, thrown.message, thrown.status === undefined ? {} : { status: thrown.status });
  const answer = answerOf(thrown);
  // The error itself is not the cause: it contains the whole request.
  if (answer !== undefined)
    return fail(kindOf(answer), `HTTP ${answer.status}${answer.message === undefined ? '' : `: ${answer.message}`}`, {
      status: answer.status,
    });
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof Error && cause.name === 'TimeoutError')
    return fail('unavailable', `no response within ${timeoutMs / 1_000} s`);
  // octokit gives what fetch threw the status 500, without a response.
  if (isObject(thrown) && 'status' in thrown && cause !== undefined)
    return fail('unavailable', systemCode(cause) === undefined ? whyNot(thrown) : whyNot(cause), { cause });
  return fail('unexpected', whyNot(thrown), { cause: thrown });
}

function answerOf(thrown: unknown): Answer | undefined {
  if (!isObject(thrown) || !('status' in thrown) || typeof thrown.status !== 'number') return undefined;
  if (!('response' in thrown) || !isObject(thrown.response)) return undefined;
  const { response } = thrown;
  const headers = 'headers' in response && isObject(response.headers) ? { ...response.headers } : {};
  return { status: thrown.status, headers, message: 'data' in response ? messageOf(response.data) : undefined };
}

/** A body that is not an object is an HTML page, which does not belong in a log. */
function messageOf(data: unknown): string | undefined {
  if (!isObject(data) || !('message' in data) || typeof data.message !== 'string') return undefined;
  const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors : [];
  return [data.message, ...errors.map((error: unknown) => (typeof error === 'string' ? error : JSON.stringify(error)))].join(
    '; ',
  );
}

const kinds: Readonly<Record<number, GitHubErrorKind>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  410: 'gone',
  422: 'invalid',
  429: 'rate-limited',
};

function kindOf({ status, headers, message = '' }: Answer): GitHubErrorKind {
  if (status >= 500) return 'unavailable';
  // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
  const limited = /rate limit/i.test(message) || headers['retry-after'] !== undefined;
  if (status === 403 && limited) return 'rate-limited';
  return kinds[status] ?? 'unexpected';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const maxMessage = 400;

/** One line for a log; what a server echoes back may hold the token. */
function short(text: string, token: string): string {
  const line = safeText((token === '' ? text : text.replaceAll(token, '***')).replace(/\s+/g, ' '));
  return line.length <= maxMessage ? line : `${line.slice(0, maxMessage - 1)}…`;
}
