import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeFiles } from './node-files.ts';

const files = createNodeFiles();
let root: string;
const at = (relative: string): string => path.join(root, relative);

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'k8s-gate-files-'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('files', () => {
  it('reads and writes text, making the folders above it', async () => {
    await files.write(at('a/b/c.txt'), 'ä\n');
    expect(await files.readText(at('a/b/c.txt'))).toBe('ä\n');
    expect(readdirSync(at('a/b'))).toEqual(['c.txt']);
  });

  it('keeps the permissions of a file that it replaces', async () => {
    writeFileSync(at('run.sh'), 'one');
    chmodSync(at('run.sh'), 0o750);
    await files.write(at('run.sh'), 'two');
    expect(statSync(at('run.sh')).mode & 0o777).toBe(0o750);
  });

  it('names the path and the reason of what cannot be read', async () => {
    await expect(files.readText(at('none'))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', details: { file: at('none') } });
    await expect(files.readText(at('none'))).rejects.toThrow('there is no such file or folder (ENOENT)');
    await expect(files.readText(root)).rejects.toThrow('is not a regular file');
  });

  it('refuses bytes that are not UTF-8', async () => {
    writeFileSync(at('latin1.yaml'), Buffer.from([0x6b, 0xe4]));
    await expect(files.readText(at('latin1.yaml'))).rejects.toThrow('is not UTF-8 text');
  });

  it('reports what is at a path without following a symlink', async () => {
    symlinkSync('/etc/hosts', at('link'));
    expect(await files.stat(at('link'))).toMatchObject({ kind: 'symlink' });
    expect(await files.stat(root)).toMatchObject({ kind: 'folder' });
    expect(await files.stat(at('none'))).toBeUndefined();
    expect(await files.stat(at('latin1.yaml/below'))).toBeUndefined();
  });

  it('walks in the order of paths, lists symlinks and follows none', async () => {
    for (const folder of ['w/b', 'w/node_modules']) mkdirSync(at(folder), { recursive: true });
    for (const file of ['w/b/1', 'w/b.txt', 'w/Z', 'w/node_modules/x']) writeFileSync(at(file), 'xy');
    symlinkSync('/etc', at('w/etc'));
    const found = await files.walk(at('w'), (folder) => folder === 'node_modules');
    expect(found.map((file) => `${file.path} ${file.kind}`)).toEqual(['Z file', 'b.txt file', 'b/1 file', 'etc symlink']);
    expect(found[0]?.size).toBe(2);
  });

  // macOS has no such names.
  it.skipIf(process.platform !== 'linux').each([
    ['pod\xff.yaml', 'the name of this file is not UTF-8'],
    ['notes\xff.md', undefined],
    ['templates/pod\xff', 'the name of this file is not UTF-8'],
    ['pods\xff/', 'the name of this folder is not UTF-8'],
    ['\xef\xbf\xbd.yaml', undefined],
  ])('never leaves out a manifest whose name is not UTF-8: %j', async (name, message) => {
    const folder = mkdtempSync(at('names-'));
    mkdirSync(path.join(folder, 'templates'));
    const target = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
    if (name.endsWith('/')) mkdirSync(target);
    else writeFileSync(target, 'x');
    const walked = files.walk(folder, () => false).then(() => undefined);
    const reason = await walked.catch((thrown) => thrown.details.message);
    expect(reason).toBe(message);
  });

  it('hashes, renames, removes', async () => {
    await files.write(at('h'), 'abc');
    expect(await files.sha256(at('h'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    await files.rename(at('h'), at('i'));
    expect(readFileSync(at('i'), 'utf8')).toBe('abc');
    await files.remove(at('i'));
    await files.remove(at('i'));
    expect(existsSync(at('i'))).toBe(false);
  });
});
