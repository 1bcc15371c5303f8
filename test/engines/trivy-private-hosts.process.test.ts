import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LoopbackServer, serve, stopServers } from '../support/loopback.ts';
import { type RegistryServer, startRegistryServer } from '../support/registry-server.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { type Bench, errors, imageOf, objectOf, runTrivyEngine, statuses } from '../support/trivy-bench.ts';
import { type FakeTrivy, fakeTrivy } from '../support/trivy-fake.ts';

const dates = { UpdatedAt: new Date().toISOString(), NextUpdate: new Date(Date.now() + 86_400_000).toISOString() };
let registry: RegistryServer;
let internal: LoopbackServer;
let trivy: FakeTrivy;
beforeAll(async () => {
  registry = await startRegistryServer();
  registry.put('db:2', { database: 'CVE-2021-44228 CVE-2025-9230', dates });
  registry.put('shop/a:1', { weakness: 'CVE-2025-9230' });
});
beforeEach(async () => {
  trivy = fakeTrivy();
  registry.intercept(undefined);
  internal = await serve((_, response) => response.end('secret of a server that only the runner can reach'));
});
afterAll(async () => {
  await registry.stop();
  stopServers();
  removeTempFolders();
});

const portOf = ({ url }: LoopbackServer) => new URL(url).port;
const judge = (references: readonly string[], bench: Partial<Bench> = {}) =>
  runTrivyEngine({
    ...{ tool: trivy.tool, images: references.map((reference) => imageOf(reference)), named: [registry.host] },
    ...bench,
    options: { scanners: ['vuln'], db: { repository: `${registry.host}/db:2` }, ...bench.options },
  });
const refused = { engine: 'trivy', rule: 'image-host-private', severity: 'critical', category: 'policy' };

describe('an image on a host of the runner’s network that nobody named', () => {
  it.each([
    ['127.0.0.1', 'is a loopback address'],
    ['localhost', 'is the machine itself'],
    ['2130706433', 'is a loopback address'],
    ['0x7f.1', 'is a loopback address'],
    ['127.1', 'is a loopback address'],
    ['0.0.0.0', 'is an unspecified address'],
  ])('is a finding, and no request is sent: %s', async (host, why) => {
    const reference = `${host}:${portOf(internal)}/meta/data:1`;
    const run = await judge([reference, `${registry.host}/shop/a:1`]);
    expect(internal.seen).toEqual([]);
    const found = run.findings.filter(({ rule }) => rule === refused.rule);
    expect(found).toMatchObject([{ ...refused, subject: { kind: 'image', reference }, title: expect.stringContaining(why) }]);
    expect(found[0]?.fix?.text).toContain('`images.privateRegistries`');
    expect(statuses(run)).toEqual({ [reference]: 'not-applicable', [`${registry.host}/shop/a:1`]: 'evaluated' });
    expect(run.findings.map(({ rule }) => rule)).toContain('CVE-2025-9230');
  });

  it.each([
    ['10.0.0.7:5000/a:1', 'is a private address'],
    ['192.168.1.1/a@sha256:0000000000000000000000000000000000000000000000000000000000000000', 'is a private address'],
    ['169.254.169.254/latest/meta-data:1', 'is the address of a metadata service'],
    ['metadata.google.internal/a:1', 'is a metadata service'],
    ['100.100.100.200/a:1', 'is the address of a metadata service'],
    ['[::1]:5000/a:1', 'is a loopback address'],
    ['[fd00:ec2::254]/a:1', 'is the address of a metadata service'],
  ])('starts neither Trivy nor a download where it is all there is: %s', async (reference, why) => {
    const run = await judge([reference]);
    expect(run.findings).toMatchObject([{ ...refused, title: expect.stringContaining(why) }]);
    expect(trivy.newCalls()).toEqual([]);
  });

  it('does not keep the manifests from being judged', async () => {
    const resources = [objectOf('pod', 'Pod', { spec: { hostPID: true } })];
    const run = await judge(['127.0.0.1:1/a:1'], { resources, options: { scanners: ['vuln', 'misconfig'] } });
    expect(statuses(run)).toMatchObject({ pod: 'evaluated' });
  });

  it.each<[string, (url: string) => Readonly<Record<string, string>>, number]>([
    ['redirects', (url) => ({ location: `${url}/internal/secret` }), 302],
    ['sends for tokens', (url) => ({ 'www-authenticate': `Bearer realm="${url}/token",service="x"` }), 401],
  ])('is one where its registry %s to such a host', async (_, headersFor, status) => {
    registry.intercept((request, response) =>
      request.url?.includes('/shop/b/') ? Boolean(response.writeHead(status, headersFor(internal.url)).end()) : false,
    );
    const logged: string[] = [];
    const [led, fine] = [`${registry.host}/shop/b:1`, `${registry.host}/shop/a:1`];
    const run = await judge([led, fine], { logged });
    expect(internal.seen).toEqual([]);
    expect(statuses(run)).toEqual({ [led]: 'not-applicable', [fine]: 'evaluated' });
    const host = `127.0.0.1:${portOf(internal)}`;
    expect(run.findings.filter(({ rule }) => rule === refused.rule)).toMatchObject([
      { ...refused, title: expect.stringContaining(`leads to ${host}, which is a loopback address`) },
    ]);
    expect(JSON.stringify([run, logged])).not.toContain('secret of a server');
  });
});

describe('what a registry answers', () => {
  it.each([200, 404, 418, 500])('is not shown if it is not an image: status %i', async (status) => {
    registry.intercept((request, response) =>
      request.url?.includes('/shop/b/') ? Boolean(response.writeHead(status).end('<secret of a server>')) : false,
    );
    const logged: string[] = [];
    const run = await judge([`${registry.host}/shop/b:1`], { logged });
    expect(JSON.stringify([run.findings, errors(run).map(({ message, details }) => [message, details])])).not.toContain('secret');
  });
});

describe('a registry of the runner’s network', () => {
  it.each<[string, () => Partial<Bench>]>([
    ['the base commit or `images.privateRegistries`', () => ({ named: [registry.host] })],
    ['`insecureRegistries`', () => ({ named: [], options: { insecureRegistries: [registry.host] } })],
    ['the mirror of a database', () => ({ named: [] })],
  ])('is asked where %s names it', async (_, bench) => {
    const run = await judge([`${registry.host}/shop/a:1`], bench());
    expect(Object.values(statuses(run))).toEqual(['evaluated']);
  });
});
