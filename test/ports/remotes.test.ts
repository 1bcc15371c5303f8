import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createNodeRemotes } from '../../src/ports/node-remotes.ts';
import type { RemoteOptions } from '../../src/ports/ports.ts';
import { type LoopbackServer, serve, stopServers } from '../support/loopback.ts';
import { nodePorts } from '../support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const mirrors: string[] = [];
afterEach(() => {
  mirrors.length = 0;
  stopServers();
});
afterAll(removeTempFolders);

const options: RemoteOptions = {
  ...{ maxBytes: 1_000, insecure: true, signal: new AbortController().signal },
  mirrors: () => Promise.resolve(mirrors),
};
const remotes = (env: Readonly<Record<string, string>> = {}) =>
  createNodeRemotes({ env, processes: nodePorts.processes, files: nodePorts.files, log: nodePorts.log, pausesMs: [10, 10] });
const hostOf = ({ url }: LoopbackServer) => new URL(url).host;
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
async function mirror(answer: Parameters<typeof serve>[0]): Promise<LoopbackServer> {
  const server = await serve(answer);
  mirrors.push(hostOf(server));
  return server;
}

describe('a file of a remote repository', () => {
  it('comes from a mirror on a private address', async () => {
    const { url } = await mirror((_request, response) => response.end('index'));
    expect(Buffer.from(await remotes().get(`${url}/index.yaml`, options)).toString()).toBe('index');
  });

  it('never comes from a private address that is not a mirror, whatever leads there', async () => {
    const inside = await serve((_request, response) => response.end('secret'));
    const { port } = new URL(inside.url);
    const outside = await mirror((_request, response) => response.writeHead(302, { location: `${inside.url}/x` }).end());
    const others = [
      inside.url,
      outside.url,
      `https://localhost:${port}`,
      `https://[::1]:${port}`,
      `https://127.1:${port}`,
      'https://169.254.169.254/latest',
    ];
    for (const url of others) await expect(remotes().get(url, options)).rejects.toThrow(/no request is sent to .*, which is/);
    expect(inside.seen).toEqual([]);
  });

  it('is requested with the password that `helm repo add` stored, which no other host gets', async () => {
    const other = await mirror((request, response) => response.end(request.headers.authorization ?? 'nobody'));
    const own = await mirror((request, response) =>
      request.url === '/away'
        ? response.writeHead(302, { location: `${other.url}/x` }).end()
        : response.end(request.headers.authorization ?? 'nobody'),
    );
    const file = path.join(emptyFolder(), 'repositories.yaml');
    const entry = (name: string, url: string, password: string) => ({ name, url, username: 'bob', password });
    const repositories = [entry('all', own.url, 'p1'), entry('team', `${own.url}/team`, 'p2'), { name: 'open', url: other.url }];
    writeFileSync(file, JSON.stringify({ apiVersion: '', repositories }));
    const source = remotes({ HELM_REPOSITORY_CONFIG: file });
    const answer = async (url: string) => Buffer.from(await source.get(url, options)).toString();
    const basic = (password: string) => `Basic ${Buffer.from(`bob:${password}`).toString('base64')}`;
    expect(await answer(`${own.url}/index.yaml`)).toBe(basic('p1'));
    expect(await answer(`${own.url}/team/a-1.0.0.tgz`)).toBe(basic('p2'));
    expect(await answer(`${own.url}/teams/index.yaml`)).toBe(basic('p1'));
    expect(await answer(`${own.url}/away`)).toBe('nobody');
    expect(await answer(`${other.url}/index.yaml`)).toBe('nobody');
  });

  it('is requested without a password if the file with passwords cannot be read', async () => {
    const { url } = await mirror((request, response) => response.end(request.headers.authorization ?? 'nobody'));
    const file = path.join(emptyFolder(), 'repositories.yaml');
    writeFileSync(file, 'repositories: [{password: "s3cret"');
    expect(Buffer.from(await remotes({ HELM_REPOSITORY_CONFIG: file }).get(url, options)).toString()).toBe('nobody');
  });

  it('is not larger than allowed, whatever it announces', async () => {
    const { url } = await mirror((_request, response) => response.end('x'.repeat(2_000)));
    await expect(remotes().get(url, options)).rejects.toThrow('the response is larger than 1000 bytes');
  });

  it('is requested again after an error of the server, and not after a refusal', async () => {
    const flaky = await mirror((_request, response, count) => response.writeHead(count < 3 ? 503 : 200).end('at last'));
    expect(Buffer.from(await remotes().get(flaky.url, options)).toString()).toBe('at last');
    const closed = await mirror((_request, response) => response.writeHead(403).end());
    await expect(remotes().get(closed.url, options)).rejects.toThrow(`${closed.url}: HTTP 403`);
    expect(closed.seen).toHaveLength(1);
  });

  it('is not requested from a host that nobody listens at, once that is known', async () => {
    const gone = await mirror(() => {});
    stopServers();
    const client = remotes();
    await expect(client.get(`${gone.url}/a`, options)).rejects.toThrow('the connection was refused');
    await expect(client.get(`${gone.url}/b`, options)).rejects.toThrow(`${hostOf(gone)} was not queried again`);
  });
});

