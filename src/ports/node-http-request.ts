import { discard, follow, type HttpAnswer, header, isLoopback } from './http-send.ts';
import { retryAfterMs } from './retry.ts';
import { RequestError } from './system-error.ts';

/** A server that asks for a longer pause is not waited for. */
const maxRetryAfterMs = 60_000;

/**
 * A name and password in the address (of a mirror) are sent to its own origin only. Throws RequestError for any answer but 2xx.
 */
export async function request(
  address: string,
  ranges: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const url = new URL(address);
  const authorization = basic(url);
  const headers = { 'accept-encoding': 'identity', ...ranges, ...(authorization !== undefined && { authorization }) };
  const answer = await follow({ url, method: 'GET', headers, signal }, requireHttps);
  const { statusCode } = answer;
  if (statusCode >= 200 && statusCode < 300) return answer;
  discard(answer);
  const asked = retryAfterMs(header(answer, 'retry-after'));
  throw new RequestError(`HTTP ${statusCode}`, {
    final: statusCode < 500 && ![408, 416, 429].includes(statusCode),
    retryAfterMs: asked <= maxRetryAfterMs ? asked : 0,
  });
}

function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
}

/** Plain http is for this machine only, and never by a redirect from another one. */
async function requireHttps(url: URL, from: URL | undefined): Promise<undefined> {
  const plain = url.protocol === 'http:' && isLoopback(url.hostname) && (from === undefined || isLoopback(from.hostname));
  if (url.protocol === 'https:' || plain) return;
  const what = from === undefined ? 'the address' : 'a redirect';
  throw new RequestError(`${what} leads to ${url.protocol}//${url.host}, which is not an https address`, { final: true });
}
