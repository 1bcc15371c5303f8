import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNodeRegistries } from '../../src/ports/node-registries.ts';
import type { LookUp } from '../../src/ports/ports.ts';
import { parseChallenge } from '../../src/ports/registry-auth.ts';
import { type Answer, type LoopbackServer, serve, stopServers } from '../support/loopback.ts';
import { nodePorts } from '../support/node-ports.ts';
import { type RegistryServer, startRegistryServer } from '../support/registry-server.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

let registry: RegistryServer;
let digest: string;
beforeAll(async () => {
  registry = await startRegistryServer();
  digest = registry.put('shop/web:1', {});
  named.push(registry.host);
});
afterEach(() => {
  registry.intercept(undefined);
  registry.seen.length = 0;
  named.length = 1;
  stopServers();
});
afterAll(async () => {
  await registry.stop();
  removeTempFolders();
});

const login = { username: 'gate', password: 'password-of-the-runner' };
const basic = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
const named: string[] = [];
const options: LookUp = {
  ...{ insecure: false, credentials: true, timeoutMs: 5_000, signal: new AbortController().signal },
  named: () => Promise.resolve(named),
};
const tag = (host = registry.host, name = '1') => ({ registry: host, repository: 'shop/web', tag: name });
const system = (logged: string[], folder = emptyFolder()) => {
  const note = (text: string) => void logged.push(text);
  const log = { debug: note, info: note, warn: note, error: note };
  return { env: { DOCKER_CONFIG: folder }, processes: nodePorts.processes, log, pausesMs: [10, 10] };
};
/** With this environment instead of a Docker configuration. */
const clientIn = (env: Readonly<Record<string, string>>) => createNodeRegistries({ ...system([]), env });
/** Logged in to the registry, or to what is given. */
function client(auth: object = { auth: basic.slice('Basic '.length) }, config?: string) {
  const folder = emptyFolder();
  writeFileSync(path.join(folder, 'config.json'), config ?? JSON.stringify({ auths: { [registry.host]: auth } }));
  const logged: string[] = [];
  return { ...createNodeRegistries(system(logged, folder)), logged };
}
const hostOf = ({ url }: LoopbackServer) => new URL(url).host;
/** One that the configuration names. */
async function serveNamed(answer: Answer): Promise<LoopbackServer> {
  const server = await serve(answer);
  named.push(hostOf(server));
  return server;
}

