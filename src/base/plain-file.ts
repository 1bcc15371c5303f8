import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { Files } from '../ports/ports.ts';

/** Whether it is a regular file below `root` without symlinks on its path. */
export async function isPlainFile(root: string, file: string, files: Files): Promise<boolean> {
  return (await isReachable(root, file, files)) && (await files.stat(path.join(root, file)))?.kind === 'file';
}

/** Copies a file of the work tree into an export. Throws GateError SOURCE_UNREADABLE if the commit has a symlink on its path, which could lead out. */
export async function copyFile(file: string, from: string, to: string, files: Files): Promise<void> {
  const inTheWay = await linkOrOther(to, file, files);
  if (inTheWay !== undefined)
    throw new GateError('SOURCE_UNREADABLE', {
      file,
      message: `a file of the work tree cannot be evaluated, because ${inTheWay} is not a folder in the commit`,
      expected: 'a folder',
      next: 'Commit a folder at that path, or remove the file from `generated`.',
    });
  const target = path.join(to, file);
  if ((await files.stat(target))?.kind === 'folder') await files.remove(target);
  await files.write(target, await files.readBytes(path.join(from, file)));
}

/** Whether the path consists of folders only: deleting through a symlink would affect files outside the export. */
export async function isReachable(root: string, file: string, files: Files): Promise<boolean> {
  return (await linkOrOther(root, file, files)) === undefined;
}

/** The first existing part of a file's path that is not a folder. */
async function linkOrOther(root: string, file: string, files: Files): Promise<string | undefined> {
  const steps = file.split('/').slice(0, -1);
  for (const index of steps.keys()) {
    const folder = steps.slice(0, index + 1).join('/');
    const found = await files.stat(path.join(root, folder));
    if (found !== undefined && found.kind !== 'folder') return folder;
  }
  return undefined;
}
