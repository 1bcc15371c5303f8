import type { Credential } from './docker-credentials.ts';
import { isLoopback, readBody } from './http-send.ts';
import type { NamedHosts } from './ports.ts';
import { reach } from './registry-reach.ts';
import { open } from './registry-request.ts';

/** A token is a few kilobytes. */
const maxTokenBytes = 1024 * 1024;

/** What a 401 asks for: `Bearer realm="https://auth.example/token",service="registry.example"`. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly realm?: string;
  readonly service?: string;
}

export function parseChallenge(header: string): Challenge | undefined {
  const [, scheme, rest] = /^\s*(basic|bearer)\b(.*)$/is.exec(header) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  const fields = new Map([...rest.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1]?.toLowerCase(), match[2]]));
  const [realm, service] = [fields.get('realm'), fields.get('service')];
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
 * The Authorization header for a challenge; undefined without one.
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
  // A registry over https must not get the credentials sent in plain text, nor to another host without a check of its certificate.
  const own = url.hostname === origin.hostname;
  if (url.protocol !== 'https:' && !(origin.protocol === 'http:' && (own || isLoopback(url.hostname)))) {
    await reach(url, named); // a refused host is a better reason than a realm that is not followed
    return undefined;
  }
  const fields = new URLSearchParams({ ...(service !== undefined && { service }), scope: `repository:${repository}:pull` });
  const common = { insecure: insecure && own, named, signal };
  const answer =
    identityToken === undefined
      ? await open({
          ...{ ...common, method: 'GET', url: new URL(`${url.href}${url.search === '' ? '?' : '&'}${fields}`) },
          headers: basic === undefined ? {} : { authorization: basic },
        })
      : await open({
          ...{ ...common, method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
          body: `${fields}&${new URLSearchParams({ grant_type: 'refresh_token', client_id: 'k8s-gate', refresh_token: identityToken })}`,
        });
  const text = (await readBody(answer, maxTokenBytes)).toString('utf8');
  if (answer.statusCode !== 200) return undefined;
  const found: unknown = JSON.parse(text);
  return textOf(found, 'token') ?? textOf(found, 'access_token');
}

function textOf(value: unknown, name: string): string | undefined {
  const found: unknown =
    typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value))[name] : undefined;
  return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
}
