import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

/** One request to a registry, or to the token service it names. */
export interface RegistryRequest {
  readonly url: URL;
  readonly method: 'HEAD' | 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Certificates are not checked, and plain http is allowed: `insecureRegistries`. */
  readonly insecure: boolean;
  readonly signal: AbortSignal;
}
export interface RegistryAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const maxRedirects = 5;
/** A token is a few kilobytes. */
const maxBytes = 1024 * 1024;
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export function isLoopback(hostname: string): boolean {
  return loopback.test(hostname);
}

/** Follows redirects by hand: each hop is held to the rule for the first, and the authorization stays with its origin. */
export async function ask(first: RegistryRequest): Promise<RegistryAnswer> {
  let next = first;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    requireAllowed(next.url, first);
    const answer = await once(next);
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status > 399 || location === undefined || next.method === 'POST') return answer;
    const url = new URL(location, next.url);
    const { authorization: _, ...others } = first.headers;
    next = { ...first, url, headers: url.origin === first.url.origin ? first.headers : others };
  }
  throw new Error(`more than ${maxRedirects} redirects`);
}

/** https; plain http on this machine, or to a registry that the configuration calls insecure, and never by a redirect to elsewhere. */
function requireAllowed({ protocol, hostname }: URL, first: RegistryRequest): void {
  const own = hostname === first.url.hostname;
  const startedPlain = first.url.protocol === 'http:';
  if (protocol === 'https:' || (protocol === 'http:' && own && startedPlain && (first.insecure || isLoopback(hostname)))) return;
  throw new Error(`it leads to ${protocol}//${hostname}, which is no https address`);
}

function once({ url, method, headers, body, insecure, signal }: RegistryRequest): Promise<RegistryAnswer> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { 'user-agent': 'k8s-gate', ...headers }, signal };
    const sent =
      url.protocol === 'https:'
        ? tlsRequest(url, { ...options, ...(insecure && { rejectUnauthorized: false }) })
        : plainRequest(url, options);
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) response.destroy(new Error(`the answer is larger than ${maxBytes} bytes`));
        else chunks.push(chunk);
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.end(body);
  });
}
