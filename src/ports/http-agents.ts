import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { checkBypass } from '@actions/http-client/lib/proxy';
import { Agent, buildConnector, type Dispatcher, ProxyAgent, request } from 'undici';
import { certificateAuthorities } from './certificate-authorities.ts';
import { RequestError } from './system-error.ts';

export { request };

/**
 * The proxy for a URL by HTTPS_PROXY, HTTP_PROXY and NO_PROXY of this process, as the Actions toolkit (and so octokit here) reads them: never
 * one for loopback. Not undici's EnvHttpProxyAgent: 6.x warns on stderr that it is experimental, sends https through HTTP_PROXY, does not take
 * `example.com` in NO_PROXY for its subdomains as Go, curl and the toolkit do, and does not report which proxy failed.
 */
export function proxyFor(url: URL): URL | undefined {
  const { env } = process;
  const set = url.protocol === 'https:' ? env.https_proxy || env.HTTPS_PROXY : env.http_proxy || env.HTTP_PROXY;
  if (!set || checkBypass(url)) return undefined;
  const address = set.includes('://') ? set : `http://${set}`;
  if (/^https?:/.test(address) && URL.canParse(address)) return new URL(address);
  throw new RequestError('the proxy in the environment is not an http or https address', { final: true });
}

interface Route {
  readonly proxy: URL | undefined;
  /** Certificates are not checked. */
  readonly insecure: boolean;
  /** The checked addresses of this host; without a proxy the connection goes to these and to no others. */
  readonly only: readonly LookupAddress[] | undefined;
}

const agents = new Map<string, Dispatcher>();
/** By origin. */
const checked = new Map<string, readonly LookupAddress[]>();
let context: SecureContext | undefined;

export function agentFor({ origin }: URL, { proxy, insecure, only }: Route): Dispatcher {
  if (only !== undefined) checked.set(origin, only);
  const key = `${proxy?.href ?? (only === undefined ? 'any' : 'checked')} ${insecure}`;
  const agent = agents.get(key) ?? createAgent(proxy, insecure, only !== undefined);
  agents.set(key, agent);
  return agent;
}

function createAgent(proxy: URL | undefined, insecure: boolean, onlyChecked: boolean): Dispatcher {
  context ??= trustingTheSystem();
  const tls = { secureContext: context, rejectUnauthorized: !insecure };
  if (proxy !== undefined) {
    const [username = '', password] = [proxy.username, proxy.password].map(decodeURIComponent);
    const token = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return new ProxyAgent({
      uri: `${proxy.protocol}//${proxy.host}`,
      ...(username !== '' && { token }),
      requestTls: tls,
      proxyTls: { secureContext: context },
      // Many proxies refuse CONNECT to other ports than 443: plain http is forwarded.
      proxyTunnel: false,
    });
  }
  if (!onlyChecked) return new Agent({ connect: tls });
  return new Agent({
    connect: (target, done) => {
      const addresses = checked.get(`${target.protocol}//${target.host}`) ?? [];
      buildConnector({ ...tls, lookup: lookupIn(addresses) })(target, done);
    },
  });
}

/** Answers with these addresses, so that a second answer of the name server has no effect. */
export function lookupIn(addresses: readonly LookupAddress[]): LookupFunction {
  const [first] = addresses;
  return (_hostname, { all }, done) => {
    if (all === true) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
}

function trustingTheSystem(): SecureContext {
  try {
    return createSecureContext({ ca: [...certificateAuthorities(process.env)] });
  } catch {
    return createSecureContext(); // the system's file is not a list of certificates
  }
}
