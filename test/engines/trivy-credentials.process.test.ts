import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RegistryServer, startRegistryServer } from '../support/registry-server.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { type Bench, errors, imageOf, objectOf, runTrivyEngine, statuses } from '../support/trivy-bench.ts';
import { type FakeTrivy, fakeTrivy } from '../support/trivy-fake.ts';

const dates = { UpdatedAt: new Date().toISOString(), NextUpdate: new Date(Date.now() + 86_400_000).toISOString() };
const login = { username: 'gate', password: 'first-password-of-a-registry' };
const otherLogin = { username: 'gate', password: 'second-password-of-another' };
const base64 = ({ username, password }: typeof login) => Buffer.from(`${username}:${password}`).toString('base64');
let open: RegistryServer;
let first: RegistryServer;
let second: RegistryServer;
let trivy: FakeTrivy;

beforeAll(async () => {
  [open, first, second] = await Promise.all([startRegistryServer(), startRegistryServer(login), startRegistryServer(otherLogin)]);
  open.put('db:2', { database: 'CVE-2021-44228', dates });
  first.put('db:2', { database: 'CVE-2021-44228', dates });
  for (const registry of [open, first, second]) registry.put('shop/a:1', { of: registry.host });
  first.put('shop/leaky:1', {});
});
beforeEach(() => {
  trivy = fakeTrivy();
});
afterAll(async () => {
  await Promise.all([open, first, second].map((registry) => registry.stop()));
  removeTempFolders();
});

/** A DOCKER_CONFIG as `docker login` leaves it. */
function loggedIn(config: object): Readonly<Record<string, string>> {
  const folder = emptyFolder();
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  return { DOCKER_CONFIG: folder };
}
const both = () =>
  loggedIn({ auths: { [first.host]: { auth: base64(login) }, [`https://${second.host}/v2/`]: { auth: base64(otherLogin) } } });
const judge = (references: readonly string[], bench: Partial<Bench> = {}) =>
  runTrivyEngine({
    ...{ tool: trivy.tool, images: references.map((reference) => imageOf(reference)) },
    named: [open, first, second].map(({ host }) => host),
    ...bench,
    options: { scanners: ['vuln'], parallel: 2, db: { repository: `${open.host}/db:2` }, ...bench.options },
  });

describe('the runner’s credentials', () => {
  it('reach their registry, and no process that scans', async () => {
    const names = [first, second, open].map(({ host }) => `${host}/shop/a:1`);
    const logged: string[] = [];
    const run = await judge(names, {
      env: both(),
      logged,
      resources: [objectOf('pod', 'Pod', { spec: {} })],
      options: { scanners: ['vuln', 'misconfig'] },
    });
    expect(Object.values(statuses(run))).toEqual(['evaluated', 'evaluated', 'evaluated', 'evaluated']);
    expect(Object.keys(run.digests ?? {}).toSorted()).toEqual(names.toSorted());
    const calls = trivy.newCalls();
    expect(calls.map(({ what }) => what).toSorted()).toEqual([
      'download',
      'filesystem',
      'image',
      'image',
      'image',
      'sbom',
      'server',
    ]);
    for (const call of calls) {
      // The gate's own registry on this machine, which has the images, is what a scan logs in to.
      const relay = /^(127\.0\.0\.1:\d+)\/\d+\/shop\/a@sha256:[0-9a-f]{64}$/.exec(call.args.at(-1) ?? '')?.[1];
      expect(relay !== undefined).toBe(call.what === 'image');
      expect(Object.keys(call.docker === undefined ? {} : JSON.parse(call.docker).auths)).toEqual(
        relay === undefined ? [] : [relay],
      );
      if (relay !== undefined) expect([call.mode, names.some((name) => name.startsWith(relay))]).toEqual([0o600, false]);
      expect(existsSync(path.join(call.env.DOCKER_CONFIG ?? '', 'config.json'))).toBe(false);
      const told = JSON.stringify([call.args, call.env, call.docker]);
      for (const secret of [login, otherLogin]) {
        expect(told).not.toContain(secret.password);
        expect(told).not.toContain(base64(secret));
      }
    }
    expect(JSON.stringify([run, logged])).not.toMatch(/first-password|second-password/);
  });

  it('are needed, and are not used with `credentials: none`', async () => {
    const name = `${first.host}/shop/a:1`;
    for (const bench of [{}, { env: both(), options: { credentials: 'none' as const } }]) {
      const run = await judge([name], bench);
      expect(errors(run).map((error) => error.message)).toEqual([expect.stringContaining('its registry refused access')]);
    }
  });

  it('of the gate’s own registry are removed from the output of a process', async () => {
    const logged: string[] = [];
    const run = await judge([`${first.host}/shop/leaky:1`], { env: both(), logged });
    const [error] = errors(run);
    expect(error?.message).toContain('failed with Authorization ***');
    const [scan] = trivy.newCalls().filter(({ what }) => what === 'image');
    const auth = Object.values<{ auth: string }>(JSON.parse(scan?.docker ?? '').auths)[0]?.auth ?? '';
    const password = Buffer.from(auth, 'base64').toString().split(':')[1] ?? '';
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    for (const secret of [auth, password]) expect(JSON.stringify([error?.message, logged])).not.toContain(secret);
  });

  it('of a mirror are removed from the messages of a download', async () => {
    const logged: string[] = [];
    const run = await judge([`${open.host}/shop/a:1`], {
      env: both(),
      logged,
      options: { db: { repository: `${first.host}/leaky:2` } },
    });
    expect(errors(run)[0]?.message).toContain('failed with Authorization ***');
    for (const secret of [login.password, base64(login)]) expect(JSON.stringify([errors(run), logged])).not.toContain(secret);
  });

  it('reach the download of a database from a mirror that asks for them', async () => {
    const run = await judge([`${open.host}/shop/a:1`], { env: both(), options: { db: { repository: `${first.host}/db:2` } } });
    expect(errors(run)).toEqual([]);
    expect(trivy.newCalls().map(({ what, docker }) => [what, docker !== undefined])).toEqual([
      ['download', true],
      ['sbom', false],
      ['image', true],
    ]);
  });

  it('come from a helper, which is asked for this registry alone', async () => {
    const folder = emptyFolder();
    const [bin, asked] = [path.join(folder, 'bin'), path.join(folder, 'asked')];
    mkdirSync(bin);
    const helper = path.join(bin, 'docker-credential-shop');
    const answer = JSON.stringify({ ServerURL: first.host, Username: login.username, Secret: login.password });
    writeFileSync(helper, `#!/bin/sh\ncat >> ${asked}\nenv >> ${asked}\necho '${answer}'\n`);
    chmodSync(helper, 0o755);
    const env = {
      ...loggedIn({ credHelpers: { [first.host]: 'shop' } }),
      PATH: `${bin}:/usr/bin:/bin`,
      GITHUB_TOKEN: 'of-the-gate',
    };
    const run = await judge([`${first.host}/shop/a:1`, `${open.host}/shop/a:1`], { env });
    expect(errors(run)).toEqual([]);
    const said = readFileSync(asked, 'utf8');
    expect(said).toContain(first.host);
    expect(said).not.toContain(open.host);
    expect(said).not.toContain('of-the-gate');
  });
});
