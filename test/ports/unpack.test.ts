import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createNodeFiles } from '../../src/ports/node-files.ts';
import type { UnpackPlan } from '../../src/ports/ports.ts';
import { type TarEntry, tar } from '../support/tar.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const files = createNodeFiles();
const plan: UnpackPlan = { files: ['probe'], folders: ['cfg'], maxBytes: 64 * 1024 * 1024 };

/** Unpacks and returns the folder; nothing may be written outside of it. */
async function unpacked(bytes: Uint8Array, rest: Partial<UnpackPlan> = {}): Promise<string> {
  const folder = emptyFolder();
  const archive = path.join(folder, 'archive');
  writeFileSync(archive, bytes);
  const into = path.join(folder, 'a', 'into');
  await files.makeDir(into);
  try {
    await files.unpack(archive, into, { ...plan, ...rest });
  } finally {
    const written = (await files.walk(folder, () => false)).map((file) => file.path);
    expect(written.filter((file) => file !== 'archive' && !file.startsWith('a/into/'))).toEqual([]);
    expect(existsSync('/tmp/k8s-gate-escaped')).toBe(false);
  }
  return into;
}
const contents = async (folder: string): Promise<readonly string[]> =>
  (await files.walk(folder, () => false)).map((file) => file.path);
const probe = { path: 'probe', content: 'probe' };
const tgz = (...entries: readonly TarEntry[]): Buffer => gzipSync(tar(entries));
const pax = (text: string): TarEntry => ({ path: 'pax', type: 'x', content: text });
const record = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  const length = rest.length + String(rest.length + 2).length;
  return `${length}${rest}`;
};

