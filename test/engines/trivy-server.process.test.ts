import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createResults, type Results } from '../../src/engines/results.ts';
import type { Command, EnginePorts } from '../../src/ports/ports.ts';
import { serve, stopServers } from '../support/loopback.ts';
import { type RegistryServer, startRegistryServer } from '../support/registry-server.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { type Bench, errors, imageOf, runTrivyEngine, statuses } from '../support/trivy-bench.ts';
import { type FakeTrivy, fakeTrivy } from '../support/trivy-fake.ts';

const dates = { UpdatedAt: new Date().toISOString(), NextUpdate: new Date(Date.now() + 86_400_000).toISOString() };
let registry: RegistryServer;
let trivy: FakeTrivy;
let commands: Command[];
beforeAll(async () => {
  registry = await startRegistryServer();
  registry.put('db:2', { database: 'CVE-2021-44228 CVE-2025-9230', dates });
  registry.put('shop/a:1', { weakness: 'CVE-2025-9230' });
  registry.put('shop/b:1', {});
});
beforeEach(() => {
  trivy = fakeTrivy();
  commands = [];
});
afterAll(async () => {
  stopServers();
  await registry.stop();
  removeTempFolders();
});

const recorded = (real: EnginePorts): EnginePorts => ({
  ...real,
  processes: {
    ...real.processes,
    run(command) {
      commands.push(command);
      return real.processes.run(command);
    },
  },
});
const judge = (bench: Partial<Bench> = {}) =>
  runTrivyEngine({
    ...{ tool: trivy.tool, ports: recorded, images: ['shop/a:1', 'shop/b:1'].map((name) => imageOf(`${registry.host}/${name}`)) },
    ...bench,
    options: { scanners: ['vuln'], parallel: 2, db: { repository: `${registry.host}/db:2` } },
  });
const isAlive = (pid: number | undefined) => {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
};

describe('a server of yours', () => {
  const images = () => ['shop/a:1', 'shop/b:1'].map((name) => imageOf(`${registry.host}/${name}`));
  const run = (url: string, results: Results) =>
    runTrivyEngine({
      ...{ tool: trivy.tool, images: images(), results, named: [registry.host] },
      options: { scanners: ['vuln'], server: url },
    });
  const started = () => trivy.newCalls().map(({ what }) => what);

  it('is asked of its database, and of nothing else while that is the same', async () => {
    const results = createResults();
    let version: object = { Version: '0.74.0', VulnerabilityDB: { Version: 2, UpdatedAt: dates.UpdatedAt } };
    const server = await serve((request, response) =>
      response.end(request.url === '/version' ? JSON.stringify(version) : 'true'),
    );
    const first = await run(server.url, results);
    expect(started()).toEqual(['sbom', 'image', 'image']);
    const second = await run(server.url, results);
    expect(started()).toEqual([]);
    expect([second.findings, second.digests]).toEqual([first.findings, first.digests]);
    expect(second.notes).toContain(`vulnerability database of ${dates.UpdatedAt.slice(0, 10)} (server)`);
    version = { Version: '0.74.0', VulnerabilityDB: { Version: 2, UpdatedAt: new Date(Date.now() - 3_600_000).toISOString() } };
    await run(server.url, results);
    expect(started()).toEqual(['sbom', 'image', 'image']);
  });

  it('that does not report which database it has is asked each time', async () => {
    const results = createResults();
    const server = await serve((request, response) =>
      request.url === '/version' ? response.writeHead(404).end() : response.end('true'),
    );
    for (const _ of [1, 2]) {
      await run(server.url, results);
      expect(started().filter((what) => what === 'image')).toHaveLength(2);
    }
  });

  it('with an old database is refused before anything is scanned', async () => {
    const VulnerabilityDB = { Version: 2, UpdatedAt: '2026-01-01T00:00:00Z' };
    const server = await serve((_, response) => response.end(JSON.stringify({ Version: '0.74.0', VulnerabilityDB })));
    expect(errors(await run(server.url, createResults()))[0]?.code).toBe('RESULT_STALE');
    expect(started()).toEqual([]);
  });
});

describe('the server of a run', () => {
  it('is there for its clients, alone with its token, and gone afterwards', async () => {
    const run = await judge();
    expect(run.findings).toHaveLength(1);
    const calls = trivy.newCalls();
    const server = calls.find(({ what }) => what === 'server');
    const token = server?.env.TRIVY_TOKEN ?? '';
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(server?.args.join(' ')).toMatch(/--listen 127\.0\.0\.1:\d+ .*--cache-backend memory --skip-db-update/);
    const clients = calls.filter(({ args }) => args.includes('--server'));
    expect(clients.map(({ what, env }) => [what, env.TRIVY_TOKEN])).toEqual([
      ['sbom', token],
      ['image', token],
      ['image', token],
    ]);
    for (const call of calls) expect(call.args.join(' ')).not.toContain(token);
    expect(calls.filter(({ what }) => what === 'download').map(({ env }) => env.TRIVY_TOKEN)).toEqual([undefined]);
    expect(isAlive(server?.pid)).toBe(false);
  });

  it('that dies takes its answers with it, and its last words are reported', async () => {
    trivy.killServer();
    const run = await judge();
    expect(Object.values(statuses(run))).toEqual(['failed', 'failed']);
    expect(errors(run)[0]).toMatchObject({ code: 'ENGINE_FAILED', message: expect.stringContaining('out of luck') });
  });

  it('that warns, of an image it does not name, is heard in each run', async () => {
    trivy.warnByServer();
    const results = createResults();
    for (const _ of [1, 2]) {
      const run = await judge({ results });
      expect(run.notes).toContain('one or more of the images: Trivy has no advisories for its operating system');
    }
  });

  it('ends with a run that is cancelled', async () => {
    const stop = new AbortController();
    registry.intercept((request) => {
      const scanning = request.method === 'GET' && request.url?.includes('shop') === true;
      if (scanning) stop.abort();
      return scanning;
    });
    const run = await judge({ signal: stop.signal });
    registry.intercept(undefined);
    expect(Object.values(statuses(run))).toEqual(['failed', 'failed']);
    expect(isAlive(trivy.newCalls().find(({ what }) => what === 'server')?.pid)).toBe(false);
  });

  it('is not for images in files, whose scans stay without a network', async () => {
    const workspace = emptyFolder();
    writeFileSync(path.join(workspace, 'web.tar'), '{"weakness":"CVE-2025-9230"}');
    const remote = ['shop/a:1', 'shop/b:1'].map((name) => imageOf(`${registry.host}/${name}`));
    const run = await judge({ workspace, images: [...remote, imageOf('shop/web:1', { kind: 'archive', path: 'web.tar' })] });
    expect(run.findings).toHaveLength(2);
    const ofFile = commands.filter(({ args }) => args.includes('--input'));
    expect(ofFile.map(({ args, network, env }) => [args.includes('--server'), network, env.TRIVY_TOKEN])).toEqual([
      [false, 'none', undefined],
    ]);
    const canaries = commands.filter(({ args }) => args[0] === 'sbom').map(({ network }) => network);
    expect(canaries).toEqual(['allowed', 'none']);
  });
});
