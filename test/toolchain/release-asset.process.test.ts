import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSigstore, type FakeSigstore, identity, issuer } from '../support/fake-sigstore.ts';
import { type Answer, cutAfter, ranged, stopServers } from '../support/loopback.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { archiveOf, type Publication, probe, publish } from '../support/tool-publisher.ts';

afterEach(stopServers);
afterAll(removeTempFolders);

const content = Buffer.from(probe);
const inCache = (cacheDir: string): readonly string[] => readdirSync(path.join(cacheDir, 'tools', 'probe')).toSorted();
const receiptOf = (cacheDir: string): ReturnType<typeof JSON.parse> =>
  JSON.parse(readFileSync(path.join(cacheDir, 'tools/probe/1.2.3-linux-x64/receipt.json'), 'utf8'));

describe('a server with wrong content', () => {
  const page = '<!DOCTYPE html><title>Please log in</title>';
  it.each([
    ['sends a web page and calls it well', (_request, response) => response.end(page), 'TOOL_UNTRUSTED', 'it is a web page'],
    ['sends other bytes of the same length', sends(content.map((byte) => byte ^ 1)), 'TOOL_UNTRUSTED', 'its SHA-256 is'],
    ['sends nothing', sends(Buffer.alloc(0)), 'TOOL_UNTRUSTED', 'its SHA-256 is'],
    ['sends one byte more', sends(Buffer.concat([content, Buffer.from('\n')])), 'TOOL_UNTRUSTED', 'its SHA-256 is'],
    ['announces more than it sends', cutAfter(10, content, undefined), 'TOOL_UNAVAILABLE', 'could not be downloaded'],
    ['stops in the middle', (_request, response) => response.writeHead(200).write('#!'), 'TOOL_UNAVAILABLE', 'sent 0 bytes in'],
    ['announces a terabyte', announces('1000000000000'), 'TOOL_UNAVAILABLE', 'larger than'],
    ['redirects in a circle', redirects('/v1.2.3/probe'), 'TOOL_UNAVAILABLE', 'more than 5 redirects'],
    ['redirects to plain http', redirects('http://host.invalid/probe'), 'TOOL_UNAVAILABLE', 'not an https address'],
  ] satisfies [string, Answer, string, string][])('and %s brings no tool', async (_what, answer, code, why) => {
    const publisher = await publish({ answer });
    const toolchain = await publisher.toolchain();
    const failed = toolchain.get('probe');
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.toThrow(why);
    expect(inCache(publisher.cacheDir)).toEqual([]);
    expect(await toolchain.verify('probe')).toMatchObject({ state: 'missing' });
  });
});

describe('a download that breaks off', () => {
  let partFile = '';
  const part = (): string => partFile;
  const cut = cutAfter(10, content, '"one"', part);
  const partOf = (cacheDir: string): string => path.join(cacheDir, 'tools/probe/.download-1.2.3-linux-x64.part');

  it('is resumed by the next run, and leaves nothing behind', async () => {
    const rest = ranged(content, '"one"');
    const ranges: (string | undefined)[] = [];
    const publisher = await publish({
      answer: (request, response, count) => {
        ranges.push(request.headers.range);
        return count === 1
          ? cut(request, response, count)
          : count < 4
            ? response.writeHead(503).end()
            : rest(request, response, count);
      },
    });
    partFile = partOf(publisher.cacheDir);
    await expect((await publisher.toolchain()).get('probe')).rejects.toThrow('HTTP 503');
    expect(inCache(publisher.cacheDir)).toEqual(['.download-1.2.3-linux-x64.part', '.download-1.2.3-linux-x64.part.of']);
    const tool = await (await publisher.toolchain()).get('probe');
    expect(readFileSync(tool.path, 'utf8')).toBe(probe);
    expect(ranges.at(-1)).toBe('bytes=10-');
    expect(inCache(publisher.cacheDir)).toEqual(['1.2.3-linux-x64']);
  });

  it('and whose rest belongs to another file is downloaded whole, once, before anybody is alarmed', async () => {
    const other = cutAfter(10, Buffer.from('x'.repeat(content.length)), '"one"', part);
    const rest = ranged(content, '"one"');
    const publisher = await publish({ answer: (...args) => (args[2] === 1 ? other(...args) : rest(...args)) });
    partFile = partOf(publisher.cacheDir);
    expect(readFileSync((await (await publisher.toolchain()).get('probe')).path, 'utf8')).toBe(probe);
    expect(publisher.requests).toHaveLength(3);
    expect(
      publisher.logged.filter((line) => line.startsWith('warn: the resumed download of probe has another hash')),
    ).toHaveLength(1);
  });
});

