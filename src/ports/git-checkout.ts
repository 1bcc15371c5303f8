import path from 'node:path';
import type { StatusEntry } from './git-entries.ts';
import { environmentOf, type GitRepository } from './git-repository.ts';
import { type GitProcesses, runGit } from './git-run.ts';
import type { Files } from './ports.ts';

/** Paths in one call: the system limits the length of the arguments. */
const atOnce = 200;

/**
 * Files that git reports as modified although they are what its own checkout writes for the commit. Attributes in a commit (`ident`, `text`)
 * cause that if the commit contains what `git add` would not have written. The filters that this may start are those of the user's own
 * settings, as for any checkout; Git LFS fetches nothing.
 */
export async function untouchedOf(
  options: GitProcesses & { readonly files: Files },
  repository: GitRepository,
  entries: readonly StatusEntry[],
): Promise<ReadonlySet<string>> {
  const paths = entries.flatMap((entry) => (entry.unstaged ? [entry.path] : []));
  if (paths.length === 0) return new Set();
  const { files } = options;
  const scratch = await files.makeTempDir('k8s-gate-checkout-');
  try {
    const untouched = new Set<string>();
    for (let from = 0; from < paths.length; from += atOnce) {
      const some = paths.slice(from, from + atOnce);
      const args = ['checkout-index', '--force', '--quiet', `--prefix=${scratch}/`, '--', ...some];
      const env = { ...environmentOf(repository), GIT_DIR: repository.gitDir, GIT_LFS_SKIP_SMUDGE: '1' };
      await runGit(options, repository.workTree, args, env);
      for (const file of some)
        if (await isSame(path.join(scratch, file), path.join(repository.workTree, file), files)) untouched.add(file);
    }
    return untouched;
  } finally {
    await files.remove(scratch);
  }
}

async function isSame(one: string, other: string, files: Files): Promise<boolean> {
  const [a, b] = [await files.stat(one), await files.stat(other)];
  if (a?.kind !== 'file' || b?.kind !== 'file' || a.size !== b.size) return false;
  return (await files.sha256(one)) === (await files.sha256(other));
}
