import type { Workspace } from './workspace.ts';

/** Which repository the workspace is, as far as that is known. */
export interface Here {
  /** Normalized: `github.com/org/repo`. Empty: nothing is known, and a path that exists is taken for one of this repository. */
  readonly repositories: readonly string[];
  /** Branches and commits that the change is to become part of; `HEAD` and an empty revision always are. Empty: every revision is. */
  readonly revisions: readonly string[];
  readonly workspace: Workspace;
  /** The text of a `.argocd-source.yaml` or `.argocd-source-NAME.yaml`, by its path. */
  readonly sourceFiles?: Pick<ReadonlyMap<string, string>, 'get'>;
}

/** `https://git@github.com/org/repo.git` and `git@github.com:org/repo` are the same repository. */
export function normalizeRepository(url: string): string {
  const scp = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/|\d+\/)(.+)$/.exec(url);
  const text = scp === null ? url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^[^@/]*@/, '') : `${scp[1]}/${scp[2]}`;
  const clean = text
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '');
  return clean.replace(/^([^/:]+):(?:22|80|443)(?=\/)/, '$1').toLowerCase();
}

export type Whose = 'here' | 'elsewhere' | 'other-revision';

/** Whether a pointer's source is the repository that is evaluated, at the revision that it becomes. */
export function whose(url: string | undefined, revision: string | undefined, here: Here): Whose {
  const { repositories, revisions } = here;
  // A registry holds artifacts, never this repository's commits.
  if (url !== undefined && /^oci:/i.test(url)) return 'elsewhere';
  if (url !== undefined && repositories.length > 0 && !repositories.includes(normalizeRepository(url))) return 'elsewhere';
  const named = (revision ?? '').replace(/^refs\/heads\//, '');
  return named === '' || named === 'HEAD' || revisions.length === 0 || revisions.includes(named) ? 'here' : 'other-revision';
}
