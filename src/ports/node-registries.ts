import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDockerCredentials } from './docker-credentials.ts';
import { lend } from './lent-credentials.ts';
import type { Log, LookUp, Processes, Registries, TagName } from './ports.ts';
import { createRegistryClient, registryUrl } from './registry-client.ts';
import { isHopeless } from './registry-errors.ts';
import { PrivateHostError, reach } from './registry-reach.ts';
import { startRelay } from './registry-relay.ts';
import { discard } from './registry-request.ts';
import { whyNot } from './system-error.ts';

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

export function createNodeRegistries({ env, processes, log, pausesMs = [500, 2_000] }: System): Registries {
  const credentials = createDockerCredentials({ env, processes, log });
  const pull = createRegistryClient(credentials);
  /** Registries that did not answer: asking a thousand times more would only take its time. */
  const silent = new Set<string>();

  async function head({ tag, ...image }: TagName, options: LookUp, signal: AbortSignal): Promise<IncomingMessage> {
    const answer = await pull({ ...image, ...options, signal, method: 'HEAD', path: `manifests/${tag}`, accept: manifestTypes });
    discard(answer);
    return answer;
  }

  async function lookUp(tag: TagName, options: LookUp): Promise<string | undefined> {
    const signal = AbortSignal.any([AbortSignal.timeout(options.timeoutMs), options.signal]);
    for (const pauseMs of [...pausesMs, undefined]) {
      const answer = await head(tag, options, signal).catch((thrown: unknown) => {
        if (pauseMs === undefined || signal.aborted || thrown instanceof PrivateHostError || isHopeless(thrown)) throw thrown;
        return undefined;
      });
      if (answer?.statusCode === 200) return digestOf(answer);
      const again = answer === undefined || answer.statusCode === 429 || (answer.statusCode ?? 0) >= 500;
      if (!again) return undefined;
      const asked = retryAfterMs(answer?.headers['retry-after']);
      if (pauseMs === undefined || asked > maxRetryAfterMs) throw new Error(`HTTP ${answer?.statusCode ?? 'without an answer'}`);
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
    async refused(registry, named) {
      try {
        await reach(registryUrl(registry), named);
        return undefined;
      } catch (thrown) {
        return thrown instanceof PrivateHostError ? thrown.refused : undefined;
      }
    },
    relay: (options) => startRelay(pull, options),
    async lend(registry, below, signal) {
      const credential = await credentials(registry, signal);
      return credential === undefined ? undefined : lend(registry, credential, below);
    },
  };
}

function digestOf({ headers }: IncomingMessage): string | undefined {
  const said = headers['docker-content-digest'];
  return typeof said === 'string' && /^sha256:[0-9a-f]{64}$/.test(said) ? said : undefined;
}

/** Whole seconds only: for dates and the like our own pause does. */
function retryAfterMs(header: string | undefined): number {
  return /^\d{1,6}$/.test(header ?? '') ? Number(header) * 1_000 : 0;
}
