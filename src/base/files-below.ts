import path from 'node:path';
import type { Files, WalkedFile } from '../ports/ports.ts';

const neverRead = /(^|\/)(\.git|node_modules)$/;

export function walk(folder: string, files: Files): Promise<readonly WalkedFile[]> {
  return files.walk(folder, (below) => neverRead.test(below));
}

/** The files below a folder of `root`, relative to `root`. */
export async function filesBelow(folder: string, root: string, files: Files): Promise<readonly string[]> {
  if (neverRead.test(folder) || (await files.stat(path.join(root, folder)))?.kind !== 'folder') return [];
  return (await walk(path.join(root, folder), files)).map((file) => `${folder}/${file.path}`);
}
