import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from './system-error.ts';

/**
 * A folder and those that it is in. `recursive` of Node's mkdir never returns where the system answers ENOENT for a new folder in one that exists,
 * as below /proc or on a file share that is gone (Node 20 to 24).
 * @param mode Of folders that are created.
 */
export async function makeFolders(folder: string, mode?: number): Promise<void> {
  if (await isFolder(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) await makeFolders(parent, mode);
  try {
    await mkdir(folder, { mode });
  } catch (thrown) {
    // Another process was faster.
    if (systemCode(thrown) !== 'EEXIST' || !(await isFolder(folder))) throw thrown;
  }
}

async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}
