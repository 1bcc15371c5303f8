import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { emptyFolder, removeTempFolders } from '../../test/support/temp-folders.ts';
import { createNodeFiles } from './node-files.ts';

afterAll(removeTempFolders);

it('reading a FIFO is refused and does not wait for a writer', async () => {
  const fifo = path.join(emptyFolder(), 'fifo');
  execFileSync('mkfifo', [fifo]);
  await expect(createNodeFiles().readText(fifo)).rejects.toThrow('is not a regular file');
});
