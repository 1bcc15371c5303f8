import type { Credential } from './docker-credentials.ts';
import type { NamedHosts } from './ports.ts';
import { reach } from './registry-reach.ts';
import { ask, isLoopback } from './registry-request.ts';

/** What a 401 asks for: `Bearer realm="https://auth.example/token",service="registry.example"`. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly realm?: string;
  readonly service?: string;
}

export function parseChallenge(header: string | undefined): Challenge | undefined {
  const [, scheme, rest] = /^\s*(basic|bearer)\b(.*)$/is.exec(header ?? '') ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  const said = new Map([...rest.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1]?.toLowerCase(), match[2]]));
  const [realm, service] = [said.get('realm'), said.get('service')];
  return {
    scheme: scheme.toLowerCase() === 'basic' ? 'basic' : 'bearer',
    ...(realm !== undefined && { realm }),
    ...(service !== undefined && { service }),
  };
}

interface Asking {
  readonly repository: string;
  readonly insecure: boolean;
  readonly named: NamedHosts;
  readonly signal: AbortSignal;
  /** Of the registry that asks. */
  readonly origin: URL;
}

/**
 * The Authorization header for a challenge; undefined where there is none to give.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
export async function authorization(
  challenge: Challenge,
  credential: Credential | undefined,
  asking: Asking,
): Promise<string | undefined> {
  const { username, password, registryToken } = credential ?? {};
  const basic = username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
  if (challenge.scheme === 'basic') return basic;
  if (registryToken !== undefined) return `Bearer ${registryToken}`;
  const token = await tokenOf(challenge, credential?.identityToken, basic, asking);
  return token === undefined ? undefined : `Bearer ${token}`;
}

async function tokenOf(
  { realm, service }: Challenge,
  identityToken: string | undefined,
  basic: string | undefined,
  { repository, insecure, named, signal, origin }: Asking,
): Promise<string | undefined> {
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  // A registry that is spoken to over https must not have the credentials sent in plain text, nor unchecked to another host.
  const own = url.hostname === origin.hostname;
  if (url.protocol !== 'https:' && !(origin.protocol === 'http:' && (own || isLoopback(url.hostname)))) {
    await reach(url, named); // where it leads to says more than that it is not followed
    return undefined;
  }
  const fields = new URLSearchParams({ ...(service !== undefined && { service }), scope: `repository:${repository}:pull` });
  const common = { insecure: insecure && own, named, signal };
  const answer =
    identityToken === undefined
      ? await ask({
          ...{ ...common, method: 'GET', url: new URL(`${url.href}${url.search === '' ? '?' : '&'}${fields}`) },
          headers: basic === undefined ? {} : { authorization: basic },
        })
      : await ask({
          ...{ ...common, method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
          body: `${fields}&${new URLSearchParams({ grant_type: 'refresh_token', client_id: 'k8s-gate', refresh_token: identityToken })}`,
        });
  if (answer.status !== 200) return undefined;
  const found: unknown = JSON.parse(answer.body);
  return textOf(found, 'token') ?? textOf(found, 'access_token');
}

function textOf(value: unknown, name: string): string | undefined {
  const found: unknown =
    typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value))[name] : undefined;
  return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
}
