import path from 'node:path';
import type { Ports, WorkTreeChange } from '../ports/ports.ts';
import { filesBelow } from './files-below.ts';
import { copyFile, isPlainFile, isReachable } from './plain-file.ts';

/** Larger files are not manifests. Image archives are read from the work tree. */
const maxBytes = 128 * 1024 * 1024;

/** Applies uncommitted changes to the export of a commit. Returns those that cannot be applied: symlinks, which are never followed. */
export async function overlay(
  changes: readonly WorkTreeChange[],
  workTree: string,
  folder: string,
  { files, log }: Pick<Ports, 'files' | 'log'>,
): Promise<readonly WorkTreeChange[]> {
  const kinds = new Map<string, string | undefined>();
  for (const { path: file } of changes)
    if (await isReachable(workTree, file, files)) kinds.set(file, (await files.stat(path.join(workTree, file)))?.kind);
  // Removed and replaced paths first: a file may have replaced a folder.
  for (const { path: file, tracked } of changes)
    if (tracked && kinds.get(file) !== 'file' && (await isReachable(folder, file, files)))
      await files.remove(path.join(folder, file));
  const links: WorkTreeChange[] = [];
  for (const change of changes) {
    const kind = kinds.get(change.path);
    if (kind === 'symlink') links.push(change);
    if (kind !== 'file' && kind !== 'folder') continue;
    const names = kind === 'file' ? [change.path] : await filesBelow(change.path.replace(/\/$/, ''), workTree, files);
    for (const file of names) {
      if (!(await isPlainFile(workTree, file, files))) continue;
      if (((await files.stat(path.join(workTree, file)))?.size ?? 0) > maxBytes)
        log.warn(`not evaluated, because it is too large: ${file}`);
      else await copyFile(file, workTree, folder, files);
    }
  }
  return links;
}