describe('the digest of a tag', () => {
  it('is asked for with one request, over http on this machine', async () => {
    expect(await client().digest(tag(), options)).toBe(digest);
    expect(registry.seen).toEqual(['HEAD /v2/shop/web/manifests/1']);
    expect(await client().digest(tag(registry.host, 'none'), options)).toBeUndefined();
  });

  it.each([429, 503])('is requested again after %i, at most three times', async (status) => {
    let left = 2;
    registry.intercept((_, response) => left-- > 0 && Boolean(response.writeHead(status, { 'retry-after': '0' }).end()));
    expect(await client().digest(tag(), options)).toBe(digest);
    expect(registry.seen).toHaveLength(3);
  });

  it('is not requested again from a registry that does not answer', async () => {
    registry.intercept((_, response) => Boolean(response.writeHead(500).end()));
    const { digest: ask, logged } = client();
    expect(await ask(tag(), options)).toBeUndefined();
    expect(await ask(tag(registry.host, '2'), options)).toBeUndefined();
    expect(registry.seen).toHaveLength(3);
    expect(logged).toEqual([expect.stringContaining('was not queried for more digests')]);
  });

  it('is not requested twice if nobody listens', async () => {
    const gone = await startRegistryServer();
    await gone.stop();
    named.push(gone.host);
    const began = performance.now();
    expect(await createNodeRegistries({ ...system([]), pausesMs: [60_000] }).digest(tag(gone.host), options)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(options.timeoutMs);
  });

  it('is given up at the deadline', async () => {
    registry.intercept(() => true);
    expect(await client().digest(tag(), { ...options, timeoutMs: 200 })).toBeUndefined();
  });

  it.each(['sha256:short', `sha512:${'0'.repeat(128)}`, ''])('is not %j', async (said) => {
    registry.intercept((_, response) => Boolean(response.writeHead(200, { 'docker-content-digest': said }).end()));
    expect(await client().digest(tag(), options)).toBeUndefined();
  });

  it('comes with a token if the registry requires one, which is reused', async () => {
    const tokens = await serveNamed((request, response) => {
      const asked = new URL(request.url ?? '', 'http://x').searchParams;
      const right = request.headers.authorization === basic && asked.get('scope') === 'repository:shop/web:pull';
      response.writeHead(right ? 200 : 401).end('{"token":"a.b.c"}');
    });
    registry.intercept((request, response) => {
      if (request.headers.authorization === 'Bearer a.b.c') return false;
      const challenge = `Bearer realm="${tokens.url}/token",service="shop"`;
      return Boolean(response.writeHead(401, { 'www-authenticate': challenge }).end());
    });
    const { digest: ask } = client();
    expect(await ask(tag(), options)).toBe(digest);
    expect(await ask(tag(), options)).toBe(digest);
    expect(tokens.seen).toHaveLength(1);
    expect(await client().digest(tag(), { ...options, credentials: false })).toBeUndefined();
    expect(tokens.seen.at(-1)).not.toContain('authorization');
  });

  it('comes with an identity token that is exchanged', async () => {
    let body = '';
    const tokens = await serveNamed((request, response) => {
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => response.end('{"access_token":"x.y"}'));
    });
    registry.intercept((request, response) => {
      if (request.headers.authorization === 'Bearer x.y') return false;
      return Boolean(response.writeHead(401, { 'www-authenticate': `Bearer realm="${tokens.url}"` }).end());
    });
    expect(await client({ identitytoken: 'long-lived' }).digest(tag(), options)).toBe(digest);
    expect(body).toContain('grant_type=refresh_token&client_id=k8s-gate&refresh_token=long-lived');
  });

  it('does not take the credentials along to where a registry redirects', async () => {
    const elsewhere = await serveNamed((_, response) => response.writeHead(200, { 'docker-content-digest': digest }).end());
    registry.intercept((request, response) => {
      if (request.headers.authorization === undefined)
        return Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
      return Boolean(response.writeHead(307, { location: `${elsewhere.url}/v2/` }).end());
    });
    await client().digest(tag(), options);
    expect(elsewhere.seen).toEqual(['/v2/']);
    registry.intercept((request, response) => Boolean(response.writeHead(307, { location: request.url }).end()));
    expect(await client().digest(tag(), options)).toBeUndefined();
  });

  it('is not requested with them from another registry', async () => {
    const other = await serveNamed((_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
    expect(await client().digest(tag(hostOf(other)), options)).toBeUndefined();
    expect(other.seen.join()).not.toContain('authorization');
  });

  it.each<[string, (url: string) => Readonly<Record<string, string>>, number]>([
    ['redirects to', (url) => ({ location: `${url}/internal` }), 307],
    ['has its tokens from', (url) => ({ 'www-authenticate': `Bearer realm="${url}/token"` }), 401],
  ])('is not followed to a host of this machine that nobody named and that the registry %s', async (_, headersFor, status) => {
    const internal = await serve((_, response) =>
      response.writeHead(200, { 'docker-content-digest': digest }).end('{"token":"a"}'),
    );
    for (const host of [
      hostOf(internal),
      hostOf(internal).replace('127.0.0.1', 'localhost'),
      hostOf(internal).replace('127.0.0.1', '2130706433'),
    ]) {
      registry.intercept((_, response) => Boolean(response.writeHead(status, headersFor(`http://${host}`)).end()));
      const { digest: ask, logged } = client();
      expect(await ask(tag(), options)).toBeUndefined();
      expect(logged).toEqual([expect.stringContaining('no request is sent to')]);
      expect(internal.seen).toEqual([]);
    }
    named.push(hostOf(internal));
    registry.intercept((_, response) => Boolean(response.writeHead(status, headersFor(internal.url)).end()));
    await client().digest(tag(), options);
    expect(internal.seen).toHaveLength(1);
  });

  it.each<[string, (folder: string) => Readonly<Record<string, string>>, string]>([
    ['REGISTRY_AUTH_FILE', (folder) => ({ REGISTRY_AUTH_FILE: path.join(folder, 'my.json') }), 'my.json'],
    ['XDG_RUNTIME_DIR', (folder) => ({ XDG_RUNTIME_DIR: folder }), 'containers/auth.json'],
    [
      'REGISTRY_AUTH_FILE before XDG_RUNTIME_DIR',
      (folder) => ({ REGISTRY_AUTH_FILE: path.join(folder, 'my.json'), XDG_RUNTIME_DIR: '/x' }),
      'my.json',
    ],
  ])('comes with the credentials of podman login: %s', async (_, envIn, name) => {
    const folder = emptyFolder();
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    const auths = { [registry.host]: { auth: basic.slice('Basic '.length) }, [`${registry.host}/team`]: { auth: 'eDp4' } };
    writeFileSync(path.join(folder, name), JSON.stringify({ auths }));
    registry.intercept((request, response) => {
      if (request.headers.authorization === basic) return false;
      return Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
    });
    expect(await clientIn(envIn(folder)).digest(tag(), options)).toBe(digest);
    const docker = emptyFolder();
    writeFileSync(path.join(docker, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth: 'eDp4' } } }));
    expect(await clientIn({ ...envIn(folder), DOCKER_CONFIG: docker }).digest(tag(), options)).toBeUndefined();
  });

  it('works without a configuration that cannot be read, and reports that without quoting it', async () => {
    const { digest: ask, logged } = client({}, '{"auths": {"x": {"auth": "c2VjcmV0OnNlY3JldA==" ');
    registry.intercept((_, response) => Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()));
    expect(await ask(tag(), options)).toBeUndefined();
    expect(logged).toEqual([expect.stringContaining('was not read')]);
    expect(logged.join()).not.toContain('c2VjcmV0');
  });
});

describe('a challenge', () => {
  it.each([
    ['Bearer realm="https://a/t",service="s"', { scheme: 'bearer', realm: 'https://a/t', service: 's' }],
    ['basic Realm="x"', { scheme: 'basic', realm: 'x' }],
    ['Negotiate', undefined],
  ])('is read: %s', (header, expected) => expect(parseChallenge(header)).toEqual(expected));
});
