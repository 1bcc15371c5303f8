import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { archiveOf, type Publication, type Publisher, probe, publish } from '../../test/support/tool-publisher.ts';

const publishers: Publisher[] = [];
async function published(publication?: Publication): Promise<Publisher> {
  const publisher = await publish(publication);
  publishers.push(publisher);
  return publisher;
}
const folderOf = (publisher: Publisher): string => path.join(publisher.cacheDir, 'tools', 'probe', '1.2.3-linux-x64');
const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
const changes = '#!/bin/sh\necho 1.2.3; touch "$0.ran"\n';

afterEach(() => {
  for (const publisher of publishers.splice(0)) publisher.stop();
});
afterAll(removeTempFolders);

describe('a release asset', () => {
  it('is installed once, with a receipt', async () => {
    const publisher = await published();
    const tool = await (await publisher.toolchain()).get('probe');
    expect(tool).toEqual({
      id: 'probe',
      version: '1.2.3',
      path: path.join(folderOf(publisher), 'probe'),
      sha256: sha256Of(probe),
    });
    expect(readFileSync(tool.path, 'utf8')).toBe(probe);
    expect(readdirSync(folderOf(publisher)).toSorted()).toEqual(['probe', 'receipt.json']);
    await (await publisher.toolchain()).get('probe');
    expect(publisher.requests).toEqual(['/v1.2.3/probe']);
    expect(readdirSync(path.dirname(folderOf(publisher)))).toEqual(['1.2.3-linux-x64']);
  });

  it('is unpacked as far as the lock names its parts', async () => {
    const body = archiveOf([
      { path: 'linux/probe', content: probe, mode: 0o755 },
      { path: 'cfg/a/b.yaml', content: 'b: 1' },
      { path: 'README.md', content: 'not wanted' },
    ]);
    const publisher = await published({ body, archive: { executable: 'linux/probe', folders: ['cfg'] } });
    await (await publisher.toolchain()).get('probe');
    expect(readdirSync(folderOf(publisher)).toSorted()).toEqual(['cfg', 'probe', 'receipt.json']);
    expect(readFileSync(path.join(folderOf(publisher), 'cfg/a/b.yaml'), 'utf8')).toBe('b: 1');
  });

  it('with another hash is refused, and nothing of it stays', async () => {
    const publisher = await published({
      body: archiveOf([{ path: 'probe', content: changes }]),
      sha256: '0'.repeat(64),
      archive: { executable: 'probe' },
    });
    const error = (await publisher.toolchain()).get('probe');
    await expect(error).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED' });
    await expect(error).rejects.toThrow(`expected ${'0'.repeat(64)}`);
    expect(readdirSync(path.join(publisher.cacheDir, 'tools', 'probe'))).toEqual([]);
    expect(publisher.requests).toHaveLength(1);
  });

  it('that holds a symbolic link is refused', async () => {
    const entry = archiveOf([{ path: 'probe', content: '' }]);
    const { gunzipSync, gzipSync } = await import('node:zlib');
    const header = gunzipSync(entry);
    header.write('2', 156);
    header.write('/bin/sh', 157);
    header.fill(' ', 148, 156);
    const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const publisher = await published({ body: gzipSync(header), archive: { executable: 'probe' } });
    await expect((await publisher.toolchain()).get('probe')).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED' });
  });

  it('that does not run here is not installed', async () => {
    const publisher = await published({ body: '#!/bin/sh\nexit 86\n' });
    await expect((await publisher.toolchain()).get('probe')).rejects.toThrow('does not run on this machine (exit code 86)');
    expect(existsSync(folderOf(publisher))).toBe(false);
  });

  it('comes from the mirror if there is one', async () => {
    const publisher = await published();
    const mirror = `${publisher.url}/mirror/`;
    await (await publisher.toolchain({ mirror })).get('probe');
    expect(publisher.requests).toEqual([`/mirror/${new URL(publisher.url).host}/v1.2.3/probe`]);
  });

  it('from a mirror must have the same hash', async () => {
    const publisher = await published({ sha256: '1'.repeat(64) });
    const toolchain = await publisher.toolchain({ mirror: publisher.url });
    await expect(toolchain.get('probe')).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED' });
  });
});

