import { setTimeout as sleep } from 'node:timers/promises';
import { createDockerCredentials } from './docker-credentials.ts';
import { lend } from './lent-credentials.ts';
import type { Log, LookUp, Processes, Registries, TagName } from './ports.ts';
import { authorization, parseChallenge } from './registry-auth.ts';
import { ask, isLoopback, type RegistryAnswer } from './registry-request.ts';
import { systemCode, whyNot } from './system-error.ts';

interface System {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly processes: Processes;
  readonly log: Log;
  /** Pauses before the second, third ... attempt. */
  readonly pausesMs?: readonly number[];
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
/** A registry that asks for a longer pause is not waited for: a scan without reuse does as well. */
const maxRetryAfterMs = 10_000;
const tokenMs = 45_000;

/**
 * A small client of the distribution API (https://distribution.github.io/distribution/spec/api/). @sigstore/oci 0.7 has one, but it
 * starts credential helpers without a deadline and reads the environment itself, and brings make-fetch-happen along.
 */
export function createNodeRegistries({ env, processes, log, pausesMs = [500, 2_000] }: System): Registries {
  const credentials = createDockerCredentials({ env, processes, log });
  /** Registries that did not answer: asking a thousand times more would only take its time. */
  const silent = new Set<string>();
  const schemes = new Map<string, 'https' | 'http'>();
  const headers = new Map<string, { readonly value: string; readonly untilMs: number }>();

  async function head(tag: TagName, scheme: string, options: LookUp, signal: AbortSignal): Promise<RegistryAnswer> {
    const { registry, repository } = tag;
    const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
    const url = new URL(`${scheme}://${host}/v2/${repository}/manifests/${tag.tag}`);
    const { insecure } = options;
    const send = (header: string | undefined): Promise<RegistryAnswer> =>
      ask({
        ...{ url, method: 'HEAD', insecure, signal },
        headers: { accept: manifestTypes, ...(header !== undefined && { authorization: header }) },
      });
    const name = `${options.credentials} ${url.origin} ${repository}`;
    const known = headers.get(name);
    const answer = await send(known !== undefined && known.untilMs > performance.now() ? known.value : undefined);
    const challenge = answer.status === 401 ? parseChallenge(answer.headers['www-authenticate']) : undefined;
    if (challenge === undefined) return answer;
    const credential = options.credentials ? await credentials(registry, signal) : undefined;
    const value = await authorization(challenge, credential, { repository, insecure, signal, origin: url });
    if (value === undefined) return answer;
    headers.set(name, { value, untilMs: performance.now() + tokenMs });
    return send(value);
  }

  /** As Trivy does: https first, and http where that is allowed. */
  async function headByScheme(tag: TagName, options: LookUp, signal: AbortSignal): Promise<RegistryAnswer> {
    const known = schemes.get(tag.registry);
    if (known !== undefined) return head(tag, known, options, signal);
    const maybePlain = options.insecure || isLoopback(tag.registry.replace(/:\d+$/, ''));
    for (const scheme of maybePlain ? (['https', 'http'] as const) : (['https'] as const)) {
      try {
        const answer = await head(tag, scheme, options, signal);
        schemes.set(tag.registry, scheme);
        return answer;
      } catch (thrown) {
        if (scheme === 'http' || !maybePlain || signal.aborted) throw thrown;
      }
    }
    throw new Error('not reached: the last scheme returns or throws');
  }

  async function lookUp(tag: TagName, options: LookUp): Promise<string | undefined> {
    const signal = AbortSignal.any([AbortSignal.timeout(options.timeoutMs), options.signal]);
    for (const pauseMs of [...pausesMs, undefined]) {
      const answer = await headByScheme(tag, options, signal).catch((thrown: unknown) => {
        if (pauseMs === undefined || signal.aborted || isHopeless(thrown)) throw thrown;
        return undefined;
      });
      if (answer?.status === 200) return digestOf(answer);
      const again = answer === undefined || answer.status === 429 || answer.status >= 500;
      if (!again) return undefined;
      const asked = retryAfterMs(answer?.headers['retry-after']);
      if (pauseMs === undefined || asked > maxRetryAfterMs) throw new Error(`HTTP ${answer?.status ?? 'without an answer'}`);
      await sleep(Math.max(asked, pauseMs * (0.75 + Math.random() / 2)), undefined, { signal });
    }
    return undefined;
  }

  return {
    async digest(tag, options) {
      if (silent.has(tag.registry)) return undefined;
      try {
        return await lookUp(tag, options);
      } catch (thrown) {
        if (!options.signal.aborted && !silent.has(tag.registry)) {
          silent.add(tag.registry);
          log.debug(`${tag.registry} was not asked for more digests: ${whyNot(thrown)}`);
        }
        return undefined;
      }
    },
    async lend(registry, below, signal) {
      const credential = await credentials(registry, signal);
      return credential === undefined ? undefined : lend(registry, credential, below);
    },
  };
}

/** No host, nobody listening, no way, or a certificate that is not its: the next try would meet it again. */
function isHopeless(thrown: unknown): boolean {
  const code = systemCode(thrown) ?? '';
  return ['ENOTFOUND', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH'].includes(code) || /CERT|SELF_SIGNED|UNABLE_TO/.test(code);
}

function digestOf({ headers }: RegistryAnswer): string | undefined {
  const said = headers['docker-content-digest'];
  return typeof said === 'string' && /^sha256:[0-9a-f]{64}$/.test(said) ? said : undefined;
}

/** Whole seconds only: for dates and the like our own pause does. */
function retryAfterMs(header: string | undefined): number {
  return /^\d{1,6}$/.test(header ?? '') ? Number(header) * 1_000 : 0;
}
