import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeRegistries } from '../../src/ports/node-registries.ts';
import type { Offer, Relay } from '../../src/ports/ports.ts';
import { type Answer, type LoopbackServer, serve, stopServers } from '../support/loopback.ts';
import { nodePorts } from '../support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const type = 'application/vnd.oci.image.manifest.v1+json';
const named: string[] = [];
let relay: Relay;
let registry: LoopbackServer;
let answer: Answer;

beforeEach(async () => {
  answer = (_, response) => response.writeHead(404).end();
  registry = await serve((...args) => answer(...args));
  named.splice(0, named.length, hostOf(registry));
  const { processes, log } = nodePorts;
  relay = await createNodeRegistries({ env: {}, processes, log }).relay({
    ...{ credentials: false, signal: new AbortController().signal },
    named: () => Promise.resolve(named),
  });
});
afterEach(async () => {
  await relay.close();
  stopServers();
});
afterAll(removeTempFolders);

const hostOf = ({ url }: LoopbackServer) => new URL(url).host;
const offer = (version = ':1') =>
  relay.offer({ registry: hostOf(registry), repository: 'shop/web', version, insecure: false }, emptyFolder());
function login({ folder }: Offer): string {
  const { auths } = JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8'));
  return `Basic ${Object.values<{ auth: string }>(auths)[0]?.auth}`;
}
/** As a client of the offered image does. */
async function get(offered: Offer, what: string, init: RequestInit = {}) {
  const [host = '', ...name] = offered.repository.split('/');
  const headers = { authorization: login(offered), accept: type, ...init.headers };
  const got = await fetch(`http://${host}/v2/${name.join('/')}/${what}`, { redirect: 'manual', ...init, headers });
  return { status: got.status, headers: got.headers, text: await got.text().catch(() => 'cut off') };
}

