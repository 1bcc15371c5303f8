import { randomBytes } from 'node:crypto';
import { lstat, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from './make-folders.ts';

/**
 * A secret of this user on this machine, created at the first call. Undefined if it can't be created, or if others may read it.
 */
export async function userSecret(file: string): Promise<string | undefined> {
  try {
    await makeFolders(path.dirname(file), 0o700);
    await make(file);
    const stat = await lstat(file);
    if (!stat.isFile() || (stat.mode & 0o077) !== 0 || (process.getuid !== undefined && stat.uid !== process.getuid()))
      return undefined;
    const secret = (await readFile(file, 'utf8')).trim();
    return /^[0-9a-f]{64}$/.test(secret) ? secret : undefined;
  } catch {
    return undefined;
  }
}

async function make(file: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'EEXIST') return undefined;
    throw thrown;
  });
  if (handle === undefined) return;
  try {
    await handle.writeFile(`${randomBytes(32).toString('hex')}\n`);
  } finally {
    await handle.close();
  }
}
