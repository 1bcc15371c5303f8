import { createHash } from 'node:crypto';
import { GateError } from '../model/gate-error.ts';

/**
 * The cache of GitHub Actions, one blob at a time. It is spoken to here and not through @actions/cache, because that unpacks a restored
 * archive wherever its members say, by tar with absolute names, and because anybody who may run a workflow on a pull request may save an
 * archive that its next run restores: a change could write over the gate that judges it. A blob of ours is bytes that are looked at first.
 * Calls and fields are those of @actions/cache 6.3 (lib/generated/results/api/v1/cache.ts), the service's only public description.
 */
export interface ActionsCache {
  /** The newest blob under a key that begins so; undefined where there is none. Throws GateError SOURCE_UNREADABLE. */
  read(prefix: string): Promise<Uint8Array | undefined>;
  /** A key is written once. Throws GateError SOURCE_UNREADABLE. */
  write(key: string, blob: Uint8Array): Promise<void>;
}

export interface RunnerCache {
  /** ACTIONS_RESULTS_URL and ACTIONS_RUNTIME_TOKEN of the runner. */
  readonly url: string;
  readonly token: string;
  readonly userAgent: string;
}

/** Of the runner that this process stands on; undefined where it has no cache of the service's second version (GitHub Enterprise Server). */
export function runnerCache(env: Readonly<Record<string, string | undefined>>, userAgent: string): RunnerCache | undefined {
  const { ACTIONS_RESULTS_URL: url = '', ACTIONS_RUNTIME_TOKEN: token = '', ACTIONS_CACHE_SERVICE_V2: second = '' } = env;
  return url === '' || token === '' || second === '' ? undefined : { url, token, userAgent };
}

const maxBytes = 128 * 1024 * 1024;
const timeoutMs = 30_000;
/** Sets blobs of ours apart from archives of others under the same key: https://github.com/actions/cache#cache-version */
const version = createHash('sha256').update('k8s-gate results 1').digest('hex');

export function createActionsCache(runner: RunnerCache): ActionsCache {
  return {
    async read(prefix) {
      const { ok, signed_download_url: url } = await call(runner, 'GetCacheEntryDownloadURL', {
        key: prefix,
        restore_keys: [prefix],
        version,
      });
      return ok !== true || typeof url !== 'string' ? undefined : download(url);
    },
    async write(key, blob) {
      const { ok, signed_upload_url: url } = await call(runner, 'CreateCacheEntry', { key, version });
      if (ok !== true || typeof url !== 'string') throw failed(`the key ${key} can't be written`);
      const response = await attempt(() =>
        fetch(url, {
          method: 'PUT',
          // https://learn.microsoft.com/rest/api/storageservices/put-blob
          headers: { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/octet-stream' },
          body: new Uint8Array(blob),
          signal: AbortSignal.timeout(timeoutMs),
        }),
      );
      if (!response.ok) throw failed(`the upload was answered with ${response.status}`);
      const end = await call(runner, 'FinalizeCacheEntryUpload', { key, version, size_bytes: String(blob.length) });
      if (end.ok !== true) throw failed('the upload was not taken');
    },
  };
}

async function call(
  { url, token, userAgent }: RunnerCache,
  method: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const address = new URL(`/twirp/github.actions.results.api.v1.CacheService/${method}`, url);
  const response = await attempt(() =>
    fetch(address, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'user-agent': userAgent },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }),
  );
  if (!response.ok) throw failed(`${method} was answered with ${response.status}`);
  const answer: unknown = await attempt(() => response.json());
  if (typeof answer !== 'object' || answer === null) throw failed(`${method} was answered with no object`);
  return { ...answer };
}

/** The signed address is a credential: no message holds it. */
async function download(url: string): Promise<Uint8Array> {
  const response = await attempt(() => fetch(url, { signal: AbortSignal.timeout(timeoutMs) }));
  if (!response.ok || response.body === null) throw failed(`the download was answered with ${response.status}`);
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (let next = await attempt(() => reader.read()); !next.done; next = await attempt(() => reader.read())) {
    length += next.value.length;
    if (length > maxBytes) throw failed(`it is larger than ${maxBytes / 1024 ** 2} MiB`);
    pieces.push(next.value);
  }
  return Buffer.concat(pieces);
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw failed(
      thrown instanceof Error && thrown.name === 'TimeoutError' ? 'it did not answer in time' : 'it could not be reached',
    );
  }
}

function failed(message: string): GateError {
  return new GateError('SOURCE_UNREADABLE', { message: `GitHub's cache of results: ${message}` });
}
