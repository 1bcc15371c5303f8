import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { updateAll } from '../../scripts/engines/update.ts';
import { createNodeHttp } from '../../src/ports/node-http.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { parseLock } from '../../src/toolchain/lock-file.ts';
import { createSigstore, type FakeSigstore, identity, issuer } from '../support/fake-sigstore.ts';
import { serve, stopServers } from '../support/loopback.ts';
import { nodePorts } from '../support/node-ports.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { publish } from '../support/tool-publisher.ts';

afterEach(stopServers);
afterAll(removeTempFolders);

/** Stands in for go: knows 1.3.0 (old enough) and 1.4.0 (of today), and writes down what it is asked to get. */
const go = `#!/bin/sh
case "$*" in
  "env "*) echo '{}' ;;
  "list -m -versions"*) echo '{"Versions":["v1.2.3","v1.3.0","v1.4.0"]}' ;;
  *@v1.3.0) if [ "$1" = get ]; then echo "tool example.invalid/probe v1.3.0" > go.mod; echo sum > go.sum
            else echo '{"Version":"v1.3.0","Time":"2026-01-02T03:04:05Z"}'; fi ;;
  *@v1.4.0) date -u +'{"Version":"v1.4.0","Time":"%Y-%m-%dT%H:%M:%SZ"}' ;;
  *) echo "not expected: $*" >&2; exit 1 ;;
esac
`;
const asset = '#!/bin/sh\necho 1.3.0\n';
const sha256 = createHash('sha256').update(asset).digest('hex');
let sigstore: FakeSigstore;
beforeAll(async () => {
  sigstore = await createSigstore();
});

interface Release {
  readonly checksums?: string;
  readonly asset?: string;
  /** Undefined: the server has none. */
  readonly signature?: string;
}

/** A gate folder that pins 1.2.3, and a download site that has 1.3.0. */
async function bench(release: Release): Promise<{
  readonly run: (ids: readonly string[], write: boolean) => Promise<{ readonly text: string; readonly ok: boolean }>;
  readonly lock: string;
  readonly read: (name: string) => string;
  readonly asked: readonly string[];
}> {
  const site = await serve((request, response) => {
    const found: Readonly<Record<string, string | undefined>> = {
      '/v1.3.0/checksums.txt': release.checksums ?? `${sha256}  probe_1.3.0_linux.tar.gz\n`,
      '/v1.3.0/probe_1.3.0_linux.tar.gz': release.asset ?? asset,
      '/v1.3.0/probe_1.3.0_linux.tar.gz.sigstore.json': release.signature,
    };
    const body = found[request.url ?? ''];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  const base = `${site.url}/v1.2.3`;
  const locked = {
    url: `${base}/probe_1.2.3_linux.tar.gz`,
    sha256: '0'.repeat(64),
    sources: ['one', 'two'],
    checksums: `${base}/checksums.txt`,
    signature: `${base}/probe_1.2.3_linux.tar.gz.sigstore.json`,
    archive: { executable: 'probe' },
  };
  const publisher = await publish({
    entry: {
      assets: { 'linux-x64': locked },
      publisher: { kind: 'sigstore', issuer, identity: identity.replace('1.2.3', '{version}') },
      goModule: {
        module: 'example.invalid/probe',
        version: 'v1.2.3',
        package: 'example.invalid/probe',
        folder: 'engines/probe',
        stamp: 'example.invalid/v.version=1.2.3',
        buildSeconds: 9,
      },
    },
    gateFiles: {
      'engines/trust/sigstore-trusted-root.json': sigstore.trustedRoot(),
      'engines/probe/go.mod': 'old',
      'engines/probe/go.sum': 'old',
    },
  });
  const bin = emptyFolder();
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, 'go'), go, { mode: 0o755 });
  const read = (name: string): string => readFileSync(path.join(publisher.gateRoot, name), 'utf8');
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  const http = createNodeHttp({ pausesMs: [] });
  const context = { ports: { ...createNodePorts({ log: nodePorts.log, env }), http }, env, ...publisher };
  const run = async (ids: readonly string[], write: boolean) => {
    const lines: string[] = [];
    const ok = await updateAll(ids, write, context, (line) => lines.push(line));
    return { ok, text: lines.join('\n') };
  };
  return { run, lock: read('tools.lock.json'), read, asked: site.seen };
}

