import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { serve, stopServers } from '../../test/support/loopback.ts';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { defaultRisk, type RiskConfig, type RiskName, type RiskSource } from '../model/risk.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { createNodeHttp } from '../ports/node-http.ts';
import { loadRisk, riskRun } from './load.ts';

afterEach(stopServers);
afterAll(removeTempFolders);

const now = new Date('2026-11-28T12:00:00Z');
const id = 'CVE-2024-3094';

function kev(part: object = {}, released = '2026-11-27T17:00:53.4242Z', entries = 1_500): string {
  const vulnerabilities = Array.from({ length: entries }, (_, index) => ({
    cveID: index === 0 ? id : `CVE-2020-${10_000 + index}`,
    dateAdded: '2026-03-01',
    knownRansomwareCampaignUse: index === 0 ? 'Known' : 'Unknown',
  }));
  return JSON.stringify({ title: 'KEV', dateReleased: released, count: entries, vulnerabilities, ...part });
}
const rows = Array.from({ length: 100_000 }, (_, index) => `CVE-2021-${10_000 + index},0.00043,0.1`).join('\n');
function epss(own: string | undefined = `${id},0.943,0.999`, date = '2026-11-28T12:55:00Z'): string {
  const head = `#model_version:v2025.03.14,score_date:${date}\ncve,epss,percentile`;
  return [head, ...(own === undefined ? [] : [own]), rows, ''].join('\n');
}

interface Setup {
  readonly sources?: Partial<Record<RiskName, RiskSource>>;
  readonly needed?: readonly RiskName[];
  readonly offline?: boolean;
  readonly trusted?: string;
  readonly checkout?: string;
  readonly cacheDir?: string;
  readonly today?: Date;
}
async function load(wanted: readonly RiskName[], setup: Setup = {}) {
  const { trusted = emptyFolder(), cacheDir = emptyFolder(), offline = false, needed = wanted, today = now } = setup;
  const config: RiskConfig = { sources: { ...defaultRisk, ...setup.sources }, wanted, needed };
  const risk = await loadRisk(config, new Set([id]), {
    ports: {
      files: createNodeFiles(),
      http: createNodeHttp({ pausesMs: [] }),
      clock: { now: () => today, monotonicMs: () => 0 },
    },
    ...{ cacheDir, trusted, offline, checkout: setup.checkout ?? trusted },
    signal: new AbortController().signal,
  });
  const run = riskRun(risk, config, { file: '.k8s-gate.yaml', line: () => 3, version: '1' });
  return {
    kev: risk.data.kev?.get(id),
    epss: risk.data.epss?.get(id),
    loaded: Object.keys(risk.data),
    used: risk.used,
    notes: risk.notes,
    findings: run.status === 'completed' ? run.findings.map(({ severity, title }) => `${severity} ${title}`) : [],
  };
}
const served = async (name: RiskName, body: string | Buffer, setup: Setup = {}) => {
  const { url } = await serve((_request, response) => response.end(body));
  return load([name], { ...setup, sources: { [name]: { url, maxAge: defaultRisk[name].maxAge } } });
};

