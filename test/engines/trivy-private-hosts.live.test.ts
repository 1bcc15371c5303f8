import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LoopbackServer, serve, stopServers } from '../support/loopback.ts';
import { vulnerableAlpine } from '../support/sample-images.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { errors, imageOf, runTrivyEngine, statuses } from '../support/trivy-bench.ts';

const tool = await installedTool('trivy');
const why = tool === undefined ? ' (skipped: no trivy)' : '';

/** The registry's reply to a path; undefined: as a registry does. */
type Special = (
  path: string,
) => { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body?: string } | undefined;

/** The true Trivy and a registry that sends whoever asks it to another server of this machine. */
describe.skipIf(tool === undefined)(`trivy, images that lead into the runner’s network${why}`, () => {
  const { manifest, config, layers } = vulnerableAlpine;
  let internal: LoopbackServer;
  let server: Server;
  let host: string;
  let special: Special;

  beforeAll(async () => {
    const blobs = new Map([config, ...layers].map((part) => [part.digest, part.bytes]));
    server = createServer((request, response) => {
      const path = request.url ?? '';
      const other = special(path);
      if (other !== undefined) return void response.writeHead(other.status, other.headers).end(other.body);
      if (path === '/v2/') return void response.end('{}');
      if (path.includes('/manifests/'))
        return void response.writeHead(200, { 'content-type': manifest.mediaType }).end(manifest.bytes);
      const blob = blobs.get(path.split('/').at(-1) ?? '');
      if (blob === undefined) response.writeHead(404).end();
      else response.end(blob);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  });
  beforeEach(async () => {
    special = () => undefined;
    internal = await serve((_, response) => response.end('secret of a server'));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    stopServers();
    removeTempFolders();
  });

  const reference = () => `${host}/shop/web:1`;
  const judge = (named = [host]) =>
    runTrivyEngine({ tool, images: [imageOf(reference())], named, options: { scanners: ['secret'] } });

  it('are scanned where they do not', async () => {
    const run = await judge();
    expect(statuses(run)).toEqual({ [reference()]: 'evaluated' });
    expect(run.findings.map(({ rule }) => rule)).toContain('aws-access-key-id');
    expect(Object.keys(run.digests ?? {})).toEqual([reference()]);
  });

  const to =
    (status: number, headers: (url: string) => Readonly<Record<string, string>>, pattern: RegExp) => (): Special => (path) =>
      pattern.test(path) ? { status, headers: headers(internal.url) } : undefined;
  const location = (url: string) => ({ location: `${url}/internal` });
  const realm = (url: string) => ({ 'www-authenticate': `Bearer realm="${url}/token",service="x"` });
  it.each<[string, () => Special]>([
    ['a redirect of all', to(302, location, /./)],
    ['a redirect of the manifest', to(307, location, /manifests/)],
    ['a redirect of the configuration', to(307, location, new RegExp(config.digest))],
    ['a redirect of a layer', to(307, location, new RegExp(layers[0]?.digest ?? ''))],
    ['a place of tokens', to(401, realm, /./)],
    ['a place of tokens for blobs', to(401, realm, /blobs/)],
  ])('are findings, and no request arrives: %s', async (_, make) => {
    special = make();
    const run = await judge();
    expect(internal.seen).toEqual([]);
    expect(statuses(run)).toEqual({ [reference()]: 'not-applicable' });
    expect(run.findings).toMatchObject([{ rule: 'image-host-private', severity: 'critical' }]);
  });

  it.each(['urls', 'URLs', 'url\\u0073'])('are not judged where a layer of theirs is elsewhere: %s', async (key) => {
    const text = manifest.bytes.toString().replace('"layers":[{', `"layers":[{"${key}":["${internal.url}/layer"],`);
    special = (path) => {
      if (path.includes('/manifests/')) return { status: 200, headers: { 'content-type': manifest.mediaType }, body: text };
      return path.includes(layers[0]?.digest ?? '') ? { status: 404, headers: {} } : undefined;
    };
    const run = await judge();
    expect(internal.seen).toEqual([]);
    expect(statuses(run)).toEqual({ [reference()]: 'failed' });
    expect(errors(run)[0]?.message).toContain('layers outside of its registry');
  });

  it('are followed where they lead to what is named', async () => {
    const cdn = await serve((_, response) => response.end(layers[0]?.bytes));
    special = (path) => (path.includes(layers[0]?.digest ?? '') ? { status: 307, headers: location(cdn.url) } : undefined);
    expect(statuses(await judge([host, new URL(cdn.url).host]))).toEqual({ [reference()]: 'evaluated' });
    expect(cdn.seen).toHaveLength(1);
  });
});
