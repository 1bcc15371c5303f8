import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { NamedHosts, RefusedHost } from './ports.ts';
import { privateAddress, privateHost } from './private-address.ts';
import { RequestError } from './system-error.ts';

/** A request that was not sent: it would have gone into the machine's network, to a host that nobody named. */
export class PrivateHostError extends RequestError {
  readonly refused: RefusedHost;
  constructor(refused: RefusedHost) {
    super(`no request is sent to ${refused.host}, which ${refused.why}`, { final: true });
    this.refused = refused;
  }
}

/** `registry.example:5000` as in a URL, without the ports 443 and 80. */
function hostAndPort({ hostname, port }: URL): string {
  const name = hostname.toLowerCase().replace(/\.+$/, '');
  return port === '' || port === '443' || port === '80' ? name : `${name}:${port}`;
}

/** Whether the host, with its port, is among those that may be in a private network. */
export async function isNamed(url: URL, named: NamedHosts): Promise<boolean> {
  const host = hostAndPort(url);
  const entries = await named();
  return entries.some((entry) => URL.canParse(`https://${entry}`) && hostAndPort(new URL(`https://${entry}`)) === host);
}

function resolveAll(hostname: string): Promise<readonly LookupAddress[]> {
  return lookup(hostname, { all: true });
}

const resolved = new Map<string, ReturnType<typeof resolveAll>>();
/** For hosts behind a proxy, which nothing connects to from here: a machine without DNS may need seconds to fail. */
function resolveOnce(hostname: string): ReturnType<typeof resolveAll> {
  const known = resolved.get(hostname) ?? resolveAll(hostname);
  resolved.set(hostname, known);
  return known;
}

/**
 * The addresses of a URL's host, all checked. Only these are connected to, so that a second answer of its name server has no effect. A proxy
 * looks up the name itself, and may know names that this machine does not: then there is nothing to check but the name, and the proxy's own
 * rules count. Throws PrivateHostError before anything is sent to the host.
 */
export async function reach(
  url: URL,
  named: NamedHosts,
  {
    proxied = false,
    resolve = proxied ? resolveOnce : resolveAll,
  }: { readonly proxied?: boolean; readonly resolve?: typeof resolveAll } = {},
): Promise<readonly LookupAddress[]> {
  const host = hostAndPort(url);
  const kind = privateHost(url.hostname);
  if (kind !== undefined && !(await isNamed(url, named))) throw new PrivateHostError({ host, why: `is ${kind}` });
  const addresses = await resolve(url.hostname.replace(/^\[|\]$/g, '')).catch((thrown: unknown) => {
    if (proxied) return [];
    throw thrown;
  });
  // Not the address itself: what a name means in the runner's network is not for the readers of the report.
  const found = kind ?? addresses.map(({ address }) => privateAddress(address)).find((each) => each !== undefined);
  if (found !== undefined && kind === undefined && !(await isNamed(url, named)))
    throw new PrivateHostError({ host, why: `has ${found}` });
  return addresses;
}
