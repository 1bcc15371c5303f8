/** A response or a fault that more attempts may or may not mend. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  readonly retryAfterMs: number | undefined;
  readonly final: boolean;

  constructor(message: string, options: { readonly final: boolean; readonly retryAfterMs?: number | undefined }) {
    super(message);
    this.final = options.final;
    this.retryAfterMs = options.retryAfterMs;
  }
}

const maxRedirects = 5;
/** A server that asks for a longer pause is not waited for. */
const maxRetryAfterMs = 60_000;

/**
 * node's own fetch, redirects by hand: each hop is held to the rule for the first. A name and password in the address (of a mirror) go to
 * its own origin and nowhere else. Throws DownloadError for an answer that is no 2xx.
 */
export async function request(url: string, ranges: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  const first = allowed(new URL(url), undefined);
  const authorization = basic(first);
  let target = first;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const sent = {
      'user-agent': 'k8s-gate',
      'accept-encoding': 'identity',
      ...ranges,
      ...(authorization !== undefined && target.origin === first.origin && { authorization }),
    };
    const response = await fetch(withoutCredentials(target), { redirect: 'manual', signal, headers: sent });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return accepted(response);
    await response.body?.cancel();
    target = allowed(new URL(location, target), target);
  }
  throw new DownloadError(`more than ${maxRedirects} redirects`, { final: true });
}

/** For requests, and for whatever is written down or said. */
export function withoutCredentials(url: URL | string): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}

function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
}

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** https; plain http only on this machine, and never by a redirect from somewhere else. */
function allowed(url: URL, from: URL | undefined): URL {
  const isLoopback = (host: string): boolean => loopback.test(host);
  const plain = url.protocol === 'http:' && isLoopback(url.hostname) && (from === undefined || isLoopback(from.hostname));
  if (url.protocol === 'https:' || plain) return url;
  const what = from === undefined ? 'the address' : 'a redirect';
  throw new DownloadError(`${what} leads to ${url.protocol}//${url.host}, which is no https address`, { final: true });
}

async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  // A body that nobody reads keeps its connection, and with it the process.
  await response.body?.cancel();
  const retry = response.status >= 500 || [408, 416, 429].includes(response.status);
  const retryAfterMs = retryAfter(response.headers.get('retry-after'));
  throw new DownloadError(`HTTP ${response.status}`, { final: !retry, retryAfterMs });
}

/** Whole seconds only: registries also send `35.852µs` and dates, for which our own pause does. */
function retryAfter(header: string | null): number | undefined {
  const ms = /^\d{1,9}$/.test(header ?? '') ? Number(header) * 1_000 : 0;
  return ms <= maxRetryAfterMs ? ms : undefined;
}