describe('the cache', () => {
  it.each([
    ['another executable', (folder: string) => writeFileSync(path.join(folder, 'probe'), changes)],
    ['one more file', (folder: string) => writeFileSync(path.join(folder, 'libc.so'), '')],
    ['no receipt', (folder: string) => writeFileSync(path.join(folder, 'receipt.json'), '{}')],
  ])('with %s is deleted and filled again, which is reported', async (_what, tamper) => {
    const publisher = await published();
    await (await publisher.toolchain()).get('probe');
    tamper(folderOf(publisher));
    const tool = await (await publisher.toolchain()).get('probe');
    expect(readFileSync(tool.path, 'utf8')).toBe(probe);
    expect(publisher.requests).toHaveLength(2);
    expect(publisher.logged.filter((line) => line.startsWith('warn: the installed copy of probe'))).toHaveLength(1);
    expect(existsSync(`${tool.path}.ran`)).toBe(false);
  });

  it('with a forged receipt is noticed if the lock pins the executable itself', async () => {
    const publisher = await published();
    await (await publisher.toolchain()).get('probe');
    const receipt = path.join(folderOf(publisher), 'receipt.json');
    const honest = sha256Of(probe);
    writeFileSync(path.join(folderOf(publisher), 'probe'), changes);
    writeFileSync(receipt, readFileSync(receipt, 'utf8').replace(honest, sha256Of(changes)));
    const toolchain = await publisher.toolchain();
    expect(await toolchain.verify('probe')).toMatchObject({ state: 'changed' });
    expect(readFileSync((await toolchain.get('probe')).path, 'utf8')).toBe(probe);
  });

  it('is hashed before it is run, and not before', async () => {
    const body = archiveOf([{ path: 'probe', content: probe, mode: 0o755 }]);
    const publisher = await published({ body, archive: { executable: 'probe', folders: [] } });
    await (await publisher.toolchain()).get('probe');
    const tool = await (await publisher.toolchain()).lazily()('probe');
    await tool.verified?.();
    writeFileSync(tool.path, changes);
    const changed = await (await publisher.toolchain()).lazily()('probe');
    expect([changed.sha256, readFileSync(tool.path, 'utf8')]).toEqual([sha256Of(probe), changes]);
    await changed.verified?.();
    expect(readFileSync(tool.path, 'utf8')).toBe(probe);
    const receipt = path.join(folderOf(publisher), 'receipt.json');
    writeFileSync(receipt, readFileSync(receipt, 'utf8').replace(sha256Of(probe), sha256Of(changes)));
    const forged = await (await publisher.toolchain()).lazily()('probe');
    await expect(forged.verified?.()).rejects.toThrow(/did not match its receipt/);
    expect(existsSync(`${tool.path}.ran`)).toBe(false);
  });

  it('is filled once by runs at the same time', async () => {
    const publisher = await published();
    const times = { beatMs: 50, pollMs: 10, staleMs: 5_000 };
    const toolchains = await Promise.all([1, 2, 3].map(() => publisher.toolchain({ lockTimes: times })));
    const tools = await Promise.all(
      toolchains.flatMap((toolchain) => [toolchain.get('probe'), toolchain.lazily(60_000)('probe')]),
    );
    expect(new Set(tools.map((tool) => tool.path)).size).toBe(1);
    expect(publisher.requests).toHaveLength(1);
  });

  it('that cannot be written makes the tool unavailable', async () => {
    const publisher = await published();
    const file = path.join(emptyFolder(), 'a-file');
    writeFileSync(file, '');
    const toolchain = await publisher.toolchain({ cacheDir: path.join(file, 'cache') });
    await expect(toolchain.get('probe')).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
  });
});

