import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RegistryServer, startRegistryServer } from '../support/registry-server.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { errors, imageOf, runTrivyEngine } from '../support/trivy-bench.ts';
import { type FakeTrivy, fakeTrivy } from '../support/trivy-fake.ts';

const hour = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const current = { UpdatedAt: ago(0), NextUpdate: ago(-24 * hour) };
let registry: RegistryServer;
let trivy: FakeTrivy;
beforeAll(async () => {
  registry = await startRegistryServer();
  registry.put('shop/a:1', {});
  registry.put('db:2', { database: 'CVE-2021-44228', dates: current });
});
beforeEach(() => {
  trivy = fakeTrivy();
});
afterEach(() => registry.intercept(undefined));
afterAll(async () => {
  await registry.stop();
  removeTempFolders();
});

const judge = (mirrors: readonly string[], cacheDir = emptyFolder()) =>
  runTrivyEngine({
    ...{ tool: trivy.tool, cacheDir, images: [imageOf(`${registry.host}/shop/a:1`)] },
    options: { scanners: ['vuln'], db: { repository: mirrors.map((name) => `${registry.host}/${name}`) } },
  });
const downloads = () =>
  trivy
    .newCalls()
    .filter(({ what }) => what === 'download')
    .map(({ args }) => args[args.indexOf('--db-repository') + 1]?.split('/').at(-1));
/** Answers so for the first requests for a name. */
function refuse(name: string, status: number, times: number): void {
  let left = times;
  registry.intercept((request, response) => {
    if (left === 0 || !request.url?.includes(name)) return false;
    left -= 1;
    response.writeHead(status).end();
    return true;
  });
}

describe('mirrors of the database', () => {
  it('are asked again where they are busy', async () => {
    refuse('/v2/db/', 429, 2);
    const cacheDir = emptyFolder();
    expect(errors(await judge(['db:2'], cacheDir))).toEqual([]);
    expect(downloads()).toEqual(['db:2', 'db:2', 'db:2']);
    expect(readdirSync(path.join(cacheDir, 'trivy/new'))).toEqual([]);
  });

  it('are tried in turn, and the next at once where one does not have it', async () => {
    expect(errors(await judge(['none:2', 'db:2']))).toEqual([]);
    expect(downloads()).toEqual(['none:2', 'db:2']);
  });

  it('are all named, each with its reason, where none has it', async () => {
    refuse('/v2/busy/', 503, 9);
    const cacheDir = emptyFolder();
    const [error] = errors(await judge(['none:2', 'busy:2'], cacheDir));
    expect(error?.message).toMatch(/none:2: .*MANIFEST_UNKNOWN.*; nor from .*busy:2: .*503.*\(tried 3 times\)/);
    expect(existsSync(path.join(cacheDir, 'trivy/db'))).toBe(false);
  });

  it('are not asked within an hour of a download, nor before the next one is announced', async () => {
    const cases = [
      { NextUpdate: ago(hour), DownloadedAt: ago(hour / 2), asked: false },
      { NextUpdate: ago(hour), DownloadedAt: ago(2 * hour), asked: true },
      { NextUpdate: ago(-hour), DownloadedAt: ago(2 * hour), asked: false },
      { NextUpdate: ago(hour), DownloadedAt: ago(-999 * hour), asked: true },
    ];
    for (const { asked, ...dates } of cases) {
      registry.put('dated:2', { database: 'CVE-2021-44228', dates: { UpdatedAt: ago(3 * hour), ...dates } });
      const cacheDir = emptyFolder();
      await judge(['dated:2'], cacheDir);
      downloads();
      await judge(['dated:2'], cacheDir);
      expect([dates, downloads()]).toEqual([dates, asked ? ['dated:2'] : []]);
    }
  });

  it('may be down for a while: what is in the cache is used, and reported', async () => {
    const cacheDir = emptyFolder();
    registry.put('due:2', { database: 'CVE-2021-44228', dates: { UpdatedAt: ago(3 * hour), NextUpdate: ago(hour) } });
    await judge(['due:2'], cacheDir);
    const run = await judge(['gone:2'], cacheDir);
    expect(errors(run)).toEqual([]);
    expect(run.notes).toContainEqual(expect.stringContaining('could not be updated'));
  });

  it('serve jobs that share a cache at the same time', async () => {
    const cacheDir = emptyFolder();
    const runs = await Promise.all([1, 2, 3].map(() => judge(['db:2'], cacheDir)));
    expect(runs.flatMap(errors)).toEqual([]);
    expect(readdirSync(path.join(cacheDir, 'trivy/db')).toSorted()).toEqual(['metadata.json', 'trivy.db']);
  });
});
