import { inFolder, kustomizationNames } from '../model/paths.ts';

/** The files of the repository, as far as a pointer's path is to be understood. Paths are relative to it; `` is its root. */
export interface Workspace {
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  /** Symlink -> what it leads to in the repository. */
  readonly links: ReadonlyMap<string, string>;
}

export function workspaceOf(files: Iterable<string>, links: Workspace['links'] = new Map()): Workspace {
  const all = new Set(files);
  const folders = new Set<string>(['']);
  for (const file of all)
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      const folder = file.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  return { files: all, folders, links };
}

export type FolderKind = 'chart' | 'kustomization' | 'directory';

/** As Argo CD tells them apart: a chart first, then a kustomization. */
export function kindOfFolder(folder: string, { files, folders }: Workspace): FolderKind | undefined {
  if (!folders.has(folder)) return undefined;
  if (files.has(inFolder(folder, 'Chart.yaml'))) return 'chart';
  return kustomizationNames.some((name) => files.has(inFolder(folder, name))) ? 'kustomization' : 'directory';
}

/** `./apps/web/` -> `apps/web`; undefined if it leaves the repository. */
export function cleanPath(path: string, from = ''): string | undefined {
  const steps: string[] = path.startsWith('/') || from === '' ? [] : from.split('/');
  for (const step of path.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.join('/');
}

/** The components of a kustomization that exist, where the others are to be ignored. */
export function present(
  components: readonly string[] | null | undefined,
  ignoreMissing: boolean | null | undefined,
  folder: string,
  { folders }: Workspace,
): readonly string[] | undefined {
  if (ignoreMissing !== true) return components ?? undefined;
  return components?.filter((one) => folders.has(cleanPath(one, folder) ?? '..'));
}

/** As cleanPath, with its symlinks resolved. */
export function folderAt(written: string, workspace: Pick<Workspace, 'links'>): string | undefined {
  const path = cleanPath(written);
  if (path === undefined || workspace.links.size === 0) return path;
  const steps = path.split('/');
  for (const index of steps.keys()) {
    const found = workspace.links.get(steps.slice(0, index + 1).join('/'));
    if (found !== undefined) return folderAt([found, ...steps.slice(index + 1)].join('/'), workspace);
  }
  return path;
}