describe('a tool that is unavailable', () => {
  const goEntry = {
    module: 'example.invalid/probe',
    version: 'v1.2.3',
    package: 'example.invalid/probe',
    folder: 'engines/probe',
    buildSeconds: 90,
  };

  it('is an error with the reason for each source, and what to do', async () => {
    const publisher = await published({ status: 404, entry: { goModule: goEntry } });
    const error = (await publisher.toolchain({ env: { PATH: emptyFolder() } })).get('probe');
    await expect(error).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    await expect(error).rejects.toThrow(
      /release asset: .*HTTP 404; Go module example\.invalid\/probe@v1\.2\.3: Go is not on the PATH\. Provide a binary \(--tool probe=PATH/,
    );
  });

  it('within a budget is not even tried where it takes longer', async () => {
    const publisher = await published({ entry: { executableBytes: 700_000_000, goModule: goEntry } });
    const toolchain = await publisher.toolchain();
    await expect(toolchain.lazily(60_000)('probe')).rejects.toThrow(
      'installing takes about 70 s, more than the 60 s of --engines auto. Run `k8s-gate engines install probe`',
    );
    expect(publisher.requests).toEqual([]);
    expect((await toolchain.get('probe')).version).toBe('1.2.3');
  });

  it('has a budget that a cached tool does not need', async () => {
    const publisher = await published();
    await (await publisher.toolchain()).get('probe');
    expect((await (await publisher.toolchain()).lazily(0)('probe')).version).toBe('1.2.3');
  });

  it('is one that the lock does not know', async () => {
    const toolchain = await (await published()).toolchain();
    await expect(toolchain.get('constructor')).rejects.toMatchObject({
      code: 'TOOL_UNAVAILABLE',
      details: { expected: 'probe' },
    });
  });

  it('is every tool on another platform', async () => {
    const publisher = await published();
    await expect(publisher.toolchain({ platform: 'win32-x64' })).rejects.toThrow('no tool is pinned for win32-x64');
  });

  it('ends with the run', async () => {
    const publisher = await published();
    const toolchain = await publisher.toolchain({ signal: AbortSignal.abort() });
    await expect(toolchain.get('probe')).rejects.toThrow('cancelled');
    expect(publisher.requests).toEqual([]);
  });

  it('may be available a moment later', async () => {
    const publisher = await published({ status: 404 });
    const toolchain = await publisher.toolchain();
    await expect(toolchain.get('probe')).rejects.toThrow('HTTP 404');
    await expect(toolchain.get('probe')).rejects.toThrow('HTTP 404');
    expect(publisher.requests).toHaveLength(2);
  });
});

describe('a given path', () => {
  function given(script: string): string {
    const file = path.join(emptyFolder(), 'probe');
    writeFileSync(file, script, { mode: 0o755 });
    return file;
  }

  it('is used, and noted as not checked', async () => {
    const publisher = await published();
    const file = given('#!/bin/sh\necho v1.3.0\n');
    const toolchain = await publisher.toolchain({ given: { probe: { path: file } } });
    expect(await toolchain.get('probe')).toEqual({
      id: 'probe',
      path: file,
      version: '1.3.0',
      sha256: sha256Of(readFileSync(file, 'utf8')),
    });
    expect(publisher.logged).toEqual([
      `info: using probe 1.3.0 at ${file}, as given, not checked against any hash; this k8s-gate was tested with 1.2.3`,
    ]);
    expect(publisher.requests).toEqual([]);
  });

  it('with another hash is refused before it runs', async () => {
    const publisher = await published();
    const file = given(changes);
    const toolchain = await publisher.toolchain({ given: { probe: { path: file, sha256: '0'.repeat(64) } } });
    await expect(toolchain.get('probe')).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED', details: { file } });
    expect(existsSync(`${file}.ran`)).toBe(false);
    expect(await toolchain.verify('probe')).toMatchObject({ state: 'changed' });
  });

  it('that is not there is an error, not a reason to look elsewhere', async () => {
    const publisher = await published();
    const toolchain = await publisher.toolchain({ given: { probe: { path: '/nowhere/probe' } } });
    await expect(toolchain.get('probe')).rejects.toThrow('there is no such file, which was given as probe');
    expect(publisher.requests).toEqual([]);
  });

  it.each([
    ['prob', '`probe`'],
    ['kubelinter', 'one of probe'],
  ])('for %s, which is not a tool, is an error that names those there are', async (id, expected) => {
    const publisher = await published();
    await expect(publisher.toolchain({ given: { [id]: { path: '/usr/bin/true' } } })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { message: `tool: there is no tool \`${id}\``, expected },
    });
  });

  it('gets no environment of the gate', async () => {
    const publisher = await published();
    process.env.K8S_GATE_TEST_SECRET = 'hunter2';
    const file = given('#!/bin/sh\nenv > "$0.env"\necho 1.2.3\n');
    await (await publisher.toolchain({ given: { probe: { path: file } } })).get('probe');
    expect(readFileSync(`${file}.env`, 'utf8')).not.toContain('hunter2');
  });
});

describe('the deny-list', () => {
  it('refuses a malicious version even if the lock pins it', async () => {
    const publisher = await published({ id: 'trivy', entry: { version: '0.69.4' } });
    await expect((await publisher.toolchain()).get('trivy')).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED' });
    expect(publisher.requests).toEqual([]);
  });

  it.each(['0.69.5', '0.69.6'])('refuses a given Trivy %s', async (version) => {
    const publisher = await published({ id: 'trivy' });
    const file = path.join(emptyFolder(), 'trivy');
    writeFileSync(file, `#!/bin/sh\necho 'Version: ${version}'\n`, { mode: 0o755 });
    const toolchain = await publisher.toolchain({ given: { trivy: { path: file } } });
    await expect(toolchain.get('trivy')).rejects.toThrow(`trivy ${version} is never used: CVE-2026-33634`);
  });
});

