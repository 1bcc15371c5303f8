import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { createNodeHttp } from '../../src/ports/node-http.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import type { Log } from '../../src/ports/ports.ts';
import { createToolchain, type Toolchain, type ToolchainOptions } from '../../src/toolchain/toolchain.ts';
import { type Answer, serve, stopServers } from './loopback.ts';
import { type TarEntry, tar } from './tar.ts';
import { emptyFolder } from './temp-folders.ts';

/** A publisher on loopback with one small tool, `probe` 1.2.3, and a gate folder whose lock pins it. */
export interface Publisher {
  readonly url: string;
  /** Paths in the order they were asked for. */
  readonly requests: string[];
  readonly gateRoot: string;
  readonly cacheDir: string;
  /** What the log received: `warn: ...`. */
  readonly logged: string[];
  /** A toolchain of its own on the same cache, as another run of the gate would have. */
  toolchain(options?: Partial<ToolchainOptions>): Promise<Toolchain>;
  stop(): void;
}

/** A program that prints its version and leaves a mark where it ran. */
export const probe = '#!/bin/sh\necho "probe version 1.2.3"\n';
export const archiveOf = (entries: readonly TarEntry[]): Buffer => gzipSync(tar(entries));

export interface Publication {
  /** What the server answers to every path; default: `probe` itself. */
  readonly body?: string | Buffer;
  /** Default: 200. */
  readonly status?: number;
  /** Serves the tool instead; `body` is then only what the lock pins. */
  readonly answer?: Answer;
  /** What the server has as the tool's signature, and the lock knows of; `''` is one that the server does not have. */
  readonly signature?: string;
  /** Files of the gate's own folder. */
  readonly gateFiles?: Readonly<Record<string, string>>;
  /** Default: the hash of `body`. */
  readonly sha256?: string;
  readonly archive?: { readonly executable: string; readonly folders?: readonly string[] };
  /** Added to the tool's entry in the lock, or put in place of what is there. */
  readonly entry?: Readonly<Record<string, unknown>>;
  /** Default: `probe`. */
  readonly id?: string;
  /** Default: `linux-x64`. */
  readonly platform?: string;
}

export async function publish(publication: Publication = {}): Promise<Publisher> {
  const requests: string[] = [];
  const body = Buffer.from(publication.body ?? probe);
  const whole: Answer = (_request, response) => response.writeHead(publication.status ?? 200).end(body);
  let asked = 0;
  const { url } = await serve((request, response) => {
    requests.push(request.url ?? '');
    if (request.url?.endsWith('.sig') !== true) return (publication.answer ?? whole)(request, response, ++asked);
    return response.writeHead(publication.signature === '' ? 404 : 200).end(publication.signature);
  });
  const gateRoot = emptyFolder();
  const cacheDir = path.join(emptyFolder(), 'cache');
  const logged: string[] = [];
  writeLock(gateRoot, `${url}/v1.2.3/probe`, body, publication);
  return {
    url,
    requests,
    gateRoot,
    cacheDir,
    logged,
    toolchain: (options) => {
      const env = { PATH: '/usr/bin:/bin', ...options?.env };
      const http = createNodeHttp({ pausesMs: [10, 10], pace: { windowMs: 1_000, minBytes: 1 } });
      const ports = { ...createNodePorts({ log: recorder(logged), env }), http };
      return createToolchain({ ports, gateRoot, cacheDir, platform: 'linux-x64', ...options, env });
    },
    stop: stopServers,
  };
}

function writeLock(gateRoot: string, url: string, body: Buffer, publication: Publication): void {
  const asset = {
    url,
    sha256: publication.sha256 ?? createHash('sha256').update(body).digest('hex'),
    sources: ['this test', 'and its other half'],
    ...(publication.signature !== undefined && { signature: `${url}.sig` }),
    ...(publication.archive !== undefined && { archive: publication.archive }),
  };
  const entry = {
    purpose: 'engine',
    version: '1.2.3',
    releasedAt: '2026-01-02',
    versionArgs: ['version'],
    assets: { [publication.platform ?? 'linux-x64']: asset },
    ...publication.entry,
  };
  for (const [name, text] of Object.entries(publication.gateFiles ?? {})) {
    mkdirSync(path.dirname(path.join(gateRoot, name)), { recursive: true });
    writeFileSync(path.join(gateRoot, name), text);
  }
  writeFileSync(
    path.join(gateRoot, 'tools.lock.json'),
    JSON.stringify({ schema: 1, minimumAgeDays: 14, tools: { [publication.id ?? 'probe']: entry } }),
  );
}

function recorder(logged: string[]): Log {
  const line =
    (level: string) =>
    (text: string): void =>
      void logged.push(`${level}: ${text}`);
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}
