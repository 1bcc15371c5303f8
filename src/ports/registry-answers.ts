import { createHash } from 'node:crypto';
import { discard, type HttpAnswer, header } from './http-send.ts';
import { retryAfterMs } from './retry.ts';
import { RequestError } from './system-error.ts';

/** A server that asks for a longer pause is not waited for. */
const maxRetryAfterMs = 10_000;

/** Why a request failed, and whether another attempt may help. The rest of the answer is not read. */
export function failed(answer: HttpAnswer): RequestError {
  discard(answer);
  const { statusCode } = answer;
  const asked = retryAfterMs(header(answer, 'retry-after'));
  return new RequestError(`HTTP ${statusCode}`, { final: !mayImprove(answer) || asked > maxRetryAfterMs, retryAfterMs: asked });
}

export function mayImprove({ statusCode }: HttpAnswer): boolean {
  return statusCode === 429 || statusCode >= 500;
}

/** The path of the next page of a list. Only the query is taken from the answer: the page is of the same list. */
export function nextPage(answer: HttpAnswer, path: string): string | undefined {
  const query = /<[^>]*?(\?[^>]*)>\s*;\s*rel="?next"?/.exec(header(answer, 'link') ?? '')?.[1];
  return query === undefined ? undefined : `${path.replace(/\?.*$/, '')}${query}`;
}

/** `sha256:…` */
export function digestOf(body: Uint8Array): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

export function requireDigest(found: string, expected: string): void {
  if (found === expected) return;
  throw new RequestError(`its content has the digest ${found}, not ${expected}`, { final: true });
}
