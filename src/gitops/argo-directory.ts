import { folderOf, isInside } from '../model/paths.ts';
import { globTest } from './path-pattern.ts';
import type { Workspace } from './workspace.ts';

interface Choice {
  readonly recurse?: boolean | null | undefined;
  readonly include?: string | null | undefined;
  readonly exclude?: string | null | undefined;
}

/** The files of a folder that Argo CD reads manifests from: https://argo-cd.readthedocs.io/en/stable/user-guide/directory/ */
export function chosenFiles(folder: string, { recurse, include, exclude }: Choice, { files }: Workspace): readonly string[] {
  const [included, excluded] = [include ? globTest(include) : undefined, exclude ? globTest(exclude) : undefined];
  return [...files].filter((file) => {
    if (!isInside(file, folder) || !/\.(?:ya?ml|json|jsonnet)$/.test(file)) return false;
    if (recurse !== true && folderOf(file) !== folder) return false;
    const name = folder === '' ? file : file.slice(folder.length + 1);
    return excluded?.(name) !== true && included?.(name) !== false;
  });
}
