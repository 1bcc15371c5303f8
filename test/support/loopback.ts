import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { createServer as createRawServer, type Socket } from 'node:net';

/** Servers on 127.0.0.1 that answer as a test tells them to; `stopServers` in afterEach. */
export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => unknown;

export interface LoopbackServer {
  readonly url: string;
  /** `GET /path range=... if-range=... authorization=...`, in the order they came. */
  readonly seen: readonly string[];
}

const stops: (() => void)[] = [];

export async function serve(answer: Answer): Promise<LoopbackServer> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const asked = ['range', 'if-range', 'authorization'].flatMap((name) =>
      request.headers[name] === undefined ? [] : [`${name}=${request.headers[name]}`],
    );
    seen.push([request.url, ...asked].join(' '));
    answer(request, response, seen.length);
  });
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: await listen(server), seen };
}

/** One that speaks bytes, not HTTP: for answers that node's own server refuses to write. */
export async function serveRaw(answer: (socket: Socket) => void): Promise<LoopbackServer> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (data) => {
      seen.push(data.toString().split('\r\n')[0] ?? '');
      answer(socket);
    });
  });
  stops.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: await listen(server), seen };
}

/** The URL of a server on a free port of 127.0.0.1. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server got no port');
  return `http://127.0.0.1:${address.port}`;
}

export function stopServers(): void {
  for (const stop of stops.splice(0)) stop();
}

/** A file whose server honors Range and If-Range, as object stores do. */
export function ranged(content: Buffer, etag: string): Answer {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const whole = start === 0 || request.headers['if-range'] !== etag;
    const body = whole ? content : content.subarray(start);
    const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
    response.writeHead(whole ? 200 : 206, { etag, 'content-length': body.length, ...(!whole && range) }).end(body);
  };
}

/**
 * Announces everything, sends so many bytes and cuts the connection: at once, or when that many are in this file. What a cut connection held
 * may be lost, so a test that needs the part waits for it.
 */
export function cutAfter(bytes: number, content: Buffer, etag: string | undefined, file?: () => string): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': content.length, ...(etag !== undefined && { etag }) });
    response.write(content.subarray(0, bytes));
    const timer = setInterval(() => {
      if (file !== undefined && sizeOf(file()) < bytes) return;
      clearInterval(timer);
      response.destroy();
    }, 20);
    response.on('close', () => clearInterval(timer));
  };
}

/** 0 where there is no such file. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
