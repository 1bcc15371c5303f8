import { type IncomingHttpHeaders, type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { certificateAuthorities } from './certificate-authorities.ts';
import type { NamedHosts } from './ports.ts';
import { isNamed, reach } from './registry-reach.ts';

/** One request to a registry, or to the token service it names. */
export interface RegistryRequest {
  readonly url: URL;
  readonly method: 'HEAD' | 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Certificates are not checked, and plain http is allowed: `insecureRegistries`. */
  readonly insecure: boolean;
  readonly named: NamedHosts;
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
const maxDiscarded = 64 * 1024;
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export function isLoopback(hostname: string): boolean {
  return loopback.test(hostname);
}

/** Of our own: the global ones may be told by the environment to go through a proxy, which would look up names for itself. */
const plainAgent = new PlainAgent({ keepAlive: true });
let tlsAgent: TlsAgent | undefined;
function trustingTheSystem(): SecureContext {
  try {
    return createSecureContext({ ca: [...certificateAuthorities(process.env)] });
  } catch {
    return createSecureContext(); // a file of the system that is no list of certificates
  }
}
function agentForTls(): TlsAgent {
  tlsAgent ??= new TlsAgent({
    keepAlive: true,
    secureContext: trustingTheSystem(),
  });
  return tlsAgent;
}

/** Follows redirects by hand: each hop is held to the rules for the first, and the authorization stays with its origin. */
export async function open(first: RegistryRequest): Promise<IncomingMessage> {
  let next = first;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const lookup = await reach(next.url, first.named);
    await requireAllowed(next.url, first);
    const answer = await once(next, lookup);
    const { location } = answer.headers;
    const status = answer.statusCode ?? 0;
    if (status < 300 || status > 399 || location === undefined || next.method === 'POST') return answer;
    discard(answer);
    if (!URL.canParse(location, next.url.href)) throw new Error('it redirects to what is no address');
    const url = new URL(location, next.url);
    const { authorization: _, ...others } = first.headers;
    next = { ...first, url, headers: url.origin === first.url.origin ? first.headers : others };
  }
  throw new Error(`more than ${maxRedirects} redirects`);
}

/** The same, with the whole of a small answer. */
export async function ask(first: RegistryRequest): Promise<RegistryAnswer> {
  const answer = await open(first);
  const body = (await readBody(answer, maxBytes)).toString('utf8');
  return { status: answer.statusCode ?? 0, headers: answer.headers, body };
}

/** Reads an answer that nobody wants to its end, so that its connection can be used again; not one that is long. */
export function discard(answer: IncomingMessage): void {
  let bytes = 0;
  answer.on('error', () => {});
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxDiscarded) answer.destroy();
  });
}

export async function readBody(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    const piece: Buffer = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

/** https; plain http on this machine, or to a registry that the configuration calls insecure, and never by a redirect to elsewhere. */
async function requireAllowed(url: URL, first: RegistryRequest): Promise<void> {
  const { protocol, hostname } = url;
  if (protocol === 'https:') return;
  const plain = protocol === 'http:' && first.url.protocol === 'http:' && (first.insecure || isLoopback(hostname));
  if (plain && (hostname === first.url.hostname || (await isNamed(url, first.named)))) return;
  throw new Error(`it leads to ${protocol}//${hostname}, which is no https address`);
}

function once(
  { url, method, headers, body, insecure, signal }: RegistryRequest,
  lookup: LookupFunction,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { 'user-agent': 'k8s-gate', ...headers }, signal, lookup };
    const sent =
      url.protocol === 'https:'
        ? tlsRequest(url, { ...options, agent: agentForTls(), ...(insecure && { rejectUnauthorized: false }) })
        : plainRequest(url, { ...options, agent: plainAgent });
    sent.once('error', reject);
    sent.once('response', resolve);
    sent.end(body);
  });
}