describe('KEV and EPSS', () => {
  it('are downloaded, each with its date and digest', async () => {
    expect(await served('kev', kev())).toMatchObject({
      kev: { since: '2026-03-01', ransomware: true },
      used: [{ name: 'kev', released: '2026-11-27T17:00:53.424Z', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }],
      notes: ['entries of KEV (known exploited vulnerabilities) of 2026-11-27'],
      findings: [],
    });
    expect(await served('epss', gzipSync(epss()))).toMatchObject({ epss: 0.943, loaded: ['epss'], findings: [] });
    expect(await served('epss', epss())).toMatchObject({ epss: 0.943 });
  });

  it('have no score of a vulnerability that the file does not contain', async () => {
    expect(await served('epss', epss('CVE-1999-0001,1.0e-05,0.1'))).toMatchObject({ epss: undefined, loaded: ['epss'] });
  });

  it.each<[RiskName, string, string | Buffer, string]>([
    ['kev', 'an empty list', kev({}, undefined, 0), 'it lists 0 vulnerabilities, and KEV has more than 1000'],
    ['kev', 'a short list', kev({}, undefined, 40), 'it lists 40 vulnerabilities, and KEV has more than 1000'],
    ['kev', 'a truncated list', kev({ count: 1_501 }), 'it counts 1501 vulnerabilities and lists 1500'],
    ['kev', 'half a file', kev().slice(0, 9_000), 'it is not the KEV catalog in JSON'],
    ['kev', 'a web page', '<html>Access denied</html>', 'it is not the KEV catalog in JSON'],
    ['kev', 'an invalid id', kev().replace(id, 'CVE-2024'), '`cveID` of item 1 of `vulnerabilities`: expected a CVE id'],
    ['kev', 'nothing', '', 'it is not the KEV catalog in JSON'],
    ['kev', 'an empty archive', gzipSync(''), 'it is not the KEV catalog in JSON'],
    ['kev', 'half an archive', gzipSync(kev()).subarray(0, 500), 'neither text in UTF-8 nor compressed by gzip'],
    ['epss', 'an empty archive', gzipSync(''), 'it is not a CSV file of EPSS'],
    ['epss', 'a web page', '<!doctype html><title>Moved</title>', 'it is not a CSV file of EPSS'],
    ['kev', 'an old list', kev({}, '2026-10-01T00:00:00Z'), 'it is of 2026-10-01, which is older than 14d'],
    ['kev', 'a list of the future', kev({}, '2027-01-01T00:00:00Z'), 'which is in the future'],
    ['kev', 'other bytes', Buffer.from([0x1f, 0x8b, 1, 2, 3]), 'neither text in UTF-8 nor compressed by gzip'],
    ['epss', 'a score that is not a number', epss(`${id},NaN,0.9`), 'line 3 is not a CVE with a score from 0 to 1'],
    ['epss', 'a score above 1', epss(`${id},1.5,0.9`), 'line 3 is not a CVE with a score from 0 to 1'],
    ['epss', 'an empty score', epss(`${id},,0.9`), 'line 3 is not a CVE with a score from 0 to 1'],
    ['epss', 'two scores of one vulnerability', epss(`${id},0.9,0.9\n${id},0.0,0.1`), 'line 4 is a second score'],
    ['epss', 'no rows', epss().slice(0, 200), 'it is not complete'],
    ['epss', 'no date', epss().replace('score_date', 'date'), 'it is not a CSV file of EPSS'],
    ['epss', 'old scores', epss(undefined, '2026-11-01T00:00:00Z'), 'it is of 2026-11-01, which is older than 7d'],
  ])('%s is not used and is reported: %s', async (name, _what, body, why) => {
    const result = await served(name, body);
    expect(result).toMatchObject({ loaded: [], used: [] });
    expect(result.findings).toEqual([expect.stringContaining(why)]);
    expect(result.findings[0]).toMatch(/^unknown no /);
  });

  it('are reported as missing when the server has none, with less weight if no condition needs them', async () => {
    const { url } = await serve((_request, response) => response.writeHead(404).end());
    const sources = { kev: { url, maxAge: '14d' } };
    expect((await load(['kev'], { sources })).findings).toEqual([expect.stringMatching(/^unknown no entries of KEV .*404/)]);
    expect((await load(['kev'], { sources, needed: [] })).findings).toEqual([expect.stringMatching(/^low no entries of KEV/)]);
  });

  it('are found where the publisher redirects to, as EPSS does to the file of the day, but not at an address of another kind', async () => {
    const day = await serve((_request, response) => response.end(gzipSync(epss())));
    const to = async (location: string) => {
      const { url } = await serve((_request, response) => response.writeHead(302, { location }).end());
      return load(['epss'], { sources: { epss: { url, maxAge: '7d' } } });
    };
    expect(await to(day.url)).toMatchObject({ epss: 0.943, findings: [] });
    for (const location of ['http://mirror.example/epss.csv.gz', 'file:///etc/passwd', 'https://'])
      expect((await to(location)).findings).toEqual([expect.stringMatching(/^unknown no EPSS scores could be used: /)]);
  });

  it('decompress to a limit', async () => {
    const bomb = gzipSync(Buffer.alloc(140 * 1024 * 1024));
    expect((await served('kev', bomb)).findings).toEqual([expect.stringContaining('neither text in UTF-8 nor compressed')]);
  });
});

