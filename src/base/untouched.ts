import path from 'node:path';
import type { FileDiff } from '../model/diff.ts';
import type { Files } from '../ports/ports.ts';
import type { Base } from './base.ts';
import { isBuildInput } from './build-inputs.ts';

interface Parts {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** Files of such a name count wherever they are. */
  readonly anywhere?: RegExp;
}

/**
 * The files of the base that something is made of, where the change leaves every one of them byte for byte as it is and adds or renames none;
 * otherwise none. Where the judged folder also holds files that are in no commit, made by an earlier step, it is none as well if the change
 * touches what such a step may make them from.
 */
export async function untouchedFiles(
  { folders, files: named, anywhere }: Parts,
  base: Pick<Base, 'workspace' | 'diffs' | 'prefix'>,
  workspace: string,
  files: Pick<Files, 'stat' | 'walk' | 'sha256'>,
): Promise<ReadonlySet<string>> {
  const changed = base.diffs.flatMap((diff) => pathsOf(diff, base.prefix));
  const isPart = (file: string): boolean =>
    named.includes(file) || anywhere?.test(file) === true || folders.some((folder) => isBelow(file, folder));
  if (changed.some(isPart)) return new Set();
  const [before, now] = await Promise.all([base.workspace, workspace].map((root) => filesBelow(folders, root, files)));
  const own = new Set([...(before ?? []), ...named]);
  if ((now ?? []).some((file) => !own.has(file)) && changed.some(isBuildInput)) return new Set();
  for (const file of own) {
    const [was, is] = await Promise.all([base.workspace, workspace].map((root) => digestOf(path.join(root, file), files)));
    if (was === undefined || was !== is) return new Set();
  }
  return own;
}

async function filesBelow(
  folders: readonly string[],
  root: string,
  files: Pick<Files, 'stat' | 'walk'>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    if ((await files.stat(path.join(root, folder)))?.kind !== 'folder') continue;
    for (const entry of await files.walk(path.join(root, folder), isTools)) found.push(path.posix.join(folder, entry.path));
  }
  return found;
}

/** In the work tree alone. */
function isTools(folder: string): boolean {
  return /(?:^|\/)(?:\.git|node_modules)$/.test(folder);
}

/** Undefined for what is no regular file: a symlink may lead anywhere. */
async function digestOf(file: string, files: Pick<Files, 'stat' | 'sha256'>): Promise<string | undefined> {
  return (await files.stat(file))?.kind === 'file' ? files.sha256(file) : undefined;
}

/** Relative to the workspace; a file outside of it is named by its way there. */
function pathsOf({ oldPath, newPath }: FileDiff, prefix: string): readonly string[] {
  return [oldPath, newPath].flatMap((file) => (file === undefined ? [] : [path.posix.relative(prefix, file)]));
}

function isBelow(file: string, folder: string): boolean {
  return folder === '' || folder === '.' ? !file.startsWith('../') : file.startsWith(`${folder}/`);
}
