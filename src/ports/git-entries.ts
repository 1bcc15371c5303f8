import type { Submodule, WorkTreeChange } from './ports.ts';

/** Output of a command that ends each entry with NUL (`-z`). */
export function entriesOf(text: string): readonly string[] {
  return text.split('\0').filter((entry) => entry !== '');
}

/** An entry of `git ls-tree -z`: a submodule has the mode of a gitlink. https://git-scm.com/docs/git-ls-tree#_output_format */
export function submoduleOf(entry: string): readonly Submodule[] {
  const [, sha, path] = /^160000 commit ([0-9a-f]+)\t(.+)$/s.exec(entry) ?? [];
  return sha === undefined || path === undefined ? [] : [{ path, sha }];
}

export interface StatusEntry extends WorkTreeChange {
  /** Changed in the work tree only: the index has what HEAD has. */
  readonly unstaged: boolean;
}

/** An entry of `git status --porcelain -z`, without renames. https://git-scm.com/docs/git-status#_short_format */
export function changeOf(entry: string): StatusEntry {
  return { path: entry.slice(3), tracked: !entry.startsWith('??'), unstaged: entry.startsWith(' M') };
}
