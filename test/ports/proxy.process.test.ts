import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createActionsCache } from '../../src/ports/actions-cache.ts';
import { createNodeHttp } from '../../src/ports/node-http.ts';
import { createNodeRegistries } from '../../src/ports/node-registries.ts';
import type { LookUp } from '../../src/ports/ports.ts';
import { serve, stopServers } from '../support/loopback.ts';
import { nodePorts } from '../support/node-ports.ts';
import { type LoopbackProxy, startProxy } from '../support/proxy.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const missing = spawnSync('openssl', ['version']).status !== 0;
const digest = `sha256:${'a'.repeat(64)}`;
const credentials = 'runner:p%40ss-of-the-proxy';
const basic = `Basic ${Buffer.from('runner:p@ss-of-the-proxy').toString('base64')}`;

let origin: Server | undefined;
/** Requests that arrived behind the proxy, with every header. */
const arrived: string[] = [];
let proxy: LoopbackProxy;

beforeAll(async () => {
  if (missing) return;
  const folder = emptyFolder();
  const names = ['DNS:mirror.invalid', 'DNS:registry.invalid', 'DNS:results.invalid', 'IP:10.255.255.1'];
  const subject = ['-subj', '/CN=invalid', '-addext', `subjectAltName=${names.join()}`, '-days', '2'];
  const files = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...files], { stdio: 'ignore' });
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(path.join(folder, name)));
  origin = createServer({ key, cert }, (request, response) => {
    arrived.push([`${request.method} ${request.headers.host}${request.url}`, ...Object.keys(request.headers)].join(' '));
    response.writeHead(200, { 'docker-content-digest': digest }).end(request.method === 'POST' ? '{"ok":false}' : 'content');
  });
  await new Promise<void>((resolve) => origin?.listen(0, '127.0.0.1', resolve));
  process.env.SSL_CERT_FILE = path.join(folder, 'cert.pem');
});
beforeEach(async () => {
  arrived.length = 0;
  proxy = await startProxy(() => {
    const address = origin?.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  });
  vi.stubEnv('HTTPS_PROXY', `http://${credentials}@${proxy.host}`);
  vi.stubEnv('HTTP_PROXY', `http://${credentials}@${proxy.host}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  proxy.close();
  stopServers();
});
afterAll(() => {
  delete process.env.SSL_CERT_FILE;
  origin?.closeAllConnections();
  origin?.close();
  removeTempFolders();
});

const http = createNodeHttp({ pausesMs: [10, 10] });
const download = (url = 'https://mirror.invalid/a', file = path.join(emptyFolder(), 'a')) =>
  http.download(url, file, { maxBytes: 1_000, timeoutMs: 20_000 }).then(() => readFileSync(file, 'utf8'));
const lookUp = (named: readonly string[] = [], insecure = false): LookUp => ({
  ...{ insecure, credentials: false, timeoutMs: 5_000, signal: new AbortController().signal },
  named: () => Promise.resolve(named),
});
const digestOf = (registry: string, options = lookUp()) =>
  createNodeRegistries({ env: {}, processes: nodePorts.processes, log: nodePorts.log, pausesMs: [] }).digest(
    { registry, repository: 'shop/web', tag: '1' },
    options,
  );
const messageOf = (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => 'it did not fail',
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  );

describe.skipIf(missing)(`a proxy of the environment${missing ? ' (skipped: no openssl)' : ''}`, () => {
  it('is asked to connect for a download, and alone gets its credentials', async () => {
    expect(await download()).toBe('content');
    expect([proxy.seen, proxy.authorizations]).toEqual([['CONNECT mirror.invalid:443'], [basic]]);
    expect(arrived).toEqual([expect.stringContaining('GET mirror.invalid/a')]);
    expect(arrived.join()).not.toMatch(/authorization/);
  });

  it('is asked to connect for a registry whose name only the proxy can resolve', async () => {
    expect(await digestOf('registry.invalid')).toBe(digest);
    expect(proxy.seen).toEqual(['CONNECT registry.invalid:443']);
    expect(arrived.join()).not.toMatch(/authorization/);
  });

  it('is asked to connect for the cache of GitHub Actions', async () => {
    const cache = createActionsCache({ url: 'https://results.invalid/', token: 'x', userAgent: 'x' });
    expect(await cache.read('k')).toBeUndefined();
    expect(proxy.seen).toEqual(['CONNECT results.invalid:443']);
    proxy.status = 502;
    const other = createActionsCache({ url: 'https://other.invalid/', token: 'x', userAgent: 'x' });
    expect(await messageOf(other.read('k'))).toContain(`the proxy http://${proxy.host} did not connect (HTTP 502)`);
  });

  it.each(['mirror.invalid', 'invalid', '.invalid', 'other.example, mirror.invalid:443', '*'])(
    'is not asked for a host of NO_PROXY=%s',
    async (value) => {
      vi.stubEnv('NO_PROXY', value);
      expect(await messageOf(download())).toMatch(/the host name (?:is unknown|could not be looked up) \(E\w+\)$/);
      expect(proxy.seen).toEqual([]);
    },
  );

  it('is not asked for a host of which NO_PROXY names only the end of a label, or another port', async () => {
    vi.stubEnv('NO_PROXY', 'irror.invalid,mirror.invalid:8443');
    expect(await download()).toBe('content');
    expect(proxy.seen).toHaveLength(1);
  });

  it('written without a scheme is one of http', async () => {
    vi.stubEnv('HTTPS_PROXY', `${credentials}@${proxy.host}`);
    expect(await download()).toBe('content');
    expect(proxy.authorizations).toEqual([basic]);
  });

  it('forwards plain http to a registry that is allowed to be insecure', async () => {
    vi.stubEnv('HTTPS_PROXY', '');
    expect(await digestOf('plain.invalid:5000', lookUp([], true))).toBe(`sha256:${'f'.repeat(64)}`);
    expect(proxy.seen).toEqual(['HEAD http://plain.invalid:5000/v2/shop/web/manifests/1']);
    expect(proxy.authorizations).toEqual([basic]);
  });

  it('connects to a private host that the configuration names, unless NO_PROXY names it', async () => {
    expect(await digestOf('10.255.255.1', lookUp(['10.255.255.1']))).toBe(digest);
    expect(proxy.seen).toEqual(['CONNECT 10.255.255.1:443']);
    vi.stubEnv('NO_PROXY', '10.255.255.1');
    await digestOf('10.255.255.1', { ...lookUp(['10.255.255.1']), timeoutMs: 300 });
    expect(proxy.seen).toHaveLength(1);
  });

  it('is not asked for a private host that nobody named', async () => {
    for (const host of ['10.255.255.1', '127.0.0.1:5000', '169.254.169.254', 'metadata.google.internal', 'localhost'])
      expect(await digestOf(host)).toBeUndefined();
    expect(proxy.seen).toEqual([]);
  });

  it('is never asked for loopback', async () => {
    const { url, seen } = await serve((_, response) => response.writeHead(200, { 'docker-content-digest': digest }).end('x'));
    const { host } = new URL(url);
    expect(await download(`${url}/a`)).toBe('x');
    expect(await digestOf(host, lookUp([host]))).toBe(digest);
    expect([proxy.seen, seen]).toEqual([[], ['/a', '/v2/shop/web/manifests/1']]);
  });
});

