import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import type { Log } from '../../src/ports/ports.ts';
import { createToolchain, type Toolchain, type ToolchainOptions } from '../../src/toolchain/toolchain.ts';
import { type TarEntry, tar } from './tar.ts';
import { emptyFolder } from './temp-folders.ts';

/** A publisher on loopback with one small tool, `probe` 1.2.3, and a gate folder whose lock pins it. */
export interface Publisher {
  readonly url: string;
  /** Paths in the order they were asked for. */
  readonly requests: string[];
  readonly gateRoot: string;
  readonly cacheDir: string;
  /** What the log was told: `warn: ...`. */
  readonly logged: string[];
  /** A toolchain of its own on the same cache, as another run of the gate would have. */
  toolchain(options?: Partial<ToolchainOptions>): Promise<Toolchain>;
  stop(): void;
}

/** A program that says its version and leaves a mark where it ran. */
export const probe = '#!/bin/sh\necho "probe version 1.2.3"\n';
export const archiveOf = (entries: readonly TarEntry[]): Buffer => gzipSync(tar(entries));

export interface Publication {
  /** What the server answers to every path; default: `probe` itself. */
  readonly body?: string | Buffer;
  /** Default: 200. */
  readonly status?: number;
  /** Default: the hash of `body`. */
  readonly sha256?: string;
  readonly archive?: { readonly executable: string; readonly folders?: readonly string[] };
  /** Added to the tool's entry in the lock, or put in place of what is there. */
  readonly entry?: Readonly<Record<string, unknown>>;
  /** Default: `probe`. */
  readonly id?: string;
}

export async function publish(publication: Publication = {}): Promise<Publisher> {
  const requests: string[] = [];
  const body = Buffer.from(publication.body ?? probe);
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(publication.status ?? 200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the publisher got no port');
  const url = `http://127.0.0.1:${address.port}`;
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
      const ports = createNodePorts({ log: recorder(logged), env });
      return createToolchain({ ports, gateRoot, cacheDir, platform: 'linux-x64', ...options, env });
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function writeLock(gateRoot: string, url: string, body: Buffer, publication: Publication): void {
  const asset = {
    url,
    sha256: publication.sha256 ?? createHash('sha256').update(body).digest('hex'),
    sources: ['this test', 'and its other half'],
    ...(publication.archive !== undefined && { archive: publication.archive }),
  };
  const entry = {
    purpose: 'engine',
    version: '1.2.3',
    releasedAt: '2026-01-02',
    versionArgs: ['version'],
    assets: { 'linux-x64': asset },
    ...publication.entry,
  };
  mkdirSync(gateRoot, { recursive: true });
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