describe('the gate’s own registry', () => {
  it('serves what was offered, as its registry does', async () => {
    const accepted: string[] = [];
    answer = (request, response) => {
      accepted.push(request.headers.accept ?? '');
      response.writeHead(200, { 'content-type': type, 'docker-content-digest': 'sha256:a', 'set-cookie': 'x' }).end('{"a":1}');
    };
    const offered = await offer();
    const got = await get(offered, 'manifests/1');
    expect([got.status, got.text, got.headers.get('content-type'), got.headers.get('docker-content-digest')]).toEqual([
      200,
      '{"a":1}',
      type,
      'sha256:a',
    ]);
    expect(got.headers.get('set-cookie')).toBeNull();
    expect(await get(offered, 'blobs/sha256:ab')).toMatchObject({ status: 200, text: '{"a":1}' });
    expect(await get(offered, 'manifests/1', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect(registry.seen).toEqual(['/v2/shop/web/manifests/1', '/v2/shop/web/blobs/sha256:ab', '/v2/shop/web/manifests/1']);
    expect(accepted).toEqual([type, type, type]);
    expect(offered.problem()).toBeUndefined();
  });

  it('requires its password, in a file that only this user can read', async () => {
    const offered = await offer();
    for (const authorization of ['', 'Basic x', `${login(offered)}x`])
      expect((await get(offered, 'manifests/1', { headers: { authorization } })).status).toBe(401);
    expect(statSync(path.join(offered.folder, 'config.json')).mode & 0o777).toBe(0o600);
    expect(registry.seen).toEqual([]);
    await offered.release();
    expect(statSync(offered.folder, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('serves nothing else', async () => {
    const offered = await offer();
    const other = { ...offered, repository: offered.repository.replace('shop/web', 'shop/other') };
    for (const [one, what] of [
      [other, 'manifests/1'],
      [offered, 'tags/list'],
      [offered, 'manifests/..%2F..%2Fx'],
      [offered, 'blobs/uploads/'],
      [{ ...offered, repository: offered.repository.replace(/\/1\//, '/2/') }, 'manifests/1'],
    ] as const)
      expect((await get(one, what)).status).toBe(404);
    expect((await get(offered, 'manifests/1', { method: 'PUT', body: 'x' })).status).toBe(404);
    expect(registry.seen).toEqual([]);
  });

  it.each([401, 403, 404, 418, 429, 500, 503])('passes status %i on, and nothing of what was answered', async (status) => {
    answer = (_, response) => response.writeHead(status, { 'x-secret': 'secret' }).end('secret');
    const got = await get(await offer(), 'manifests/1');
    expect(got.status).toBe(status);
    expect(JSON.stringify([got.text, ...got.headers])).not.toContain('secret');
  });

  it.each<[string, (to: string) => Readonly<Record<string, string>>, number]>([
    ['a redirect', (to) => ({ location: `${to}/internal` }), 302],
    ['a redirect that keeps the method', (to) => ({ location: `${to}/internal` }), 307],
    ['the place of its tokens', (to) => ({ 'www-authenticate': `Bearer realm="${to}/internal",service="x"` }), 401],
  ])('does not follow %s into the network of this machine', async (_, headersFor, status) => {
    const internal = await serve((_, response) => response.end('secret'));
    const { port } = new URL(internal.url);
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '127.1', '[::ffff:127.0.0.1]', '0.0.0.0']) {
      answer = (_, response) => response.writeHead(status, headersFor(`http://${host}:${port}`)).end();
      for (const what of ['manifests/1', 'blobs/sha256:ab']) {
        const offered = await offer();
        expect(await get(offered, what)).toMatchObject({ status: 424, text: expect.not.stringContaining('secret') });
        expect(offered.problem()).toMatchObject({ kind: 'refused', host: expect.stringContaining(port) });
      }
    }
    expect(internal.seen).toEqual([]);
  });

  it('follows one to a host that is named', async () => {
    const cdn = await serve((_, response) => response.end('layer'));
    named.push(hostOf(cdn));
    answer = (_, response) => response.writeHead(307, { location: `${cdn.url}/layer` }).end();
    const offered = await offer();
    expect(await get(offered, 'blobs/sha256:ab')).toMatchObject({ status: 200, text: 'layer' });
    expect(offered.problem()).toBeUndefined();
  });

  it.each([
    '{"layers":[{"digest":"a","urls":["http://127.0.0.1/"]}]}',
    '{"layers":[{"digest":"a","URLS" : ["http://127.0.0.1/"]}]}',
    '{"layers":[{"digest":"a","url\\u0073":["http://127.0.0.1/"]}]}',
    '{"layers":[{"digest":"a","urlſ":["http://127.0.0.1/"]}]}',
    '{"layers":[{"urls":["http://127.0.0.1/"]}],"layers":[{"digest":"a"}]}',
    '{"a":":","config":{"urls":["http://127.0.0.1/"]}}',
    '[":\\"", {"x":"\\"","urls":[]}]',
  ])('serves no manifest with layers elsewhere: %s', async (manifest) => {
    answer = (_, response) => response.end(manifest);
    const offered = await offer();
    expect(await get(offered, 'manifests/1')).toMatchObject({ status: 424, text: expect.not.stringContaining('127.0.0.1') });
    expect(offered.problem()).toMatchObject({ kind: 'unreadable' });
  });

  it.each(['{"annotations":{"a":"urls","b":":"}}', '<html>"urls"</html>', '{"a":["urls",":"]}'])(
    'serves a manifest that only looks like one: %s',
    async (manifest) => {
      answer = (_, response) => response.end(manifest);
      expect(await get(await offer(), 'manifests/1')).toMatchObject({ status: 200, text: manifest });
    },
  );

  it('reports why a registry does not answer, and breaks off if its registry does', async () => {
    answer = (_, response) => response.destroy();
    const offered = await offer();
    expect((await get(offered, 'manifests/1')).status).toBe(502);
    expect(offered.problem()).toEqual({ kind: 'unreachable', why: 'the connection was closed (UND_ERR_SOCKET)' });
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    };
    expect(await get(offered, 'blobs/sha256:ab')).toMatchObject({ status: 200, text: 'cut off' });
  });

  it('uses the names of images in the manifests', async () => {
    const offered = await offer('@sha256:00');
    const text = `GET http://${offered.repository.replace('/1/', '/v2/1/')}/manifests/1, ${offered.reference}`;
    expect(offered.conceal(text)).toBe(
      `GET http://${hostOf(registry)}/v2/shop/web/manifests/1, ${hostOf(registry)}/shop/web@sha256:00`,
    );
  });
});
