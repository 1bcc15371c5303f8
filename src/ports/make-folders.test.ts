import { existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { makeFolders } from './make-folders.ts';

afterAll(removeTempFolders);

describe('makeFolders', () => {
  it('creates a folder with all that it is in, also twice and at the same time', async () => {
    const folder = path.join(emptyFolder(), 'a/b/c');
    await Promise.all([makeFolders(folder, 0o700), makeFolders(folder, 0o700)]);
    await makeFolders(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('fails where a part of the path is a file', async () => {
    const file = path.join(emptyFolder(), 'file');
    writeFileSync(file, '');
    await expect(makeFolders(file)).rejects.toThrow(/EEXIST/);
    await expect(makeFolders(path.join(file, 'a'))).rejects.toThrow(/ENOTDIR/);
  });

  it.skipIf(!existsSync('/proc/self'))('ends where the system creates no folder', async () => {
    await expect(makeFolders('/proc/nope/a')).rejects.toThrow(/ENOENT|EACCES|EPERM/);
  });
});
