import path from 'node:path';
import { normalize, select } from '../discover/selection.ts';
import type { GateConfig } from '../model/config.ts';
import type { Gap } from '../model/gap.ts';
import { GateError } from '../model/gate-error.ts';
import { isInside } from '../model/paths.ts';
import type { GitHead, Ports, WorkTreeChange } from '../ports/ports.ts';
import { overlay } from './overlay.ts';
import { exportTree, type MissingSubmodule, missingSubmodules } from './tree.ts';

/** The files to judge: those of the checked out commit, or of the work tree. */
export interface Head {
  /** Absolute: the folder whose files are judged. */
  readonly workspace: string;
  /** Absolute: the same folder in the work tree. */
  readonly checkout: string;
  /** The folder within the repository, `` if it is the root. */
  readonly prefix: string;
  /** The commit of these files; absent for the work tree. */
  readonly sha?: string;
  /** Changes of the work tree that are neither in that commit nor judged. Paths are relative to the root of the repository. */
  readonly changes: readonly WorkTreeChange[];
  readonly missing: readonly MissingSubmodule[];
}

interface Place {
  readonly checkout: string;
  /** The folder that the commit is written to. */
  readonly folder: string;
  /** The change is a commit, as on a runner: its files are deployed, regardless of the work tree. */
  readonly committed: boolean;
}

/**
 * Writes the checked out commit below `folder`, exactly as stored in git: attributes of the change (`ident`, `eol`,
 * `working-tree-encoding`), filters or earlier steps may alter the work tree, which is not what is deployed. In a local run, uncommitted
 * changes are applied on top; on a runner they are not part of the change. Without a commit, the work tree itself is judged. Throws
 * GateError if the commit cannot be written; the work tree is never a fallback.
 */
export async function openHead(place: Place, ports: Pick<Ports, 'git' | 'files' | 'log'>): Promise<Head> {
  const { checkout, folder, committed } = place;
  const { git, files, log } = ports;
  const head = await git.head(checkout);
  if (head === undefined) return fromWorkTree(place, undefined, 'there is no commit', ports);
  const changes = await git.changes(checkout);
  if (changes === undefined && !committed) throw unknownChanges(checkout);
  const missing = await exportHead(head, place, ports);
  const links = committed ? [] : await overlay(changes ?? [], head.workTree, folder, ports);
  const commit = `commit ${head.sha.slice(0, 12)}`;
  if (!(await isFolder(folder, head.prefix, files)))
    return fromWorkTree(place, head, `the ${commit} does not have the folder ${head.prefix}`, ports);
  const isEvaluated = ({ path: file }: WorkTreeChange): boolean => head.prefix === '' || isInside(file, head.prefix);
  const uncommitted = committed ? 0 : (changes ?? []).filter(isEvaluated).length;
  log.info(`evaluating the files of ${commit}${uncommitted > 0 ? ` and ${uncommitted} with uncommitted changes` : ''}`);
  if (changes === undefined) log.warn('git status failed, so files written by earlier steps of the job cannot be detected');
  const workspace = path.join(folder, head.prefix);
  return { workspace, checkout, prefix: head.prefix, sha: head.sha, changes: committed ? (changes ?? []) : links, missing };
}

function unknownChanges(checkout: string): GateError {
  return new GateError('SOURCE_UNREADABLE', {
    message: `git status failed in ${checkout}, so uncommitted changes cannot be determined`,
    next: 'Run git status there and fix the error that it reports.',
  });
}

async function fromWorkTree(
  { checkout }: Place,
  head: GitHead | undefined,
  why: string,
  { git, log }: Pick<Ports, 'git' | 'log'>,
): Promise<Head> {
  log.info(`evaluating the files of the work tree (${why})`);
  const missing = head === undefined ? [] : await missingSubmodules(head.workTree, head.sha, git).catch(unknown(log));
  return { workspace: checkout, checkout, prefix: head?.prefix ?? '', changes: [], missing };
}

/** A partial clone may lack the trees to list submodules; the work tree can be judged anyway. */
function unknown(log: Ports['log']): (thrown: unknown) => readonly MissingSubmodule[] {
  return (thrown) => {
    if (!(thrown instanceof GateError) || thrown.code !== 'BASE_UNAVAILABLE') throw thrown;
    log.warn(`cannot determine which submodules are not checked out: ${thrown.message}`);
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
    throw new GateError('SOURCE_UNREADABLE', { ...details, message: `the checked out commit cannot be evaluated: ${message}` });
  }
}

/** Whether the path consists of folders only: the commit may have a symlink in the place of a folder of the work tree. */
async function isFolder(root: string, prefix: string, files: Ports['files']): Promise<boolean> {
  const steps = prefix === '' ? [] : prefix.split('/');
  for (const index of steps.keys()) {
    if ((await files.stat(path.join(root, ...steps.slice(0, index + 1))))?.kind !== 'folder') return false;
  }
  return true;
}

/** Submodules below the judged paths that are not checked out, of the head or the base. */
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
        next: 'Set `submodules: true` in actions/checkout (`recursive` for nested ones), or run `git submodule update --init`. Add it to `exclude` if nothing in it is deployed.',
      },
    ];
  });
}