describe('a Go module', () => {
  // Stands in for the compiler: builds by writing the program, and keeps the environment and arguments it was run with.
  const go = `#!/bin/sh
if [ "$1" = env ]; then echo '{"GOPROXY":"https://proxy.invalid","GOSUMDB":"off","GOFLAGS":"-mod=mod"}'; exit; fi
if [ "$1" = list ]; then echo "$PWD"; exit; fi
env > go.env; pwd >> go.env; echo "$@" > go.args
echo 'go: downloading example.invalid/probe' >&2
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho 1.2.3\\n' > "$2"; chmod +x "$2"
`;

  const proxies = { HTTPS_PROXY: 'http://u:p@proxy:3128', HTTP_PROXY: 'http://proxy:3128', NO_PROXY: 'internal', no_proxy: 'x' };

  it('is built if there is no asset, in an environment that allows nothing unpinned', async () => {
    const goModule = {
      module: 'example.invalid/probe',
      version: 'v1.2.3',
      package: 'example.invalid/probe/cmd',
      folder: 'engines/probe',
      buildSeconds: 90,
      goexperiment: 'jsonv2',
      stamp: 'example.invalid/v.version=1.2.3',
      folders: ['cfg'],
    };
    const publisher = await published({ entry: { assets: {}, goModule } });
    const module = path.join(publisher.gateRoot, 'engines/probe');
    mkdirSync(path.join(module, 'cfg'), { recursive: true });
    writeFileSync(path.join(module, 'cfg/x.yaml'), 'x: 1');
    const bin = emptyFolder();
    writeFileSync(path.join(bin, 'go'), go, { mode: 0o755 });
    const env = {
      PATH: `${bin}:/usr/bin:/bin`,
      HOME: '/home/dev',
      GOFLAGS: '-mod=mod',
      GONOSUMDB: '*',
      GOINSECURE: '*',
      GITHUB_TOKEN: 'hunter2',
      ...proxies,
    };
    const tool = await (await publisher.toolchain({ env })).get('probe');

    const seen = readFileSync(path.join(module, 'go.env'), 'utf8').split('\n');
    expect(seen).toEqual(
      expect.arrayContaining([
        'GOFLAGS=-mod=readonly',
        'GOENV=off',
        'GOWORK=off',
        'GOPROXY=https://proxy.invalid',
        'GOTOOLCHAIN=local',
        'GOEXPERIMENT=jsonv2',
        'CGO_ENABLED=0',
        'HOME=/home/dev',
        ...Object.entries(proxies).map((entry) => entry.join('=')),
      ]),
    );
    expect(seen.join('\n')).not.toMatch(/hunter2|GONOSUMDB|GOINSECURE|mod=mod/);
    expect(readFileSync(path.join(module, 'go.args'), 'utf8')).toMatch(
      /^build -trimpath -buildvcs=false -ldflags=-s -w -X example\.invalid\/v\.version=1\.2\.3 -o .* example\.invalid\/probe\/cmd\n$/,
    );
    expect(readFileSync(path.join(path.dirname(tool.path), 'cfg/x.yaml'), 'utf8')).toBe('x: 1');
    expect(publisher.logged).toContain('debug: go: downloading example.invalid/probe');
    expect(publisher.logged).toContain(
      'info: building probe 1.2.3 from its pinned Go module; with empty caches on two cores that took 90 s',
    );
  });

  it('that does not build fails with the message of the compiler', async () => {
    const goModule = {
      module: 'example.invalid/probe',
      version: 'v1.2.3',
      package: 'example.invalid/probe',
      folder: 'engines/probe',
      buildSeconds: 90,
    };
    const publisher = await published({ entry: { assets: {}, goModule } });
    mkdirSync(path.join(publisher.gateRoot, 'engines/probe'), { recursive: true });
    const bin = emptyFolder();
    writeFileSync(
      path.join(bin, 'go'),
      '#!/bin/sh\nprintf "\\033[31mverifying example.invalid/probe: checksum mismatch\\nSECURITY ERROR by http://u:p@proxy:1\\n" >&2; exit 1\n',
      { mode: 0o755 },
    );
    const toolchain = await publisher.toolchain({ env: { PATH: `${bin}:/usr/bin:/bin` } });
    await expect(toolchain.get('probe')).rejects.toThrow(
      'go ended with 1: ?[31mverifying example.invalid/probe: checksum mismatch | SECURITY ERROR by http://***@proxy:1',
    );
    expect(publisher.logged.join()).not.toContain('u:p');
  });
});
