import { createServer } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StoredResult } from '../../src/engines/results.ts';
import { createActionsCache, runnerCache } from '../../src/ports/actions-cache.ts';
import { openSharedResults } from '../../src/results/shared.ts';
import type { ResultStore } from '../../src/results/store.ts';
import { nodePorts } from '../support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

/** The cache service, by what @actions/cache 6.3 sends: blobs by key, the newest of a prefix first, a key written once. */
const blobs = new Map<string, { readonly bytes: Buffer; readonly done: boolean }>();
let fault: 'none' | 'down' | 'denied' | 'endless' = 'none';
const asked: string[] = [];
let url = '';
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const at = new URL(request.url ?? '/', url);
    if (fault === 'down') return response.writeHead(503).end('{}');
    if (at.pathname.startsWith('/blob/')) {
      const key = decodeURIComponent(at.pathname.slice('/blob/'.length));
      expect(request.headers.authorization).toBeUndefined();
      if (request.method !== 'PUT') return response.writeHead(200).end(blobs.get(key)?.bytes);
      expect(request.headers['x-ms-blob-type']).toBe('BlockBlob');
      blobs.set(key, { bytes: body, done: false });
      return response.writeHead(201).end();
    }
    expect(request.headers.authorization).toBe('Bearer runtime-token');
    const method = at.pathname.replace('/twirp/github.actions.results.api.v1.CacheService/', '');
    const call = JSON.parse(body.toString('utf8'));
    asked.push(`${method} ${call.key}`);
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(method, call)));
  });
});

function answer(
  method: string,
  call: { readonly key: string; readonly restore_keys?: readonly string[]; readonly size_bytes?: string },
) {
  if (method === 'GetCacheEntryDownloadURL') {
    const found = [...blobs]
      .filter(([key, { done }]) => done && call.restore_keys?.some((prefix) => key.startsWith(prefix)))
      .at(-1);
    return found === undefined ? { ok: false } : { ok: true, signed_download_url: `${url}/blob/${encodeURIComponent(found[0])}` };
  }
  if (method === 'CreateCacheEntry') {
    if (fault === 'denied' || blobs.has(call.key)) return { ok: false, message: 'denied' };
    return { ok: true, signed_upload_url: `${url}/blob/${encodeURIComponent(call.key)}` };
  }
  const blob = blobs.get(call.key);
  if (blob === undefined || String(blob.bytes.length) !== call.size_bytes) return { ok: false };
  blobs.set(call.key, { ...blob, done: true });
  return { ok: true, entry_id: '1' };
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  server.close();
  removeTempFolders();
});
beforeEach(() => {
  blobs.clear();
  asked.length = 0;
  fault = 'none';
});

const key = 'a'.repeat(64);
const build = 'b'.repeat(64);
const result: StoredResult = { status: 'evaluated', findings: [] };
let runs = 0;

/** One run on a machine of its own. */
async function machine(options: { readonly secret?: string; readonly cacheDir?: string } = {}) {
  const warnings: string[] = [];
  const env = { ACTIONS_RESULTS_URL: url, ACTIONS_RUNTIME_TOKEN: 'runtime-token', ACTIONS_CACHE_SERVICE_V2: 'True' };
  const runner = runnerCache(env, 'k8s-gate/test');
  const store = await openSharedResults({
    ports: { ...nodePorts, log: { ...nodePorts.log, warn: (text) => void warnings.push(text) } },
    cacheDir: options.cacheDir ?? emptyFolder(),
    build,
    secret: options.secret ?? 'secret',
    cache: runner && createActionsCache(runner),
    gateName: 'shop/production',
    runId: `run-${runs++}`,
  });
  return { store, warnings };
}
const found = ({ results }: ResultStore) => results.find('cel', key);

async function firstRun(): Promise<void> {
  const { store } = await machine();
  store.results.keep('cel', key, result);
  await store.save();
}

describe('results in the cache of GitHub Actions', () => {
  it('are there for another machine', async () => {
    await firstRun();
    const { store, warnings } = await machine();
    expect([found(store), warnings]).toEqual([result, []]);
  });

  it('are not written again by a run that learned nothing', async () => {
    await firstRun();
    const { store } = await machine();
    found(store);
    await store.save();
    expect(asked.map((call) => call.split(' ')[0])).toEqual([
      'GetCacheEntryDownloadURL',
      'CreateCacheEntry',
      'FinalizeCacheEntryUpload',
      'GetCacheEntryDownloadURL',
    ]);
  });

  it('of a change that saved its own under the same key are none', async () => {
    const planted = gzipSync(JSON.stringify({ cel: `${'0'.repeat(64)} 2026-11-25 ${key} ${JSON.stringify(result)}\n` }));
    blobs.set(`k8s-gate-results-${build.slice(0, 16)}-shop_production-z`, { bytes: planted, done: true });
    const { store, warnings } = await machine();
    expect([found(store), warnings]).toEqual([undefined, [expect.stringContaining('did not write')]]);
  });

  it.each([
    ['a file elsewhere', gzipSync(JSON.stringify({ '../../../../tools/trivy/trivy': 'x' }))],
    ['no gzip', Buffer.from('tar')],
    ['a bomb', gzipSync(Buffer.alloc(600 * 1024 * 1024))],
  ])('that are %s are not unpacked', async (_, bytes) => {
    blobs.set(`k8s-gate-results-${build.slice(0, 16)}-shop_production-z`, { bytes, done: true });
    const outside = emptyFolder();
    const { store, warnings } = await machine({ cacheDir: path.join(outside, 'a', 'b') });
    expect([found(store), warnings]).toEqual([undefined, [expect.stringContaining('results were not read')]]);
    expect(await nodePorts.files.walk(outside, () => false)).toEqual([]);
  });

  it.each(['down', 'denied'] as const)('cost time only where the service is %s', async (how) => {
    fault = how;
    const { store, warnings } = await machine();
    store.results.keep('cel', key, result);
    await store.save();
    expect(warnings.at(-1)).toContain('results were not written');
    expect(found(store)).toEqual(result);
  });

  it('are not asked for on a server without the service', () => {
    expect(runnerCache({ ACTIONS_RESULTS_URL: 'http://x', ACTIONS_RUNTIME_TOKEN: 't' }, 'k')).toBeUndefined();
    expect(runnerCache({}, 'k')).toBeUndefined();
  });
});
