import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { Files, Git, Ports, Submodule } from '../ports/ports.ts';
import { placeLfsFiles } from './lfs.ts';

/** A commit of the work tree's repository, and the folder it is written to. */
export interface Tree {
  /** Absolute: the root of the work tree. */
  readonly workTree: string;
  readonly sha: string;
  readonly folder: string;
}
/** A submodule whose files are not available. */
export interface MissingSubmodule {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Writes a commit byte for byte, with checked out submodules at their recorded commits, and with Git LFS files that are available. Returns
 * the missing submodules. Throws GateError BASE_UNAVAILABLE.
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

/** Returns the reason, in one sentence, if it cannot be written. */
async function exportSubmodule(own: Tree, { git, files }: Pick<Ports, 'git' | 'files'>): Promise<string | undefined> {
  if (!(await isCheckedOut(own.workTree, git))) return notCheckedOut;
  try {
    await git.exportCommit(own.workTree, own.sha, own.folder);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof GateError) || thrown.code !== 'BASE_UNAVAILABLE') throw thrown;
    await emptyAgain(own.folder, files);
    return `its commit ${own.sha.slice(0, 12)} is incomplete in this clone`;
  }
}

export const notCheckedOut = 'it is not checked out';

async function emptyAgain(folder: string, files: Files): Promise<void> {
  await files.remove(folder);
  await files.makeDir(folder);
}

/** Whether the folder has its own `.git`: for an empty folder, git would use the nearest repository above. */
async function isCheckedOut(folder: string, git: Git): Promise<boolean> {
  return (await git.head(folder))?.workTree === folder;
}

function below({ path: parent }: Submodule, missing: readonly MissingSubmodule[]): readonly MissingSubmodule[] {
  return missing.map((one) => ({ ...one, path: `${parent}/${one.path}` }));
}

/** For a work tree that is judged directly: the submodules of HEAD that are empty folders. */
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
