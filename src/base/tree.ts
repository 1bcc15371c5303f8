import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { Files, Git, Ports, Submodule } from '../ports/ports.ts';
import { placeLfsFiles } from './lfs.ts';

/** A commit of the repository that a work tree belongs to, and the folder it is written to. */
export interface Tree {
  /** Absolute: the root of the work tree. */
  readonly workTree: string;
  readonly sha: string;
  readonly folder: string;
}
/** A submodule whose files are not here. */
export interface MissingSubmodule {
  /** From the root of the repository. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Writes a commit byte for byte, with the submodules that are checked out, each at the commit that it is named with, and with the
 * files of Git LFS that are here. Gives the submodules that are not. Throws GateError BASE_UNAVAILABLE.
 */
export async function exportTree(tree: Tree, ports: Pick<Ports, 'git' | 'files'>): Promise<readonly MissingSubmodule[]> {
  await ports.git.exportCommit(tree.workTree, tree.sha, tree.folder);
  const missing = await exportSubmodules(tree, ports);
  await placeLfsFiles(tree, ports.files);
  return missing;
}

async function exportSubmodules(
  { workTree, sha, folder }: Tree,
  ports: Pick<Ports, 'git' | 'files'>,
): Promise<readonly MissingSubmodule[]> {
  const missing: MissingSubmodule[] = [];
  for (const submodule of await ports.git.submodules(workTree, sha)) {
    const own = { workTree: path.join(workTree, submodule.path), sha: submodule.sha, folder: path.join(folder, submodule.path) };
    const reason = await exportSubmodule(own, ports);
    if (reason !== undefined) missing.push({ path: submodule.path, reason });
    else missing.push(...below(submodule, await exportSubmodules(own, ports)));
  }
  return missing;
}

/** Gives why it can't be written, in one sentence. */
async function exportSubmodule(own: Tree, { git, files }: Pick<Ports, 'git' | 'files'>): Promise<string | undefined> {
  if (!(await isCheckedOut(own.workTree, git))) return notCheckedOut;
  try {
    await git.exportCommit(own.workTree, own.sha, own.folder);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof GateError) || thrown.code !== 'BASE_UNAVAILABLE') throw thrown;
    await emptyAgain(own.folder, files);
    return `the commit ${own.sha.slice(0, 12)} that it is to have is not complete here`;
  }
}

export const notCheckedOut = 'it is not checked out';

async function emptyAgain(folder: string, files: Files): Promise<void> {
  await files.remove(folder);
  await files.makeDir(folder);
}

/** Its own `.git` is in that very folder: git would take the nearest one above for an empty folder. */
async function isCheckedOut(folder: string, git: Git): Promise<boolean> {
  return (await git.head(folder))?.workTree === folder;
}

function below({ path: parent }: Submodule, missing: readonly MissingSubmodule[]): readonly MissingSubmodule[] {
  return missing.map((one) => ({ ...one, path: `${parent}/${one.path}` }));
}

/** Of a work tree that is judged as it is: the submodules of HEAD that are empty folders. */
export async function missingSubmodules(workTree: string, sha: string, git: Git): Promise<readonly MissingSubmodule[]> {
  const missing: MissingSubmodule[] = [];
  for (const submodule of await git.submodules(workTree, sha)) {
    const folder = path.join(workTree, submodule.path);
    const head = await git.head(folder);
    if (head?.workTree !== folder) missing.push({ path: submodule.path, reason: notCheckedOut });
    else missing.push(...below(submodule, await missingSubmodules(folder, head.sha, git)));
  }
  return missing;
}
