import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { Files } from '../ports/ports.ts';

/** A regular file below `root` that no symlink leads to. */
export async function isPlainFile(root: string, file: string, files: Files): Promise<boolean> {
  return (await isReachable(root, file, files)) && (await files.stat(path.join(root, file)))?.kind === 'file';
}

/** Copies a file of the work tree into an export. Throws GateError SOURCE_UNREADABLE where the commit has a symlink on the way: it would lead out. */
export async function copyFile(file: string, from: string, to: string, files: Files): Promise<void> {
  const inTheWay = await linkOrOther(to, file, files);
  if (inTheWay !== undefined)
    throw new GateError('SOURCE_UNREADABLE', {
      file,
      message: `a file of the work tree can't be judged, because ${inTheWay} is no folder in the commit`,
      expected: 'a folder',
      next: 'Commit the folder itself in its place, or take the file out of `generated`.',
    });
  const target = path.join(to, file);
  if ((await files.stat(target))?.kind === 'folder') await files.remove(target);
  await files.write(target, await files.readBytes(path.join(from, file)));
}

/** Through folders only: to remove what a symlink leads to would reach out of an export. */
export async function isReachable(root: string, file: string, files: Files): Promise<boolean> {
  return (await linkOrOther(root, file, files)) === undefined;
}

/** The first part of the way to a file that exists and is no folder. */
async function linkOrOther(root: string, file: string, files: Files): Promise<string | undefined> {
  const steps = file.split('/').slice(0, -1);
  for (const index of steps.keys()) {
    const folder = steps.slice(0, index + 1).join('/');
    const found = await files.stat(path.join(root, folder));
    if (found !== undefined && found.kind !== 'folder') return folder;
  }
  return undefined;
}
