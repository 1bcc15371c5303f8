import type { Credential } from './docker-credentials.ts';
import { discard, type HttpAnswer, header, isLoopback } from './http-send.ts';
import type { NamedHosts } from './ports.ts';
import { authorization, parseChallenge } from './registry-auth.ts';
import { PrivateHostError } from './registry-reach.ts';
import { open } from './registry-request.ts';

/** A request of the distribution API about one repository: https://distribution.github.io/distribution/spec/api/ */
export interface Pull {
  readonly method: 'GET' | 'HEAD';
  /** `docker.io`, `registry.example:5000` */
  readonly registry: string;
  readonly repository: string;
  /** `manifests/1.25`, `blobs/sha256:…` */
  readonly path: string;
  readonly accept?: string;
  readonly insecure: boolean;
  readonly credentials: boolean;
  readonly named: NamedHosts;
  readonly signal: AbortSignal;
}

const tokenMs = 45_000;

/**
 * A small client of the distribution API. @sigstore/oci 0.7 has one, but it starts credential helpers without a deadline, reads the
 * environment itself and depends on make-fetch-happen.
 */
export function createRegistryClient(
  credentials: (registry: string, signal: AbortSignal) => Promise<Credential | undefined>,
): (pull: Pull) => Promise<HttpAnswer> {
  const schemes = new Map<string, 'https' | 'http'>();
  const headers = new Map<string, { readonly value: string; readonly untilMs: number }>();

  async function pullBy(pull: Pull, scheme: string): Promise<HttpAnswer> {
    const { registry, repository, insecure, named, signal } = pull;
    const url = new URL(`${registryUrl(registry, scheme).origin}/v2/${repository}/${pull.path}`);
    const send = (header: string | undefined): Promise<HttpAnswer> =>
      open({
        ...{ url, method: pull.method, insecure, named, signal },
        headers: {
          ...(pull.accept !== undefined && { accept: pull.accept }),
          ...(header !== undefined && { authorization: header }),
        },
      });
    const name = `${pull.credentials} ${url.origin} ${repository}`;
    const known = headers.get(name);
    const answer = await send(known !== undefined && known.untilMs > performance.now() ? known.value : undefined);
    const challenge = answer.statusCode === 401 ? parseChallenge(header(answer, 'www-authenticate') ?? '') : undefined;
    if (challenge === undefined) return answer;
    const credential = pull.credentials ? await credentials(registry, signal) : undefined;
    const value = await authorization(challenge, credential, { repository, insecure, named, signal, origin: url });
    if (value === undefined) return answer;
    discard(answer);
    headers.set(name, { value, untilMs: performance.now() + tokenMs });
    return send(value);
  }

  /** As Trivy does: https first, then http if that is allowed. */
  return async (pull) => {
    const { registry, insecure, signal } = pull;
    const known = schemes.get(registry);
    if (known !== undefined) return pullBy(pull, known);
    const maybePlain = insecure || isLoopback(registry.replace(/:\d+$/, ''));
    for (const scheme of maybePlain ? (['https', 'http'] as const) : (['https'] as const)) {
      try {
        const answer = await pullBy(pull, scheme);
        schemes.set(registry, scheme);
        return answer;
      } catch (thrown) {
        if (scheme === 'http' || !maybePlain || signal.aborted || thrown instanceof PrivateHostError) throw thrown;
      }
    }
    throw new Error('not reached: the last scheme returns or throws');
  };
}

export function registryUrl(registry: string, scheme = 'https'): URL {
  return new URL(`${scheme}://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`);
}
