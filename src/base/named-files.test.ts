import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { namedFrom } from './named-files.ts';

afterAll(removeTempFolders);

describe('errors about files of an export', () => {
  const root = emptyFolder();
  mkdirSync(path.join(root, 'app'), { recursive: true });
  writeFileSync(path.join(root, 'app/a.yaml'), Buffer.from([0xff]));
  const files = namedFrom([root], createNodeFiles());

  it('name them from there', async () => {
    await expect(files.readText(path.join(root, 'app/a.yaml'))).rejects.toThrow(/^app\/a\.yaml: is not UTF-8 text/);
    await expect(files.readBytes(path.join(root, 'app'))).rejects.toMatchObject({ details: { file: 'app' } });
    await expect(files.sha256(path.join(root, 'x'))).rejects.toMatchObject({ details: { file: 'x' } });
    await expect(files.walk(path.join(root, 'y'), () => false)).rejects.toMatchObject({ details: { file: 'y' } });
  });

  it('name others as they are', async () => {
    const other = path.join(emptyFolder(), 'x');
    await expect(files.readBytes(other)).rejects.toMatchObject({ details: { file: other } });
    await expect(files.readBytes(`${root}x`)).rejects.toMatchObject({ details: { file: `${root}x` } });
  });
});
