import type { GateConfig } from '../model/config.ts';
import { folderOf } from '../model/paths.ts';
import type { Files } from '../ports/ports.ts';

const neverRead = /(?:^|\/)(?:\.git|node_modules)$/;

/** Files and folders, including those that the change removes, since the base's configuration may list them. */
export interface RepositoryNames {
  readonly all: readonly string[];
  /** Removed by the change. */
  readonly removed: readonly string[];
}

export async function repositoryNames(
  { workspace, trusted }: Pick<GateConfig, 'workspace' | 'trusted'>,
  files: Pick<Files, 'walk' | 'stat'>,
): Promise<RepositoryNames> {
  const head = await namesBelow(workspace, files);
  const base = trusted === workspace ? head : await namesBelow(trusted, files);
  const removed = [...base].filter((name) => !head.has(name));
  return { all: [...head, ...removed], removed };
}

async function namesBelow(root: string, files: Pick<Files, 'walk' | 'stat'>): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  if ((await files.stat(root))?.kind !== 'folder') return names;
  for (const { path } of await files.walk(root, (folder) => neverRead.test(folder))) {
    for (let name = path; name !== '' && !names.has(name); name = folderOf(name)) names.add(name);
  }
  return names;
}
