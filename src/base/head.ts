import path from 'node:path';
import { isInside, normalize, select } from '../discover/selection.ts';
import type { GateConfig } from '../model/config.ts';
import type { Gap } from '../model/gap.ts';
import { GateError } from '../model/gate-error.ts';
import type { GitHead, Ports, WorkTreeChange } from '../ports/ports.ts';
import { overlay } from './overlay.ts';
import { exportTree, type MissingSubmodule, missingSubmodules } from './tree.ts';

/** What is judged: the files of the checked out commit, or those of the work tree. */
export interface Head {
  /** Absolute: the folder whose files are judged. */
  readonly workspace: string;
  /** Absolute: the same folder in the work tree. */
  readonly checkout: string;
  /** Of the folder within the repository, `` at its root. */
  readonly prefix: string;
  /** The commit whose files these are; absent: those of the work tree. */
  readonly sha?: string;
  /** What the work tree has that is neither in that commit nor judged. Paths from the root of the repository. */
  readonly changes: readonly WorkTreeChange[];
  readonly missing: readonly MissingSubmodule[];
}

interface Place {
  readonly checkout: string;
  /** Where the commit is written. */
  readonly folder: string;
  /** The change is a commit of its own, as it is for a runner: its files are what is deployed, whatever the work tree holds. */
  readonly committed: boolean;
}

/**
 * Writes the checked out commit below `folder`, as git has it: what attributes of the change (`ident`, `eol`, `working-tree-encoding`), filters
 * or an earlier step make of it in the work tree is not what is deployed. A person who has not committed yet has their changes judged on top
 * of it; a runner's are not part of the change. The work tree itself is judged where there is no commit. Throws GateError: what can't be
 * written is not judged from the work tree instead.
 */
export async function openHead(place: Place, ports: Pick<Ports, 'git' | 'files' | 'log'>): Promise<Head> {
  const { checkout, folder, committed } = place;
  const { git, files, log } = ports;
  const head = await git.head(checkout);
  if (head === undefined) return fromWorkTree(place, undefined, 'there is no commit to judge', ports);
  const changes = await git.changes(checkout);
  if (changes === undefined && !committed) throw unknownChanges(checkout);
  const missing = await exportHead(head, place, ports);
  const links = committed ? [] : await overlay(changes ?? [], head.workTree, folder, ports);
  const commit = `commit ${head.sha.slice(0, 12)}`;
  if (!(await isFolder(folder, head.prefix, files)))
    return fromWorkTree(place, head, `the ${commit} has no folder ${head.prefix}`, ports);
  const uncommitted = committed ? 0 : (changes?.length ?? 0);
  log.info(
    `judged: the files of the ${commit}${uncommitted > 0 ? `, and ${uncommitted} that are changed and not committed` : ''}`,
  );
  if (changes === undefined) log.warn('git status failed: files that an earlier step of the job wrote are not looked for');
  const workspace = path.join(folder, head.prefix);
  return { workspace, checkout, prefix: head.prefix, sha: head.sha, changes: committed ? (changes ?? []) : links, missing };
}

function unknownChanges(checkout: string): GateError {
  return new GateError('SOURCE_UNREADABLE', {
    message: `git status failed in ${checkout}, so it is not known which files are changed and not committed`,
    next: 'Run git status there, and correct what it reports.',
  });
}

async function fromWorkTree(
  { checkout }: Place,
  head: GitHead | undefined,
  why: string,
  { git, log }: Pick<Ports, 'git' | 'log'>,
): Promise<Head> {
  log.info(`judged: the files of the work tree (${why})`);
  const missing = head === undefined ? [] : await missingSubmodules(head.workTree, head.sha, git).catch(unknown(log));
  return { workspace: checkout, checkout, prefix: head?.prefix ?? '', changes: [], missing };
}

/** A clone without all of its trees can't say, and the work tree can be judged all the same. */
function unknown(log: Ports['log']): (thrown: unknown) => readonly MissingSubmodule[] {
  return (thrown) => {
    if (!(thrown instanceof GateError) || thrown.code !== 'BASE_UNAVAILABLE') throw thrown;
    log.warn(`submodules that are not checked out are not looked for: ${thrown.message}`);
    return [];
  };
}

async function exportHead(
  { workTree, sha }: GitHead,
  { folder }: Place,
  ports: Pick<Ports, 'git' | 'files'>,
): Promise<readonly MissingSubmodule[]> {
  try {
    return await exportTree({ workTree, sha, folder }, ports);
  } catch (thrown) {
    if (!(thrown instanceof GateError) || thrown.code !== 'BASE_UNAVAILABLE') throw thrown;
    const { message, ...details } = thrown.details;
    throw new GateError('SOURCE_UNREADABLE', { ...details, message: `the checked out commit can't be judged: ${message}` });
  }
}

/** Reached through folders only: the commit may have a symlink where the work tree has a folder. */
async function isFolder(root: string, prefix: string, files: Ports['files']): Promise<boolean> {
  const steps = prefix === '' ? [] : prefix.split('/');
  for (const index of steps.keys()) {
    if ((await files.stat(path.join(root, ...steps.slice(0, index + 1))))?.kind !== 'folder') return false;
  }
  return true;
}

/** Submodules below the judged paths that are not here, of the head or the base. */
export function submoduleGaps(
  { missing, prefix }: Pick<Head, 'missing' | 'prefix'>,
  { paths, exclude }: GateConfig,
): readonly Gap[] {
  const isMeant = select(paths);
  const isExcluded = select(exclude);
  return missing.flatMap(({ path: full, reason }): readonly Gap[] => {
    if (prefix !== '' && !full.startsWith(`${prefix}/`)) return [];
    const file = prefix === '' ? full : full.slice(prefix.length + 1);
    const inside = `${file}/manifest.yaml`;
    if (isExcluded(file) || isExcluded(inside)) return [];
    if (!isMeant(file) && !isMeant(inside) && !paths.some((pattern) => isInside(normalize(pattern), file))) return [];
    return [
      {
        file,
        subject: `submodule ${file}`,
        reason,
        next: 'Set `submodules: true` of actions/checkout (`recursive` for nested ones), or run `git submodule update --init`. Add it to `exclude` if nothing of it is deployed.',
      },
    ];
  });
}