describe('a tar.gz', () => {
  it('gives the files that were asked for, and no others', async () => {
    const into = await unpacked(
      tgz(
        { path: './README.md', content: 'no' },
        { path: 'probe', content: 'probe' },
        { path: 'other/probe', content: 'no' },
        { path: 'cfg/a/b.yaml', content: 'b: 1' },
        { path: 'cfgs/c.yaml', content: 'no' },
      ),
    );
    expect(await contents(into)).toEqual(['cfg/a/b.yaml', 'probe']);
    expect(readFileSync(path.join(into, 'probe'), 'utf8')).toBe('probe');
    expect(readFileSync(path.join(into, 'cfg/a/b.yaml'), 'utf8')).toBe('b: 1');
  });

  it.each([
    ['../escaped', 'is outside of it'],
    ['cfg/../../escaped', 'is outside of it'],
    ['/tmp/k8s-gate-escaped', 'an absolute path'],
    ['C:/escaped', 'an absolute path'],
    ['cfg\\..\\escaped', 'backslashes'],
    ['cfg/a\nb', 'control characters'],
  ])('with %j in it is refused', async (name, why) => {
    const bytes = tgz(probe, { path: name, content: 'x' });
    await expect(unpacked(bytes)).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED', message: expect.stringContaining(why) });
  });

  it.each(['probe', './probe', 'PROBE'])('with a second %s is refused', async (name) => {
    const bytes = tgz(probe, { path: name, content: 'evil' });
    await expect(unpacked(bytes)).rejects.toThrow('twice');
  });

  it('without the executable is refused', async () => {
    await expect(unpacked(tgz({ path: 'Probe', content: '' }))).rejects.toThrow('it does not contain probe');
  });

  it('that unpacks to far more than it is, is refused', async () => {
    const bytes = tgz({ path: 'probe', content: '0'.repeat(17 * 1024 * 1024) });
    expect(bytes.length).toBeLessThan(100_000);
    await expect(unpacked(bytes)).rejects.toThrow('unpacks to more than 16777216 bytes');
  });

  it('that unpacks to more than allowed is refused', async () => {
    await expect(unpacked(tgz({ path: 'probe', content: 'x'.repeat(5_000) }), { maxBytes: 4_000 })).rejects.toThrow(
      'unpacks to more than 4000 bytes',
    );
  });

  it('that ends too early is refused', async () => {
    const bytes = tgz({ path: 'probe', content: 'x'.repeat(5_000) });
    await expect(unpacked(bytes.subarray(0, -30))).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED' });
  });

  it.each([
    ['a symbolic link out by an absolute path', { path: 'x', content: '', type: '2', target: '/etc/passwd' }],
    ['a symbolic link that points outside', { path: 'cfg/x', content: '', type: '2', target: '../../x' }],
    ['a hard link that points outside', { path: 'cfg/x', content: '', type: '1', target: '../x' }],
    ['a character device', { path: 'x', content: '', type: '3' }],
    ['a block device', { path: 'x', content: '', type: '4' }],
    ['a pipe', { path: 'x', content: '', type: '6' }],
    ['an entry of an unknown type', { path: 'x', content: '', type: 'V' }],
    ['a link within the wanted folder', { path: 'cfg/x', content: '', type: '2', target: 'y' }],
  ])('with %s is refused', async (_what, entry) => {
    await expect(unpacked(tgz(probe, entry))).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED' });
  });

  it.each(['1', '2'])('whose executable is a link (%s) is refused', async (type) => {
    const bytes = tgz({ path: 'other', content: '' }, { path: 'probe', content: '', type, target: 'other' });
    await expect(unpacked(bytes)).rejects.toThrow('its probe is a link');
  });

  it('may hold a link within itself, which is not taken', async () => {
    const into = await unpacked(tgz({ path: 'docs/x', content: '', type: '2', target: '../README' }, probe));
    expect(await contents(into)).toEqual(['probe']);
  });

  it('cannot write through a link it made itself', async () => {
    const link = { path: 'cfg', content: '', type: '2', target: '/tmp' };
    await expect(unpacked(tgz(probe, link, { path: 'cfg/k8s-gate-escaped', content: 'x' }))).rejects.toThrow('points outside');
  });

  it('may name an entry in a longer header', async () => {
    const long = `cfg/${'x'.repeat(120)}/${'y'.repeat(120)}`;
    const into = await unpacked(
      tgz(
        probe,
        pax(record('path', long)),
        { path: 'cut', content: 'x' },
        { path: 'name', type: 'L', content: `cfg/gnu\0` },
        {
          path: 'cut',
          content: 'x',
        },
      ),
    );
    expect(await contents(into)).toEqual(['cfg/gnu', long, 'probe'].toSorted());
  });

  it.each([
    ['a longer header that points outside', [pax(record('path', '../escaped')), { path: 'cfg/x', content: '' }]],
    [
      'a GNU name that points outside',
      [
        { path: 'n', type: 'L', content: '../escaped\0' },
        { path: 'cfg/x', content: '' },
      ],
    ],
    [
      'a link target hidden in a longer header',
      [pax(record('linkpath', '/etc')), { path: 'x', content: '', type: '2', target: 'y' }],
    ],
    ['a header for all entries', [{ path: 'g', type: 'g', content: record('path', 'probe') }]],
    ['a broken longer header', [pax('999 path=x\n')]],
    ['a longer header without end', [pax('x'.repeat(70_000))]],
  ] satisfies [string, TarEntry[]][])('with %s is refused', async (_what, entries) => {
    await expect(unpacked(tgz(probe, ...entries))).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED' });
  });

  it('with a damaged header is refused', async () => {
    const bytes = tar([probe]);
    bytes.write('q', 0);
    await expect(unpacked(gzipSync(bytes))).rejects.toThrow('a header in it is damaged');
  });

  it('with more entries than any tool has is refused', async () => {
    const entries = Array.from({ length: 10_001 }, (_, index) => ({ path: `f${index}`, content: '' }));
    await expect(unpacked(tgz(...entries))).rejects.toThrow('more than 10000 entries');
  });
});

it.each(['', 'MZ\x90\x00', '<!DOCTYPE html><title>Not found</title>'])('what is not an archive (%j) is refused', async (text) => {
  await expect(unpacked(Buffer.from(text, 'latin1'))).rejects.toMatchObject({ code: 'TOOL_UNTRUSTED' });
});
