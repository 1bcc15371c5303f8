import { createHash } from 'node:crypto';
import { parseJson } from '../model/attempt.ts';
import { GateError } from '../model/gate-error.ts';
import { type HttpRequest, readBody, send } from './http-send.ts';
import { RequestError } from './system-error.ts';

/**
 * The cache of GitHub Actions, one blob at a time. Not through @actions/cache, because that unpacks a restored archive to the paths that its
 * members name, by tar with absolute names, and anybody who may run a workflow on a pull request may save an archive that its next run
 * restores: a change could overwrite the gate that judges it. The gate's blobs are bytes that are checked first.
 * Calls and fields are those of @actions/cache 6.3 (lib/generated/results/api/v1/cache.ts), the service's only public description.
 */
export interface ActionsCache {
  /** The newest blob under a key with this prefix; undefined without one. Throws GateError SOURCE_UNREADABLE. */
  read(prefix: string): Promise<Uint8Array | undefined>;
  /** A key can be written once. Throws GateError SOURCE_UNREADABLE. */
  write(key: string, blob: Uint8Array): Promise<void>;
}

export interface RunnerCache {
  /** ACTIONS_RESULTS_URL and ACTIONS_RUNTIME_TOKEN of the runner. */
  readonly url: string;
  readonly token: string;
  readonly userAgent: string;
}

/** The cache of the runner of this process; undefined if it has none of the service's second version (GitHub Enterprise Server). */
export function runnerCache(env: Readonly<Record<string, string | undefined>>, userAgent: string): RunnerCache | undefined {
  const { ACTIONS_RESULTS_URL: url = '', ACTIONS_RUNTIME_TOKEN: token = '', ACTIONS_CACHE_SERVICE_V2: second = '' } = env;
  return url === '' || token === '' || second === '' ? undefined : { url, token, userAgent };
}

const maxBytes = 128 * 1024 * 1024;
const maxAnswerBytes = 1024 * 1024;
const timeoutMs = 30_000;
/** Keeps our blobs apart from archives of others under the same key: https://github.com/actions/cache#cache-version */
const version = createHash('sha256').update('k8s-gate results 1').digest('hex');

export function createActionsCache(runner: RunnerCache): ActionsCache {
  return {
    async read(prefix) {
      const { ok, signed_download_url: url } = await call(runner, 'GetCacheEntryDownloadURL', {
        key: prefix,
        restore_keys: [prefix],
        version,
      });
      if (ok !== true || typeof url !== 'string') return undefined;
      const { status, content } = await request('the download', { url, method: 'GET', headers: {} }, maxBytes);
      if (status !== 200) throw failed(`the download failed with status ${status}`);
      return content;
    },
    async write(key, blob) {
      const { ok, signed_upload_url: url } = await call(runner, 'CreateCacheEntry', { key, version });
      if (ok !== true || typeof url !== 'string') throw failed(`the key ${key} can't be written`);
      // https://learn.microsoft.com/rest/api/storageservices/put-blob
      const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/octet-stream' };
      const { status } = await request('the upload', { url, method: 'PUT', headers, body: blob }, maxAnswerBytes);
      if (status < 200 || status > 299) throw failed(`the upload failed with status ${status}`);
      const end = await call(runner, 'FinalizeCacheEntryUpload', { key, version, size_bytes: String(blob.length) });
      if (end.ok !== true) throw failed('the upload was not accepted');
    },
  };
}

async function call(
  { url, token, userAgent }: RunnerCache,
  method: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const address = new URL(`/twirp/github.actions.results.api.v1.CacheService/${method}`, url).href;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'user-agent': userAgent };
  const sent = { url: address, method: 'POST', headers, body: JSON.stringify(body) } as const;
  const { status, content } = await request(method, sent, maxAnswerBytes);
  if (status !== 200) throw failed(`${method} failed with status ${status}`);
  const answer = parseJson(content.toString('utf8'));
  if (typeof answer !== 'object' || answer === null) throw failed(`${method} did not return a JSON object`);
  return { ...answer };
}

/** Without redirects, which no call needs. A signed address is a credential: no message holds it. */
async function request(
  what: string,
  { url, ...rest }: Omit<HttpRequest, 'url' | 'signal'> & { readonly url: string },
  limit: number,
): Promise<{ readonly status: number; readonly content: Buffer }> {
  if (!URL.canParse(url)) throw failed(`${what} has an invalid address`);
  try {
    const answer = await send({ ...rest, url: new URL(url), signal: AbortSignal.timeout(timeoutMs) });
    return { status: answer.statusCode, content: await readBody(answer, limit) };
  } catch (thrown) {
    if (thrown instanceof RequestError) throw failed(`${what}: ${thrown.message}`);
    const slow = thrown instanceof Error && thrown.name === 'TimeoutError';
    throw failed(`${what}: the server ${slow ? 'did not respond in time' : 'could not be reached'}`);
  }
}

function failed(message: string): GateError {
  return new GateError('SOURCE_UNREADABLE', { message: `GitHub's cache of results: ${message}` });
}
