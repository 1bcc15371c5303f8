import path from 'node:path';
import type { Ports } from '../../ports/ports.ts';
import type { Read } from './candidates.ts';

/** The files of a repository that may be edited. */
export interface Repository {
  /** Absolute: the folder that paths of findings are relative to. */
  readonly workspace: string;
  /** Absolute: the root of the work tree, or the workspace outside of git. */
  readonly root: string;
  readonly inGit: boolean;
  /** The workspace within the root, `` if it is the same. */
  readonly prefix: string;
  /** What git does not track and ignores, relative to the workspace. */
  readonly ignored: readonly string[];
}

export async function openRepository(workspace: string, { git }: Pick<Ports, 'git'>): Promise<Repository> {
  const head = await git.head(workspace);
  if (head === undefined) return { workspace, root: workspace, inGit: false, prefix: '', ignored: [] };
  return { workspace, root: head.workTree, inGit: true, prefix: head.prefix, ignored: await git.ignored(workspace) };
}

/** Larger files are not written by people. */
const maxBytes = 2 * 1024 * 1024;

/** Reads the files of a repository as they are now, each once. Refuses what an edit must not or cannot change. */
export function createReader({ workspace, root, prefix, ignored }: Repository, { files }: Pick<Ports, 'files'>): Read {
  const known = new Map<string, Awaited<ReturnType<Read>>>();
  const open = async (file: string): ReturnType<Read> => {
    const refused = (why: string) => ({ refused: why });
    const absolute = path.join(workspace, file);
    const inside = path.isAbsolute(file) ? undefined : await files.resolveInside(root, absolute);
    if (inside === undefined) return refused('its source is not a file of this repository');
    if (inside !== path.posix.join(prefix, file)) return refused(`${file} is reached through a symbolic link`);
    if (ignored.some((name) => file === name || (name.endsWith('/') && file.startsWith(name))))
      return refused(`git ignores ${file}, so a build would overwrite the change`);
    if (!/\.(ya?ml|tpl)$/.test(file)) return refused(`${file} is not a YAML file`);
    if (((await files.stat(absolute))?.size ?? 0) > maxBytes) return refused(`${file} is too large`);
    const text = await files.readText(absolute);
    return /\r(?!\n)/.test(text) || (text.includes('\r\n') && /(?<!\r)\n/.test(text))
      ? refused(`${file} has different line ends`)
      : { text };
  };
  return async (file) => {
    const found = known.get(file) ?? (await open(file));
    known.set(file, found);
    return found;
  };
}

/** The ports of a git repository in which these files have other texts: what is judged is what would be written. */
export function withTexts(texts: ReadonlyMap<string, string>, { workspace, root, prefix }: Repository, ports: Ports): Ports {
  const edited = new Map([...texts].flatMap(([file, text]) => places(file).map((place) => [place, text] as const)));
  const { files, git } = ports;
  function places(file: string): readonly string[] {
    return [...new Set([path.join(workspace, file), path.join(root, prefix, file)])];
  }
  return {
    ...ports,
    files: {
      ...files,
      readText: async (file) => edited.get(file) ?? files.readText(file),
      readBytes: async (file) => {
        const text = edited.get(file);
        return text === undefined ? files.readBytes(file) : Buffer.from(text);
      },
      stat: async (file) => {
        const text = edited.get(file);
        const found = await files.stat(file);
        return text === undefined || found === undefined ? found : { ...found, size: Buffer.byteLength(text) };
      },
    },
    git: {
      ...git,
      changes: async (folder) => {
        const found = await git.changes(folder);
        const known = new Set(found?.map((change) => change.path));
        const own = [...texts.keys()].map((file) => path.posix.join(prefix, file)).filter((file) => !known.has(file));
        return found && [...found, ...own.map((file) => ({ path: file, tracked: true }))];
      },
    },
  };
}