const signed = (signing = { identity: identity.replace('1.2.3', '1.3.0') }): Promise<string> =>
  sigstore.signFile(Buffer.from(asset), signing);

describe('update-engines', () => {
  it('reports what is newer, and changes and downloads nothing', async () => {
    const { run, lock, read, asked } = await bench({});
    const { text, ok } = await run([], false);
    expect(ok).toBe(true);
    expect(text).toMatch(/^probe 1\.2\.3: 1\.3\.0 of 2026-01-02 is newer; 1\.4\.0 is younger than 14 days \(.*\)$/);
    expect(read('tools.lock.json')).toBe(lock);
    expect(read('engines/probe/go.mod')).toBe('old');
    expect(asked).toEqual([]);
  });

  it('cannot look up a tool without a Go module, which is an error only if the tool was named', async () => {
    const publisher = await publish({});
    const lines: string[] = [];
    const env = { PATH: '/usr/bin:/bin' };
    const context = { ports: nodePorts, env, ...publisher };
    expect(await updateAll([], false, context, (line) => lines.push(line))).toBe(true);
    expect(await updateAll(['probe'], false, context, (line) => lines.push(line))).toBe(false);
    const line = 'probe 1.2.3: no Go module proxy lists its versions: check its releases by hand';
    expect(lines).toEqual([line, line]);
  });

  it('writes the release with the hashes that list, download and signature agree on', async () => {
    const { run, read } = await bench({ signature: await signed() });
    const { text, ok } = await run(['probe'], true);
    expect(text).toContain('written');
    expect(ok).toBe(true);
    const probe = parseLock(read('tools.lock.json'), 'lock').tools.probe;
    expect(probe).toMatchObject({
      version: '1.3.0',
      releasedAt: '2026-01-02',
      goModule: { version: 'v1.3.0', stamp: 'example.invalid/v.version=1.3.0' },
    });
    expect(probe?.assets['linux-x64']).toMatchObject({
      sha256,
      url: expect.stringMatching(/\/v1\.3\.0\/probe_1\.3\.0_linux\.tar\.gz$/),
    });
    expect(probe?.assets['linux-x64']?.sources).toEqual([
      expect.stringMatching(/\/v1\.3\.0\/checksums\.txt$/),
      expect.stringMatching(/^the asset itself, downloaded on \d{4}-\d\d-\d\d, signed by https:.*@refs\/tags\/v1\.3\.0$/),
    ]);
    expect([read('engines/probe/go.mod'), read('engines/probe/go.sum')]).toEqual([
      'tool example.invalid/probe v1.3.0\n',
      'sum\n',
    ]);
  });

  it.each([
    ['the list states another hash', { checksums: `${'1'.repeat(64)}  probe_1.3.0_linux.tar.gz\n` }, 'has SHA-256'],
    ['the list does not name the asset', { checksums: `${'1'.repeat(64)}  probe_1.3.0_darwin.tar.gz\n` }, 'states no hash'],
    ['the list is a web page', { checksums: '<html>' }, 'states no hash'],
    ['the asset is another', { asset: 'evil' }, 'has SHA-256'],
    ['there is no signature', {}, 'could not be checked'],
  ] satisfies [string, Release, string][])('writes nothing if %s', async (_what, release, why) => {
    const { run, lock, read } = await bench(release);
    const { text, ok } = await run(['probe'], true);
    expect(ok).toBe(false);
    expect(text).toContain(why);
    expect(read('tools.lock.json')).toBe(lock);
    expect(read('engines/probe/go.mod')).toBe('old');
  });

  it('writes nothing if the signature is of the old tag', async () => {
    const { run, lock, read } = await bench({ signature: await signed({ identity }) });
    const { text } = await run(['probe'], true);
    expect(text).toContain('is not valid');
    expect(read('tools.lock.json')).toBe(lock);
  });
});

it('the lock of this repository is written back as it is', () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../tools.lock.json'), 'utf8');
  expect(`${JSON.stringify(parseLock(text, 'lock'), null, 2)}\n`).toBe(text);
});
