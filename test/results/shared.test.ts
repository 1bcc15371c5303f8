import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredResult } from '../../src/engines/results.ts';
import { createActionsCache, runnerCache } from '../../src/ports/actions-cache.ts';
import { openSharedResults } from '../../src/results/shared.ts';
import type { ResultStore } from '../../src/results/store.ts';
import { type ActionsCacheServer, startActionsCache } from '../support/actions-cache-server.ts';
import { nodePorts } from '../support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

let cache: ActionsCacheServer;
beforeEach(async () => {
  cache = await startActionsCache();
});
afterEach(() => {
  cache.close();
  expect(cache.complaints).toEqual([]);
});
afterAll(removeTempFolders);

const key = 'a'.repeat(64);
const build = 'b'.repeat(64);
const result: StoredResult = { status: 'evaluated', findings: [] };
let runs = 0;

/** One run on a machine of its own. */
async function machine(options: { readonly secret?: string; readonly cacheDir?: string } = {}) {
  const warnings: string[] = [];
  const runner = runnerCache(cache.env, 'k8s-gate/test');
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
    expect(cache.asked.map((call) => call.split(' ')[0])).toEqual([
      'GetCacheEntryDownloadURL',
      'CreateCacheEntry',
      'FinalizeCacheEntryUpload',
      'GetCacheEntryDownloadURL',
    ]);
  });

  it('of a change that saved its own under the same key are not used', async () => {
    const planted = gzipSync(JSON.stringify({ cel: `${'0'.repeat(64)} 2026-11-25 ${key} ${JSON.stringify(result)}\n` }));
    cache.blobs.set(`k8s-gate-results-${build.slice(0, 16)}-shop_production-z`, { bytes: planted, done: true });
    const { store, warnings } = await machine();
    expect([found(store), warnings]).toEqual([undefined, [expect.stringContaining('did not write')]]);
  });

  it.each([
    ['a file elsewhere', gzipSync(JSON.stringify({ '../../../../tools/trivy/trivy': 'x' }))],
    ['no gzip', Buffer.from('tar')],
    ['a bomb', gzipSync(Buffer.alloc(600 * 1024 * 1024))],
  ])('that are %s are not unpacked', async (_, bytes) => {
    cache.blobs.set(`k8s-gate-results-${build.slice(0, 16)}-shop_production-z`, { bytes, done: true });
    const outside = emptyFolder();
    const { store, warnings } = await machine({ cacheDir: path.join(outside, 'a', 'b') });
    expect([found(store), warnings]).toEqual([undefined, [expect.stringContaining('results were not read')]]);
    expect(await nodePorts.files.walk(outside, () => false)).toEqual([]);
  });

  it.each(['down', 'denied'] as const)('cost time only where the service is %s', async (how) => {
    cache.fault = how;
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
