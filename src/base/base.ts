import path from 'node:path';
import type { Previous } from '../model/change.ts';
import type { FileDiff } from '../model/diff.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import type { Ports } from '../ports/ports.ts';
import { exportTree, type MissingSubmodule } from './tree.ts';

/** The commit that a change will be merged into, as files. Configuration, policies and waivers are read from it. */
export interface Base {
  readonly sha: string;
  /** Absolute: the workspace in that commit. It may not exist there. */
  readonly workspace: string;
  /** The diff to the checked out commit, without uncommitted files. Paths are relative to the repository's root. */
  readonly diffs: readonly FileDiff[];
  /** The workspace within the repository, `` if it is the root. */
  readonly prefix: string;
  readonly missing: readonly MissingSubmodule[];
}

/** The commit before a push, as files; or why there is nothing to compare with. Nothing but findings is taken from it. */
export type PreviousCommit =
  | { readonly status: 'known'; readonly base: Base }
  | { readonly status: 'none'; readonly reason: string };

/** A commit that cannot be read leaves every finding new; the reason is reported. */
export async function openPrevious(
  previous: Previous,
  place: Parameters<typeof openBase>[1],
  ports: Pick<Ports, 'git' | 'files'>,
): Promise<PreviousCommit> {
  if (previous.status === 'none') return previous;
  try {
    return { status: 'known', base: await openBase(previous.sha, place, ports) };
  } catch (thrown) {
    return { status: 'none', reason: `the commit before the push cannot be read: ${toGateError(thrown).details.message}` };
  }
}

/**
 * Writes the base commit below `folder`. Throws GateError BASE_UNAVAILABLE: if settings cannot be read from the base, they must not be read
 * from the change instead.
 * @param place.committed The change is a commit, as on a runner, so a checkout of the base itself is a mistake.
 */
export async function openBase(
  sha: string,
  { checkout, folder, committed }: { readonly checkout: string; readonly folder: string; readonly committed: boolean },
  { git, files }: Pick<Ports, 'git' | 'files'>,
): Promise<Base> {
  const head = await git.head(checkout);
  if (head === undefined) {
    throw new GateError('BASE_UNAVAILABLE', {
      message: `${checkout} is not a git repository, so the base commit ${sha} cannot be read`,
      expected: 'a checkout of the change',
      next: 'Run actions/checkout before the gate.',
    });
  }
  // In a local run, changes may be uncommitted.
  if (committed && head.sha === sha) {
    throw new GateError('BASE_UNAVAILABLE', {
      message: `the base commit ${sha} is checked out instead of the change`,
      expected: 'the pull request’s merge commit or head',
      next: 'Remove `ref` from actions/checkout.',
    });
  }
  await git.fetchCommit(checkout, sha);
  const missing = await exportTree({ workTree: head.workTree, sha, folder }, { git, files });
  const { prefix } = head;
  return { sha, workspace: path.join(folder, prefix), prefix, missing, diffs: await git.diff(checkout, sha, head.sha) };
}
