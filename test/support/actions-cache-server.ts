import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ActionsCacheServer {
  readonly url: string;
  /** What a runner with this cache has in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Key -> blob. A runner sees it once it is `done`. */
  readonly blobs: Map<string, { readonly bytes: Buffer; readonly done: boolean }>;
  /** `<method> <key>` of each call. */
  readonly asked: string[];
  /** What was wrong with a request. */
  readonly complaints: string[];
  fault: 'none' | 'down' | 'denied';
  close(): void;
}

const token = 'runtime-token';

/** The cache service of GitHub Actions, by what @actions/cache 6.3 sends: blobs by key, the newest of a prefix first, a key written once. */
export async function startActionsCache(): Promise<ActionsCacheServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, body } = answer(Buffer.concat(chunks), request.method ?? '', request.url ?? '/', request.headers);
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const cache: ActionsCacheServer = {
    url,
    env: { ACTIONS_RESULTS_URL: `${url}/`, ACTIONS_RUNTIME_TOKEN: token, ACTIONS_CACHE_SERVICE_V2: 'True' },
    blobs: new Map(),
    asked: [],
    complaints: [],
    fault: 'none',
    close: () => void server.close(),
  };

  function answer(bytes: Buffer, method: string, target: string, headers: NodeJS.Dict<string | string[]>) {
    if (cache.fault === 'down') return { status: 503, body: '{}' };
    const { pathname } = new URL(target, url);
    if (pathname.startsWith('/blob/')) return blob(bytes, method, decodeURIComponent(pathname.slice('/blob/'.length)), headers);
    if (headers.authorization !== `Bearer ${token}`) cache.complaints.push(`${pathname} without the token`);
    const call = JSON.parse(bytes.toString('utf8'));
    const name = pathname.replace('/twirp/github.actions.results.api.v1.CacheService/', '');
    cache.asked.push(`${name} ${call.key}`);
    return { status: 200, body: JSON.stringify(called(name, call)) };
  }

  function blob(bytes: Buffer, method: string, key: string, headers: NodeJS.Dict<string | string[]>) {
    if (headers.authorization !== undefined) cache.complaints.push('the token went to the blob store');
    if (method !== 'PUT') return { status: 200, body: cache.blobs.get(key)?.bytes };
    if (headers['x-ms-blob-type'] !== 'BlockBlob') cache.complaints.push('an upload of no blob type');
    cache.blobs.set(key, { bytes, done: false });
    return { status: 201, body: '' };
  }

  interface Call {
    readonly key: string;
    readonly restore_keys?: readonly string[];
    readonly size_bytes?: string;
  }
  function called(name: string, { key, restore_keys, size_bytes }: Call): object {
    const address = (of: string): string => `${url}/blob/${encodeURIComponent(of)}`;
    if (name === 'GetCacheEntryDownloadURL') {
      const found = [...cache.blobs]
        .filter(([of, { done }]) => done && restore_keys?.some((prefix) => of.startsWith(prefix)))
        .at(-1);
      return found === undefined ? { ok: false } : { ok: true, signed_download_url: address(found[0]), matched_key: found[0] };
    }
    const there = cache.blobs.get(key);
    if (name === 'CreateCacheEntry') {
      const denied = cache.fault === 'denied' || there !== undefined;
      return denied ? { ok: false, message: 'denied' } : { ok: true, signed_upload_url: address(key) };
    }
    if (name !== 'FinalizeCacheEntryUpload' || there === undefined || String(there.bytes.length) !== size_bytes)
      return { ok: false };
    cache.blobs.set(key, { ...there, done: true });
    return { ok: true, entry_id: '1' };
  }
  return cache;
}
