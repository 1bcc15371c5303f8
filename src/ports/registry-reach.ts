import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import type { NamedHosts, RefusedHost } from './ports.ts';
import { privateAddress, privateHost } from './private-address.ts';

/** A request that was not sent: it would have gone into the network of the machine, to a host that nobody named. */
export class PrivateHostError extends Error {
  readonly refused: RefusedHost;
  constructor(refused: RefusedHost) {
    super(`no request is sent to ${refused.host}, which ${refused.why}`);
    this.refused = refused;
  }
}

/** `registry.example:5000` as a URL has it; the ports 443 and 80 go without saying. */
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

/**
 * How to look up the host of a URL. The addresses that were checked are those that are connected to: another answer of its name server
 * a moment later counts for nothing. Throws PrivateHostError before anything is sent to the host.
 */
export async function reach(url: URL, named: NamedHosts, resolve = resolveAll): Promise<LookupFunction> {
  const host = hostAndPort(url);
  const kind = privateHost(url.hostname);
  if (kind !== undefined && !(await isNamed(url, named))) throw new PrivateHostError({ host, why: `is ${kind}` });
  const addresses = await resolve(url.hostname.replace(/^\[|\]$/g, ''));
  // Not the address itself: what a name means in the runner's network is not for whoever reads the report.
  const found = kind ?? addresses.map(({ address }) => privateAddress(address)).find((each) => each !== undefined);
  if (found !== undefined && kind === undefined && !(await isNamed(url, named)))
    throw new PrivateHostError({ host, why: `has ${found}` });
  const [first] = addresses;
  return (_hostname, { all }, done) => {
    if (all === true) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
}
