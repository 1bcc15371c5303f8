import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** A repository whose work tree contains the judged folder. Absolute paths without symlinks. */
export interface GitRepository {
  readonly workTree: string;
  /** `.git` of the work tree: a folder, or the file that a worktree or submodule has instead. */
  readonly gitDir: string;
  /** The judged folder. */
  readonly folder: string;
}

/**
 * The nearest folder above with a `.git`, which no commit can contain: git refuses that name in a tree. Git's own discovery would also accept
 * a folder with `HEAD`, `objects` and `refs` as a repository, and a change may commit those: its configuration then names the program that a
 * fetch runs. https://github.com/justinsteven/advisories/blob/main/2022_git_buried_bare_repos_and_fsmonitor_various_abuses.md
 * So git never discovers the repository itself: every call names it (`environmentOf`).
 */
export async function findRepository(folder: string): Promise<GitRepository | undefined> {
  const start = await realpath(folder).catch(() => undefined);
  for (let at = start; at !== undefined; at = path.dirname(at)) {
    const gitDir = path.join(at, '.git');
    if (await isGitDir(gitDir)) return { workTree: at, gitDir, folder: start ?? at };
    if (path.dirname(at) === at) break;
  }
  return undefined;
}

/** An empty folder with that name is skipped, as git does. */
async function isGitDir(gitDir: string): Promise<boolean> {
  const kind = await stat(gitDir).catch(() => undefined);
  return kind?.isFile() === true || (kind?.isDirectory() === true && (await exists(path.join(gitDir, 'HEAD'))));
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** For a git call in `repository.folder`: with both set, git does not search for a repository. */
export function environmentOf({ gitDir, workTree }: GitRepository): Readonly<Record<string, string>> {
  return { GIT_DIR: gitDir, GIT_WORK_TREE: workTree };
}
