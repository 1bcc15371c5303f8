import { createDockerCredentials } from './docker-credentials.ts';
import { discard, header } from './http-send.ts';
import { lend } from './lent-credentials.ts';
import type { Log, LookUp, Processes, Registries, TagName } from './ports.ts';
import { failed, mayImprove } from './registry-answers.ts';
import { createRegistryClient, registryUrl } from './registry-client.ts';
import { createRegistryReader, manifestTypes } from './registry-documents.ts';
import { PrivateHostError, reach } from './registry-reach.ts';
import { withRetries } from './retry.ts';
import { whyNot } from './system-error.ts';

interface System {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly processes: Processes;
  readonly log: Log;
  /** Pauses before the second, third ... attempt. */
  readonly pausesMs?: readonly number[];
}

export function createNodeRegistries({ env, processes, log, pausesMs = [500, 2_000] }: System): Registries {
  const credentials = createDockerCredentials({ env, processes, log });
  const pull = createRegistryClient(credentials);
  /** Registries that did not answer: a thousand more requests would only take time. */
  const silent = new Set<string>();
  return {
    async digest(tag, options) {
      if (silent.has(tag.registry)) return undefined;
      const signal = AbortSignal.any([AbortSignal.timeout(options.timeoutMs), options.signal]);
      try {
        return await withRetries(pausesMs, signal, () => digestOf(tag, { ...options, signal }, pull));
      } catch (thrown) {
        if (!options.signal.aborted && !silent.has(tag.registry)) {
          silent.add(tag.registry);
          log.debug(`${tag.registry} was not queried for more digests: ${whyNot(thrown)}`);
        }
        return undefined;
      }
    },
    read: createRegistryReader(pull, pausesMs),
    async refused(registry, named) {
      try {
        await reach(registryUrl(registry), named);
        return undefined;
      } catch (thrown) {
        return thrown instanceof PrivateHostError ? thrown.refused : undefined;
      }
    },
    relay: async (options) => (await import('./registry-relay.ts')).startRelay(pull, options),
    async lend(registry, below, signal) {
      const credential = await credentials(registry, signal);
      return credential === undefined ? undefined : lend(registry, credential, below);
    },
  };
}

/** Throws RequestError for an answer that another attempt may improve. A scan works without the digest, only without reuse. */
async function digestOf({ tag, ...image }: TagName, options: LookUp, pull: ReturnType<typeof createRegistryClient>) {
  const answer = await pull({ ...image, ...options, method: 'HEAD', path: `manifests/${tag}`, accept: manifestTypes });
  if (mayImprove(answer)) throw failed(answer);
  discard(answer);
  const digest = header(answer, 'docker-content-digest') ?? '';
  return answer.statusCode === 200 && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}
