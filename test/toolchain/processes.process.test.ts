import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { compileSources } from '../support/compiled-sources.ts';
import { ranged, sizeOf, stopServers } from '../support/loopback.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { archiveOf, type Publisher, probe, publish } from '../support/tool-publisher.ts';

const worker = `
import { createNodePorts } from './ports/node-ports.js';
import { createToolchain } from './toolchain/toolchain.js';
const [gateRoot, cacheDir] = process.argv.slice(2);
const log = Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, () => {}]));
const env = { PATH: '/usr/bin:/bin' };
const lockTimes = { beatMs: 100, pollMs: 20, staleMs: 2_000 };
const toolchain = await createToolchain({ ports: createNodePorts({ log, env }), gateRoot, cacheDir, env, lockTimes, platform: 'linux-x64' });
console.log((await toolchain.get('probe')).path);
`;
let compiled = '';
const children: ChildProcess[] = [];
beforeAll(() => {
  compiled = compileSources(['model', 'ports', 'toolchain']);
  writeFileSync(path.join(compiled, 'worker.js'), worker);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  stopServers();
});
afterAll(removeTempFolders);

interface Worker {
  readonly child: ChildProcess;
  /** Its exit code, or the signal that ended it, and what it printed. */
  readonly ended: Promise<readonly [number | string | null, string]>;
}

function start(publisher: Publisher): Worker {
  const child = spawn(process.execPath, [path.join(compiled, 'worker.js'), publisher.gateRoot, publisher.cacheDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<readonly [number | string | null, string]>((resolve) =>
    child.once('close', (code, signal) => resolve([code ?? signal, output.trim()])),
  );
  return { child, ended };
}

const body = archiveOf([
  { path: 'probe', content: probe },
  { path: 'cfg/a.yaml', content: 'a: 1' },
]);
const archive = { executable: 'probe', folders: ['cfg'] };
const inCache = (publisher: Publisher): readonly string[] => readdirSync(path.join(publisher.cacheDir, 'tools/probe'));
const expectInstalled = (publisher: Publisher): void => {
  expect(inCache(publisher)).toEqual(['1.2.3-linux-x64']);
  const folder = path.join(publisher.cacheDir, 'tools/probe/1.2.3-linux-x64');
  expect(readdirSync(folder).toSorted()).toEqual(['cfg', 'probe', 'receipt.json']);
  expect(readFileSync(path.join(folder, 'probe'), 'utf8')).toBe(probe);
};

describe('processes that share a cache', () => {
  it('install a tool once between them', async () => {
    const publisher = await publish({ body, archive });
    const ends = await Promise.all(Array.from({ length: 5 }, () => start(publisher).ended));
    const tool = path.join(publisher.cacheDir, 'tools/probe/1.2.3-linux-x64/probe');
    expect(ends).toEqual(Array.from({ length: 5 }, () => [0, tool]));
    expect(publisher.requests).toHaveLength(1);
    expectInstalled(publisher);
  });

  it('finish what one that was killed had begun', async () => {
    const rest = ranged(body, '"one"');
    const ranges: (string | undefined)[] = [];
    const publisher = await publish({
      body,
      archive,
      answer: (request, response, count) => {
        ranges.push(request.headers.range);
        if (count > 1) return rest(request, response, count);
        response.writeHead(200, { etag: '"one"', 'content-length': body.length });
        return response.write(body.subarray(0, 50));
      },
    });
    const first = start(publisher);
    const part = path.join(publisher.cacheDir, 'tools/probe/.download-1.2.3-linux-x64.part');
    await vi.waitUntil(() => sizeOf(part) === 50, { timeout: 60_000, interval: 20 });
    const others = [start(publisher), start(publisher), start(publisher)];
    await new Promise((resolve) => setTimeout(resolve, 500));
    first.child.kill('SIGKILL');
    expect((await first.ended)[0]).toBe('SIGKILL');
    expect(inCache(publisher)).not.toContain('1.2.3-linux-x64');
    const ends = await Promise.all(others.map((other) => other.ended));
    expect(ends.map(([code]) => code)).toEqual([0, 0, 0]);
    expect(ranges).toEqual([undefined, 'bytes=50-']);
    expectInstalled(publisher);
  });
});