describe('a proxy that fails', () => {
  it.each([
    [407, 'does not accept the credentials of its address in the environment (HTTP 407)', 1],
    [403, 'did not connect (HTTP 403)', 1],
    [502, 'did not connect (HTTP 502)', 3],
  ])('with %i is named in the error without its credentials', async (status, why, attempts) => {
    proxy.status = status;
    const message = await messageOf(download());
    expect(message).toBe(`https://mirror.invalid/a could not be downloaded: the proxy http://${proxy.host} ${why}`);
    expect(proxy.seen).toHaveLength(attempts);
  });

  it('because nobody listens there is named in the error without its credentials', async () => {
    proxy.close();
    expect(await messageOf(download())).toBe(
      `https://mirror.invalid/a could not be downloaded: the connection was refused (ECONNREFUSED), through the proxy http://${proxy.host}`,
    );
  });

  it.each(['socks5://u:secret@127.0.0.1:1080', 'http://u:secret@127.0.0.1:99999', 'ftp://u:secret@x'])(
    'because its address is %s is an error without the address',
    async (address) => {
      vi.stubEnv('HTTPS_PROXY', address);
      const message = await messageOf(download());
      expect(message).not.toContain('secret');
      expect(message).toMatch(/the proxy in the environment is not an http or https address$/);
    },
  );
});
