import path from 'node:path';
import type { FileDiff } from '../model/diff.ts';
import { GateError } from '../model/gate-error.ts';
import type { Ports } from '../ports/ports.ts';
import { exportTree, type MissingSubmodule } from './tree.ts';

/** The commit that a change is to be merged into, as files. What the gate is told (configuration, policies, waivers) is read from here. */
export interface Base {
  readonly sha: string;
  /** Absolute: what the workspace is in that commit. It need not exist there. */
  readonly workspace: string;
  /** What the checked out commit changes of it; files not committed yet are not in it. Paths from the repository's root. */
  readonly diffs: readonly FileDiff[];
  /** Of the workspace within the repository, `` at its root. */
  readonly prefix: string;
  readonly missing: readonly MissingSubmodule[];
}

/**
 * Writes the base commit below `folder`. Throws GateError BASE_UNAVAILABLE: a gate that can't be read from the base must not be read
 * from the change instead.
 * @param place.committed The change is a commit of its own, as it is for a runner: to have the base checked out is then a mistake.
 */
export async function openBase(
  sha: string,
  { checkout, folder, committed }: { readonly checkout: string; readonly folder: string; readonly committed: boolean },
  { git, files }: Pick<Ports, 'git' | 'files'>,
): Promise<Base> {
  const head = await git.head(checkout);
  if (head === undefined) {
    throw new GateError('BASE_UNAVAILABLE', {
      message: `${checkout} is no git repository, so the base commit ${sha} can't be read`,
      expected: 'a checkout of the change',
      next: 'Run actions/checkout before the gate.',
    });
  }
  // A person at their desk may have changed files and committed none yet.
  if (committed && head.sha === sha) {
    throw new GateError('BASE_UNAVAILABLE', {
      message: `the base commit ${sha} itself is checked out: judging it says nothing of the change`,
      expected: 'the pull request’s merge commit or head',
      next: 'Leave `ref` out of actions/checkout.',
    });
  }
  await git.fetchCommit(checkout, sha);
  const missing = await exportTree({ workTree: head.workTree, sha, folder }, { git, files });
  const { prefix } = head;
  return { sha, workspace: path.join(folder, prefix), prefix, missing, diffs: await git.diff(checkout, sha, head.sha) };
}
