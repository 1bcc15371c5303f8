import { GateError } from '../model/gate-error.ts';
import { createDockerCredentials } from './docker-credentials.ts';
import { createHelmCredentials } from './helm-credentials.ts';
import { discard, type HttpAnswer, readBody } from './http-send.ts';
import { createCheckout } from './node-checkout.ts';
import type { Files, Log, Processes } from './ports.ts';
import { digestOf, failed, nextPage, requireDigest } from './registry-answers.ts';
import { createRegistryClient } from './registry-client.ts';
import { open } from './registry-request.ts';
import type { RemoteManifest, RemoteOptions, RemoteRepository, Remotes } from './remotes.ts';
import { withRetries } from './retry.ts';
import { isHopeless, RequestError, systemCode, whyNot } from './system-error.ts';

interface System {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly processes: Processes;
  readonly log: Log;
  readonly files: Files;
  /** Pauses before the second, third ... attempt. */
  readonly pausesMs?: readonly number[];
}

/** Of one request with its answer. */
const timeoutMs = 120_000;
/** A registry with more pages of tags is an error: its answer would not be complete. */
const maxPages = 50;
const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

export function createNodeRemotes({ env, processes, files, log, pausesMs = [500, 2_000] }: System): Remotes {
  const pull = createRegistryClient(createDockerCredentials({ env, processes, log }));
  const helmCredentials = createHelmCredentials({ env, log });
  /** Hosts that cannot be connected to: a hundred charts of one host would each wait for it. */
  const silent = new Map<string, string>();

  async function attempt<T>(host: string, what: string, options: RemoteOptions, request: (signal: AbortSignal) => Promise<T>) {
    const known = silent.get(host);
    if (known !== undefined) throw unreadable(`${host} was not queried again: ${known}`);
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([deadline, options.signal]);
    try {
      return await withRetries(pausesMs, signal, () => request(signal));
    } catch (thrown) {
      const reason = deadline.aborted ? `it took longer than ${timeoutMs / 1_000} s` : whyNot(thrown);
      if (isHopeless(thrown) && systemCode(thrown) !== undefined) silent.set(host, reason);
      throw unreadable(`${what}: ${reason}`);
    }
  }

  async function fetchFrom(image: RemoteRepository, path: string, options: RemoteOptions, accept?: string): Promise<HttpAnswer> {
    const { insecure, mirrors, signal } = options;
    const answer = await pull({
      ...{ ...image, method: 'GET', path, insecure, credentials: true, named: mirrors, signal },
      ...(accept !== undefined && { accept }),
    });
    if (answer.statusCode === 200 || answer.statusCode === 404) return answer;
    throw failed(answer);
  }

  return {
    get: (url, options) =>
      attempt(new URL(url).host, url, options, async (signal) => {
        const authorization = await helmCredentials(new URL(url));
        const headers = { accept: '*/*', 'accept-encoding': 'identity', ...(authorization !== undefined && { authorization }) };
        const { insecure, mirrors: named, maxBytes } = options;
        const answer = await open({ url: new URL(url), method: 'GET', headers, insecure, named, signal });
        if (answer.statusCode !== 200) throw failed(answer);
        return readBody(answer, maxBytes);
      }),
    manifest: (image, reference, options) =>
      attempt(image.registry, nameOf(image, reference), options, async (signal): Promise<RemoteManifest | undefined> => {
        const answer = await fetchFrom(image, `manifests/${reference}`, { ...options, signal }, manifestTypes);
        if (answer.statusCode === 404) {
          discard(answer);
          return undefined;
        }
        const body = await readBody(answer, options.maxBytes);
        const digest = digestOf(body);
        if (reference.startsWith('sha256:')) requireDigest(digest, reference);
        return { text: body.toString('utf8'), digest };
      }),
    blob: (image, digest, options) =>
      attempt(image.registry, nameOf(image, digest), options, async (signal) => {
        const answer = await fetchFrom(image, `blobs/${digest}`, { ...options, signal });
        if (answer.statusCode !== 200) throw failed(answer);
        const body = await readBody(answer, options.maxBytes);
        requireDigest(digestOf(body), digest);
        return body;
      }),
    checkout: createCheckout({ files, processes, env }),
    tags: (image, options) =>
      attempt(image.registry, `the tags of ${image.registry}/${image.repository}`, options, async (signal) => {
        const tags: string[] = [];
        let path = 'tags/list?n=1000';
        for (let page = 0; page < maxPages; page += 1) {
          const answer = await fetchFrom(image, path, { ...options, signal });
          if (answer.statusCode !== 200) throw failed(answer);
          tags.push(...tagsOf((await readBody(answer, options.maxBytes)).toString('utf8')));
          const next = nextPage(answer, path);
          if (next === undefined) return tags;
          path = next;
        }
        throw new RequestError(`it has more than ${maxPages} pages of tags`, { final: true });
      }),
  };
}

function nameOf({ registry, repository }: RemoteRepository, reference: string): string {
  return `${registry}/${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
}

function tagsOf(text: string): readonly string[] {
  const found: unknown = JSON.parse(text);
  const tags: unknown = typeof found === 'object' && found !== null && 'tags' in found ? found.tags : undefined;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

function unreadable(message: string): GateError {
  return new GateError('SOURCE_UNREADABLE', { message });
}