describe('a signature', () => {
  let sigstore: FakeSigstore;
  beforeAll(async () => {
    sigstore = await createSigstore();
  });
  const signed = (signature: string, rest: Publication = {}): Publication => ({
    signature,
    entry: { publisher: { kind: 'sigstore', issuer, identity: identity.replace('1.2.3', '{version}') } },
    gateFiles: { 'engines/trust/sigstore-trusted-root.json': sigstore.trustedRoot() },
    ...rest,
  });

  it('that holds is noted', async () => {
    const publisher = await publish(signed(await sigstore.signFile(content)));
    const toolchain = await publisher.toolchain({ signatures: 'required' });
    await toolchain.get('probe');
    expect(publisher.requests).toEqual(['/v1.2.3/probe', '/v1.2.3/probe.sig']);
    expect(receiptOf(publisher.cacheDir).signature).toEqual({ state: 'verified', by: identity });
    expect((await toolchain.list())[0]).toMatchObject({ checked: 'hash, signature' });
    expect(inCache(publisher.cacheDir)).toEqual(['1.2.3-linux-x64']);
  });

  it.each([
    ['of another workflow', () => sigstore.signFile(content, { identity: identity.replace('release', 'other') })],
    ['of other bytes', () => sigstore.signFile(Buffer.from('x'))],
    ['of another Sigstore', async () => (await createSigstore()).signFile(content)],
    ['that is a web page', () => Promise.resolve('<html>')],
  ])('%s is refused though the hash is right', async (_what, make) => {
    const publisher = await publish(signed(await make()));
    const failed = (await publisher.toolchain()).get('probe');
    await expect(failed).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED' });
    await expect(failed).rejects.toThrow(`the signature of probe at ${publisher.url}/v1.2.3/probe.sig is not valid`);
    expect(inCache(publisher.cacheDir)).toEqual([]);
  });

  it('is not even asked for where the hash is wrong', async () => {
    const publisher = await publish(signed(await sigstore.signFile(content), { sha256: '0'.repeat(64) }));
    await expect((await publisher.toolchain()).get('probe')).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED' });
    expect(publisher.requests).toEqual(['/v1.2.3/probe']);
  });

  it('that is unavailable is warned about, now and whenever the tool is used', async () => {
    const publisher = await publish(signed(''));
    const toolchain = await publisher.toolchain();
    await toolchain.get('probe');
    expect((await toolchain.list())[0]).toMatchObject({ checked: 'hash; signature missing' });
    await (await publisher.toolchain()).get('probe');
    const warned = publisher.logged.filter((line) => line.startsWith('warn:'));
    expect(warned).toEqual([
      expect.stringMatching(/^warn: probe has the hash that is pinned, but its signature could not be checked: .*HTTP 404/),
      expect.stringMatching(/^warn: probe 1\.2\.3 was installed by its hash alone: .*HTTP 404/),
    ]);
  });

  it('that is unavailable and is required brings no tool, nor lets one from the cache pass', async () => {
    const publisher = await publish(signed(''));
    await (await publisher.toolchain()).get('probe');
    const strict = await publisher.toolchain({ signatures: 'required' });
    expect(await strict.verify('probe')).toMatchObject({ state: 'changed' });
    await expect(strict.get('probe')).rejects.toThrow('its signature is required and could not be checked');
    expect(existsSync(path.join(publisher.cacheDir, 'tools/probe/1.2.3-linux-x64'))).toBe(false);
  });

  it('comes from the mirror too, whose password is written nowhere', async () => {
    const publisher = await publish(signed(await sigstore.signFile(content)));
    const mirror = `${publisher.url.replace('//', '//me:hunter2@')}/mirror`;
    await (await publisher.toolchain({ mirror })).get('probe');
    const { host } = new URL(publisher.url);
    expect(publisher.requests).toEqual([`/mirror/${host}/v1.2.3/probe`, `/mirror/${host}/v1.2.3/probe.sig`]);
    expect(JSON.stringify([receiptOf(publisher.cacheDir), publisher.logged])).not.toContain('hunter2');
  });
});

describe('a release', () => {
  it('that is too young is not used, whatever its hash', async () => {
    const today = new Date(Date.now() - 13 * 86_400_000).toISOString().slice(0, 10);
    const publisher = await publish({ entry: { releasedAt: today } });
    await expect((await publisher.toolchain()).get('probe')).rejects.toMatchObject({
      code: 'TOOL_UNTRUSTED',
      message: expect.stringContaining('less than 14 days ago'),
    });
    expect(publisher.requests).toEqual([]);
  });

  it('is installed again if the lock pins another hash by now', async () => {
    const packed = (text: string): Publication => ({
      body: archiveOf([{ path: 'probe', content: text }]),
      archive: { executable: 'probe' },
    });
    const publisher = await publish(packed(probe));
    await (await publisher.toolchain()).get('probe');
    const toolchain = await (await publish(packed(`${probe}# rebuilt\n`))).toolchain({ cacheDir: publisher.cacheDir });
    expect(await toolchain.verify('probe')).toMatchObject({ state: 'changed' });
    expect(readFileSync((await toolchain.get('probe')).path, 'utf8')).toContain('rebuilt');
  });
});

function sends(bytes: Uint8Array): Answer {
  return (_request, response) => response.end(bytes);
}
function announces(length: string): Answer {
  return (_request, response) => response.writeHead(200, { 'content-length': length }).write('x');
}
function redirects(location: string): Answer {
  return (_request, response) => response.writeHead(302, { location }).end();
}
