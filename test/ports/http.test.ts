import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readBody, send } from '../../src/ports/http-send.ts';
import { createNodeHttp } from '../../src/ports/node-http.ts';
import type { DownloadOptions } from '../../src/ports/ports.ts';
import { type Answer, cutAfter, ranged, serve, serveRaw, stopServers } from '../support/loopback.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const content = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 251));
const http = createNodeHttp({ pausesMs: [10, 10], pace: { windowMs: 1_000, minBytes: 100 } });
let file = '';
beforeEach(() => {
  file = path.join(emptyFolder(), 'asset');
});
afterEach(stopServers);
afterAll(removeTempFolders);

const download = (url: string, rest: Partial<DownloadOptions> = {}): Promise<{ readonly resumed: boolean }> =>
  http.download(url, file, { maxBytes: 10_000, timeoutMs: 20_000, ...rest });
const part = (): string => `${file}.part`;
const left = (): readonly string[] => readdirSync(path.dirname(file)).toSorted();
/** The first answer, then another. */
const firstThen =
  (first: Answer, rest: Answer): Answer =>
  (request, response, count) =>
    (count === 1 ? first : rest)(request, response, count);

describe('an interrupted download', () => {
  it('resumes', async () => {
    const { url, seen } = await serve(firstThen(cutAfter(2_000, content, '"one"', part), ranged(content, '"one"')));
    expect(await download(`${url}/a`)).toEqual({ resumed: true });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(seen).toEqual(['/a', '/a range=bytes=2000- if-range="one"']);
    expect(left()).toEqual(['asset']);
  });

  it('resumes in another call, as another process would', async () => {
    const cut = cutAfter(2_000, content, '"one"', part);
    const { url, seen } = await serve((request, response, count) =>
      (count === 1 ? cut : count < 4 ? refuse : ranged(content, '"one"'))(request, response, count),
    );
    await expect(download(`${url}/a`)).rejects.toThrow('HTTP 503');
    expect(left()).toEqual(['asset.part', 'asset.part.of']);
    expect(await download(`${url}/a`)).toEqual({ resumed: true });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(seen.at(-1)).toBe('/a range=bytes=2000- if-range="one"');
  });

  it('starts again for another address, whatever part there is', async () => {
    const cut = cutAfter(2_000, content, '"one"', part);
    const { url, seen } = await serve((request, response, count) =>
      (count < 4 ? cut : ranged(content, '"one"'))(request, response, count),
    );
    await expect(download(`${url}/a`)).rejects.toThrow();
    expect(await download(`${url}/b`)).toEqual({ resumed: false });
    expect(seen.at(-1)).toBe('/b');
  });

  it.each([
    ['has another file by now', ranged(content, '"two"')],
    ['ignores ranges', (_request, response) => response.end(content)],
    ['answers with another part', lyingRange({ 'content-range': 'bytes 100-4999/5000' })],
    ['answers with a part that ends early', lyingRange({ 'content-range': 'bytes 2000-2999/5000' })],
    ['answers with a part of another file', lyingRange({ 'content-range': 'bytes 2000-4999/5000', etag: '"two"' })],
    ['answers with a part and does not state which', lyingRange({})],
    ['knows no such range', lyingStatus],
  ] satisfies [string, Answer][])('starts again if the server %s', async (_what, rest) => {
    const { url } = await serve(firstThen(cutAfter(2_000, content, '"one"', part), rest));
    expect(await download(`${url}/a`)).toEqual({ resumed: false });
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it.each([undefined, 'W/"weak"', 'no quotes'])('starts again if its ETag was %s', async (etag) => {
    const { url, seen } = await serve(firstThen(cutAfter(2_000, content, etag), ranged(content, '"one"')));
    await download(`${url}/a`);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(seen).toEqual(['/a', '/a']);
  });
});

describe('a server that announces a wrong length', () => {
  const raw = (head: string, body: Buffer) => (socket: import('node:net').Socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\n${head}\r\n\r\n`);
    socket.end(body);
  };

  it('that announces more than it sends is tried again, and nothing is installed of it', async () => {
    const { url, seen } = await serveRaw(raw('Content-Length: 6000', content));
    await expect(download(`${url}/a`)).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    expect(seen).toHaveLength(3);
    expect(left()).toEqual([]);
  });

  it('that announces less is cut at that length', async () => {
    const { url } = await serveRaw(raw('Content-Length: 100', content));
    await download(`${url}/a`).catch(() => {});
    if (existsSync(file)) expect(readFileSync(file)).toHaveLength(100);
  });

  it('that never ends is cut off at the limit, for good', async () => {
    let stop = false;
    const { url, seen } = await serve((_request, response) => {
      const more = (): void => void (!stop && response.write(content, () => setImmediate(more)));
      response.on('close', () => {
        stop = true;
      });
      more();
    });
    await expect(download(`${url}/a`)).rejects.toThrow('larger than 10000 bytes');
    expect(seen).toHaveLength(1);
    expect(left()).toEqual([]);
  });

  it('that announces too much is not read', async () => {
    const { url } = await serve((_request, response) => response.writeHead(200, { 'content-length': '10001' }).write('x'));
    await expect(download(`${url}/a`)).rejects.toThrow('larger than 10000 bytes');
  });

  it('that sends a huge total with a part is refused', async () => {
    const rest = lyingRange({ 'content-range': 'bytes 2000-99999/100000' });
    const { url } = await serve(firstThen(cutAfter(2_000, content, '"one"', part), rest));
    await expect(download(`${url}/a`)).rejects.toThrow('larger than 10000 bytes');
    expect(left()).toEqual([]);
  });
});

describe('a server that wastes time', () => {
  it.each([
    ['does not answer', () => {}],
    ['sends nothing after the head', (_request, response) => response.writeHead(200).write('x')],
    ['sends a byte now and then', (_request, response) => setInterval(() => response.write('x'), 50).unref()],
  ] satisfies [string, Answer][])('and %s is given up long before the deadline', async (_what, answer) => {
    const { url, seen } = await serve(answer);
    const startedMs = performance.now();
    await expect(download(`${url}/a`)).rejects.toThrow(/the server sent \d+ bytes in 1 s/);
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    expect(seen).toHaveLength(3);
  });

  it('is not mistaken for one that is slow and steady', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      const pieces = Array.from({ length: 10 }, (_, index) => content.subarray(index * 500, index * 500 + 500));
      const timer = setInterval(() => {
        const piece = pieces.shift();
        if (piece !== undefined) return response.write(piece);
        clearInterval(timer);
        return response.end();
      }, 60);
    });
    await download(`${url}/a`);
    expect(readFileSync(file).equals(content)).toBe(true);
  });
});

describe('credentials in an address', () => {
  it('go to its origin, not to where it redirects, nor into a message', async () => {
    const store = await serve((_request, response) => response.writeHead(404).end());
    const mirror = await serve((request, response) => {
      const location = request.url === '/a' ? '/b' : `${store.url}/c`;
      response.writeHead(302, { location }).end();
    });
    const address = mirror.url.replace('//', '//me:p%40ss@');
    const failed = download(`${address}/a`);
    await expect(failed).rejects.toThrow(`${mirror.url}/a could not be downloaded: HTTP 404`);
    const basic = `authorization=Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(mirror.seen).toEqual([`/a ${basic}`, `/b ${basic}`]);
    expect(store.seen).toEqual(['/c']);
  });

  it('in a redirect are not used', async () => {
    const store = await serve((_request, response) => response.end('x'));
    const location = `${store.url.replace('//', '//evil:evil@')}/c`;
    const { url } = await serve((_request, response) => response.writeHead(302, { location }).end());
    await download(`${url}/a`);
    expect(store.seen).toEqual(['/c']);
  });
});

it('an answer that is cut before it is read is an error of the reader', async () => {
  const { url } = await serveRaw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy());
  });
  const { signal } = new AbortController();
  const answer = await send({ url: new URL(url), method: 'GET', headers: {}, signal });
  await vi.waitUntil(() => answer.body.errored !== null);
  await expect(readBody(answer, 1_000)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  await expect(pipeline(answer.body, new PassThrough())).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
});

it('progress is reported in bytes of the whole file', async () => {
  const { url } = await serve(firstThen(cutAfter(2_000, content, '"one"', part), ranged(content, '"one"')));
  const told: (readonly [number, number | undefined])[] = [];
  await download(`${url}/a`, { onProgress: (bytes, total) => told.push([bytes, total]) });
  expect(told.at(-1)).toEqual([5_000, 5_000]);
  expect(told.every(([bytes], index) => bytes > (told[index - 1]?.[0] ?? 0))).toBe(true);
});

function refuse(...[, response]: Parameters<Answer>): void {
  response.writeHead(503).end();
}

/** Answers a range with a 206 of these headers, and a request for the whole with the whole. */
function lyingRange(headers: Readonly<Record<string, string>>): Answer {
  return (request, response) => {
    if (request.headers.range === undefined) response.end(content);
    else response.writeHead(206, headers).end(content.subarray(2_000));
  };
}

function lyingStatus(...[request, response]: Parameters<Answer>): void {
  if (request.headers.range === undefined) response.end(content);
  else response.writeHead(416).end();
}