describe('a registry of charts', () => {
  const image = (server: LoopbackServer) => ({ registry: hostOf(server), repository: 'org/shop' });

  it('gets the credentials that docker login left, and no others', async () => {
    const auth = Buffer.from('gate:password').toString('base64');
    const server = await mirror((request, response) => {
      if (request.headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      else response.end('{}');
    });
    const folder = emptyFolder();
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ auths: { [hostOf(server)]: { auth } } }));
    expect(await remotes({ DOCKER_CONFIG: folder }).manifest(image(server), '1.0.0', options)).toEqual({
      text: '{}',
      digest: digestOf('{}'),
    });
    expect(server.seen.at(-1)).toBe(`/v2/org/shop/manifests/1.0.0 authorization=Basic ${auth}`);
    await expect(remotes().manifest(image(server), '1.0.0', options)).rejects.toThrow('HTTP 401');
  });

  it('answers a digest with that content or not at all', async () => {
    const server = await mirror((_request, response) => response.end('other'));
    const digest = digestOf('asked');
    const why = `its content has the digest ${digestOf('other')}, not ${digest}`;
    await expect(remotes().manifest(image(server), digest, options)).rejects.toThrow(why);
    await expect(remotes().blob(image(server), digest, options)).rejects.toThrow(why);
    expect(Buffer.from(await remotes().blob(image(server), digestOf('other'), options)).toString()).toBe('other');
  });

  it('has no manifest for a tag that does not exist', async () => {
    const server = await mirror((_request, response) => response.writeHead(404).end());
    expect(await remotes().manifest(image(server), '1.0.0', options)).toBeUndefined();
  });

  it('lists all tags, page by page, of its own repository only', async () => {
    const server = await mirror((request, response) => {
      const isLast = request.url?.includes('last=') === true;
      const link = '<http://169.254.169.254/v2/other/tags/list?last=b&n=1000>; rel="next"';
      response.writeHead(200, isLast ? {} : { link }).end(JSON.stringify({ tags: isLast ? ['c'] : ['a', 'b'] }));
    });
    expect(await remotes().tags(image(server), options)).toEqual(['a', 'b', 'c']);
    expect(server.seen).toEqual(['/v2/org/shop/tags/list?n=1000', '/v2/org/shop/tags/list?last=b&n=1000']);
  });

  it('does not lead a layer into the private network', async () => {
    const inside = await serve((_request, response) => response.end('secret'));
    const server = await mirror((_request, response) => response.writeHead(307, { location: inside.url }).end());
    await expect(remotes().blob(image(server), digestOf('secret'), options)).rejects.toThrow(/no request is sent to/);
    expect(inside.seen).toEqual([]);
  });
});