describe('the cache', () => {
  const old = (cacheDir: string, hours: number): void => {
    const folder = path.join(cacheDir, 'risk');
    const time = now.getTime() / 1_000 - hours * 3_600;
    for (const name of readdirSync(folder)) utimesSync(path.join(folder, name), time, time);
  };
  const setup = async (answer: () => string) => {
    const server = await serve((_request, response) => {
      const body = answer();
      if (body === '') response.writeHead(500).end();
      else response.end(body);
    });
    const cacheDir = emptyFolder();
    const again = (hours?: number, today = now) => {
      if (hours !== undefined) old(cacheDir, hours);
      return load(['kev'], { cacheDir, today, sources: { kev: { url: server.url, maxAge: '14d' } } });
    };
    return { server, again };
  };

  it('is used for half a day, and longer if the server fails, but not beyond the maximum age', async () => {
    let body = kev();
    const { server, again } = await setup(() => body);
    await again();
    await again(1);
    expect(server.seen).toHaveLength(1);
    await again(13);
    expect(server.seen).toHaveLength(2);
    body = '';
    const stale = await again(13);
    expect(stale).toMatchObject({ kev: { since: '2026-03-01' }, findings: [] });
    expect(stale.notes).toContainEqual(expect.stringContaining('kev: the copy in the cache was used: '));
    const late = await again(13, new Date('2026-12-28T12:00:00Z'));
    expect(late).toMatchObject({ loaded: [], findings: [expect.stringContaining('older than 14d')] });
  });

  it('is kept if a mirror serves an older list, or one that is not complete', async () => {
    let body = kev();
    const { again } = await setup(() => body);
    await again();
    body = kev({ vulnerabilities: [], count: 0 });
    expect(await again(13)).toMatchObject({ kev: { since: '2026-03-01' }, findings: [] });
    body = kev({}, '2026-11-20T00:00:00Z').replace(id, 'CVE-2000-0001');
    const older = await again(13);
    expect(older).toMatchObject({ kev: { since: '2026-03-01' } });
    expect(older.notes).toContainEqual(expect.stringContaining('serves an older copy than the cache has'));
  });

  it('is the only source without a mirror if nothing may be fetched', async () => {
    expect((await load(['kev'], { offline: true })).findings).toEqual([
      expect.stringContaining('`sources.offline` is set, and no mirror is configured'),
    ]);
  });
});

describe('a file', () => {
  const file = (name: string): Setup => ({ sources: { kev: { file: name, maxAge: '14d' } } });

  it('is read from the base, not from the change', async () => {
    const [trusted, checkout] = [emptyFolder(), emptyFolder()];
    writeFileSync(path.join(checkout, 'kev.json'), kev());
    const missing = await load(['kev'], { ...file('kev.json'), trusted, checkout });
    expect(missing.findings).toEqual([
      expect.stringContaining('kev.json does not exist in the repository that the configuration is from'),
    ]);
    writeFileSync(path.join(trusted, 'kev.json'), kev());
    expect(await load(['kev'], { ...file('kev.json'), trusted, checkout })).toMatchObject({ loaded: ['kev'], findings: [] });
  });

  it('outside of the repository may be absolute, and one inside may not', async () => {
    const [checkout, machine] = [emptyFolder(), emptyFolder()];
    for (const folder of [checkout, machine]) writeFileSync(path.join(folder, 'kev.json'), kev());
    expect(await load(['kev'], { ...file(path.join(machine, 'kev.json')), checkout })).toMatchObject({ loaded: ['kev'] });
    symlinkSync(path.join(checkout, 'kev.json'), path.join(machine, 'link.json'));
    mkdirSync(path.join(checkout, 'data'));
    symlinkSync(path.join(checkout, 'data'), path.join(machine, 'data'));
    writeFileSync(path.join(checkout, 'data', 'kev.json'), kev());
    for (const name of [path.join(checkout, 'kev.json'), path.join(machine, 'link.json'), path.join(machine, 'data', 'kev.json')])
      expect((await load(['kev'], { ...file(name), checkout })).findings).toEqual([
        expect.stringContaining('is inside of the repository, where a change could replace it'),
      ]);
    expect((await load(['kev'], { ...file('../kev.json'), trusted: checkout })).loaded).toEqual([]);
  });
});
