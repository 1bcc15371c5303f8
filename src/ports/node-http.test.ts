import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createNodeHttp } from './node-http.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'k8s-gate-http-'));
const file = path.join(folder, 'asset');
const http = createNodeHttp({ pausesMs: [10, 10], pace: { windowMs: 10_000, minBytes: 1 } });
const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

async function serve(handler: Handler): Promise<{ readonly url: string; readonly requests: () => number }> {
  let count = 0;
  const server = createServer((request, response) => handler(request, response, ++count));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, requests: () => count };
}

const download = (url: string, rest: { maxBytes?: number; timeoutMs?: number; signal?: AbortSignal } = {}): Promise<unknown> =>
  http.download(url, file, { maxBytes: 1_000, timeoutMs: 5_000, ...rest });

describe('download', () => {
  it('writes the answer to a file', async () => {
    const { url } = await serve((_request, response) => response.end('content'));
    await download(`${url}/a`);
    expect(readFileSync(file, 'utf8')).toBe('content');
  });

  it.each([404, 403])('does not retry after %d', async (status) => {
    const { url, requests } = await serve((_request, response) => response.writeHead(status).end());
    await expect(download(`${url}/a`)).rejects.toMatchObject({
      code: 'TOOL_UNAVAILABLE',
      message: `${url}/a could not be downloaded: HTTP ${status}`,
    });
    expect(requests()).toBe(1);
  });

  it.each([500, 429, 408])('retries after %d', async (status) => {
    const { url, requests } = await serve((_request, response, count) =>
      count === 1 ? response.writeHead(status).end() : response.end('content'),
    );
    await download(`${url}/a`);
    expect(readFileSync(file, 'utf8')).toBe('content');
    expect(requests()).toBe(2);
  });

  it('gives up after three attempts', async () => {
    const { url, requests } = await serve((_request, response) => response.writeHead(503).end());
    await expect(download(`${url}/a`)).rejects.toThrow('HTTP 503');
    expect(requests()).toBe(3);
  });

  it('retries when the connection is cut, and keeps nothing of the first half', async () => {
    const { url } = await serve((_request, response, count) => {
      if (count > 1) return response.end('content');
      response.writeHead(200, { 'content-length': '100' }).write('half');
      return setTimeout(() => response.destroy(), 20);
    });
    await download(`${url}/a`);
    expect(readFileSync(file, 'utf8')).toBe('content');
  });

  it('reports that nobody listens, without a second attempt', async () => {
    const { url } = await serve(() => {});
    for (const stop of stops.splice(0)) stop();
    await expect(download(`${url}/a`)).rejects.toThrow('the connection was refused (ECONNREFUSED)');
  });

  it('follows redirects on this machine, five at most', async () => {
    const { url } = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) return response.end('content');
      return response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    await download(`${url}/5`);
    expect(readFileSync(file, 'utf8')).toBe('content');
    await expect(download(`${url}/6`)).rejects.toThrow('more than 5 redirects');
  });

  it.each(['http://host.invalid/x', 'file:///etc/passwd', 'ftp://127.0.0.1/x', 'http://127.0.0.1.evil.invalid/x'])(
    'refuses a redirect to %s',
    async (location) => {
      const { url, requests } = await serve((_request, response) => response.writeHead(302, { location }).end());
      await expect(download(`${url}/a`)).rejects.toThrow('which is not an https address');
      expect(requests()).toBe(1);
    },
  );

  it('refuses plain http to another machine', async () => {
    await expect(download('http://host.invalid/x')).rejects.toThrow(
      'the address leads to http://host.invalid, which is not an https address',
    );
  });

  it.each([
    ['announced', { 'content-length': '1001' }],
    ['streamed', {}],
  ])('refuses an %s answer that is too large', async (_how, headers) => {
    const { url, requests } = await serve((_request, response) => response.writeHead(200, headers).end('x'.repeat(1_001)));
    await expect(download(`${url}/a`)).rejects.toThrow('larger than 1000 bytes');
    expect(existsSync(file)).toBe(false);
    expect(requests()).toBe(1);
  });

  it('gives up on a slow answer at the deadline', async () => {
    const { url } = await serve((_request, response) => void response.writeHead(200).write('drip'));
    await expect(download(`${url}/a`, { timeoutMs: 300 })).rejects.toThrow('it took longer than 0.3 s');
    expect(existsSync(file)).toBe(false);
  });

  it('stops when the run is cancelled', async () => {
    const { url } = await serve((_request, response) => void response.writeHead(200).write('drip'));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    await expect(download(`${url}/a`, { signal: controller.signal })).rejects.toThrow('it was cancelled');
  });

  it('waits as long as the server asks', async () => {
    const { url } = await serve((_request, response, count) =>
      count === 1 ? response.writeHead(429, { 'retry-after': '1' }).end() : response.end('content'),
    );
    const startedMs = performance.now();
    await download(`${url}/a`);
    expect(performance.now() - startedMs).toBeGreaterThan(950);
  });
});
