import type { Change } from '../model/change.ts';
import type { Git } from '../ports/ports.ts';
import type { RenderContext } from './context.ts';

/**
 * As pointers name this repository: by its name on GitHub, or, without a change of GitHub's, by its remotes. A change is deployed from the branch
 * that it is merged into; where that is not known, every revision is one of this repository.
 */
export async function hereOf(
  change: Change | undefined,
  checkout: string,
  { git }: { readonly git: Pick<Git, 'remotes'> },
): Promise<NonNullable<RenderContext['here']>> {
  if (change === undefined) return { repositories: await git.remotes(checkout), revisions: [] };
  const { serverUrl, repository, ref, pullRequest } = change;
  const queued = /^refs\/heads\/gh-readonly-queue\/(.+)\/pr-\d+-[0-9a-f]+$/.exec(ref)?.[1];
  const branch = pullRequest?.baseRef ?? queued ?? /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  return { repositories: [`${serverUrl}/${repository}`], revisions: branch === undefined ? [] : [branch] };
}
