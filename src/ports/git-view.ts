import path from 'node:path';
import { type GitProcesses, runGit } from './git-run.ts';
import type { Files, ProcessResult } from './ports.ts';

/**
 * Attributes of a view, which override every .gitattributes: the change must not choose how a commit is written (line ends, encoding,
 * `$Id$`), nor hide a difference as binary. https://git-scm.com/docs/gitattributes
 */
const viewAttributes = '* -text !eol !crlf -ident !filter !working-tree-encoding !diff\n';

export interface View {
  /** The object folder of the repository, read by everything and written by a fetch. */
  readonly objects: string;
  /** Its length distinguishes SHA-1 from SHA-256. */
  readonly commit: string;
  /** Created, and removed at the end. */
  readonly gitDir: string;
  readonly workTree?: string;
}
export type RunInView = (args: readonly string[], extra?: Readonly<Record<string, string>>) => Promise<ProcessResult>;

/**
 * Runs git on the objects of a repository through an empty repository of the gate's own: the settings, attributes, replacements, remotes
 * and index of that repository are not used, so no filter, driver or transport program that they name can run.
 */
export async function inView<T>(
  options: GitProcesses & { readonly files: Files },
  { objects, commit, gitDir, workTree }: View,
  work: (view: RunInView) => Promise<T>,
): Promise<T> {
  const { files } = options;
  try {
    await files.makeDir(path.join(gitDir, 'refs'));
    await files.write(path.join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
    await files.write(path.join(gitDir, 'info', 'attributes'), viewAttributes);
    await files.write(path.join(gitDir, 'config'), viewConfig(commit, workTree === undefined));
    const env = { GIT_DIR: gitDir, GIT_OBJECT_DIRECTORY: objects, ...(workTree !== undefined && { GIT_WORK_TREE: workTree }) };
    return await work((args, extra) => runGit(options, workTree ?? gitDir, args, { ...env, ...(extra ?? noSettings) }));
  } finally {
    await files.remove(gitDir);
  }
}

/** Commands that read content do not use the machine's settings either. */
const noSettings = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };

function viewConfig(commit: string, bare: boolean): string {
  const format = commit.length === 64 ? 'sha256' : 'sha1';
  const core = ['[core]', '\trepositoryformatversion = 1', `\tbare = ${bare}`, '\tsymlinks = true'];
  return [...core, '[extensions]', `\tobjectformat = ${format}`, ''].join('\n');
}
