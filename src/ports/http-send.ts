import type { LookupAddress } from 'node:dns';
import type { Dispatcher } from 'undici';
import { isHopeless, RequestError, whyNot } from './system-error.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Certificates are not checked. */
  readonly insecure?: boolean;
  readonly signal: AbortSignal;
}
export type HttpAnswer = Dispatcher.ResponseData;

const maxRedirects = 5;
const maxDiscarded = 64 * 1024;

/** Whether requests to this URL go through a proxy. */
export async function isProxied(url: URL): Promise<boolean> {
  const { proxyFor } = await import('./http-agents.ts');
  return proxyFor(url) !== undefined;
}

/**
 * One request, without redirects. undici and the certificates are loaded by the first one: most runs send none.
 * @param only Checked addresses of the host. Without a proxy no other address is connected to.
 */
export async function send(sent: HttpRequest, only?: readonly LookupAddress[]): Promise<HttpAnswer> {
  const { url, method, headers, body, insecure = false, signal } = sent;
  const { agentFor, proxyFor, request } = await import('./http-agents.ts');
  const proxy = proxyFor(url);
  try {
    const answer = await request(withoutCredentials(url), {
      dispatcher: agentFor(url, { proxy, insecure, only }),
      method,
      headers: { 'user-agent': 'k8s-gate', ...headers },
      ...(body !== undefined && { body }),
      signal,
    });
    // The connection may be cut before anybody reads: the reader gets that error, and without a listener it would end the process.
    answer.body.on('error', () => {});
    return answer;
  } catch (thrown) {
    throw proxy === undefined || signal.aborted ? thrown : proxyError(proxy, thrown);
  }
}

/** Names the proxy without its credentials: in a failed request, either the proxy or the host behind it may have failed. */
function proxyError({ protocol, host }: URL, cause: unknown): RequestError {
  const name = `the proxy ${protocol}//${host}`;
  // undici's messages for an answer to CONNECT, and for one to a plain request.
  const [, status] =
    /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(cause instanceof Error ? cause.message : '') ?? [];
  const options = { final: status === '407' || status === '403' || isHopeless(cause), cause };
  if (status === undefined) return new RequestError(`${whyNot(cause)}, through ${name}`, options);
  const why = status === '407' ? 'does not accept the credentials of its address in the environment' : 'did not connect';
  return new RequestError(`${name} ${why} (HTTP ${status})`, options);
}

/** What to do with one hop of a request: returns the addresses it may go to (undefined: any), or throws. */
export type CheckHop = (url: URL, from: URL | undefined) => Promise<readonly LookupAddress[] | undefined>;

/** Follows redirects itself: each hop is checked like the first, and `authorization` is sent to the first origin only. */
export async function follow(first: HttpRequest, check: CheckHop): Promise<HttpAnswer> {
  let [url, from]: [URL, URL | undefined] = [first.url, undefined];
  const { authorization: _, ...others } = first.headers;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const only = await check(url, from);
    const answer = await send({ ...first, url, headers: url.origin === first.url.origin ? first.headers : others }, only);
    const location = header(answer, 'location');
    if (answer.statusCode < 300 || answer.statusCode > 399 || location === undefined || first.method === 'POST') return answer;
    discard(answer);
    if (!URL.canParse(location, url.href)) throw new RequestError('it redirects to an invalid address', { final: true });
    [url, from] = [new URL(location, url), url];
  }
  throw new RequestError(`more than ${maxRedirects} redirects`, { final: true });
}

export function header({ headers }: HttpAnswer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Reads a short answer that nobody needs to its end, so that its connection can be used again, and cuts off a long one. */
export function discard({ body }: HttpAnswer): void {
  void body.dump({ limit: maxDiscarded });
}

export async function readBody({ body }: HttpAnswer, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const piece: Buffer = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > maxBytes) throw new RequestError(`the response is larger than ${maxBytes} bytes`, { final: true });
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

/** For requests, and for whatever is logged or stored. */
export function withoutCredentials(url: URL | string): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}

export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
