import { follow, type HttpAnswer, type HttpRequest, isLoopback, isProxied } from './http-send.ts';
import type { NamedHosts } from './ports.ts';
import { isNamed, reach } from './registry-reach.ts';
import { RequestError } from './system-error.ts';

/** One request to a registry, or to the token service it names. */
export interface RegistryRequest extends HttpRequest {
  /** Certificates are not checked, and plain http is allowed: `insecureRegistries`. */
  readonly insecure: boolean;
  readonly named: NamedHosts;
}

/** Each hop is checked like the first. */
export function open({ named, ...first }: RegistryRequest): Promise<HttpAnswer> {
  return follow(first, async (url) => {
    const addresses = await reach(url, named, { proxied: await isProxied(url) });
    await requireAllowed(url, first, named);
    return addresses;
  });
}

/** https; plain http on this machine, or to a registry that the configuration calls insecure, and never by a redirect to another host. */
async function requireAllowed(url: URL, first: HttpRequest, named: NamedHosts): Promise<void> {
  const { protocol, hostname } = url;
  if (protocol === 'https:') return;
  const plain = protocol === 'http:' && first.url.protocol === 'http:' && (first.insecure === true || isLoopback(hostname));
  if (plain && (hostname === first.url.hostname || (await isNamed(url, named)))) return;
  throw new RequestError(`it leads to ${protocol}//${hostname}, which is not an https address`, { final: true });
}
