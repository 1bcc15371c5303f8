/** Paths relative to the workspace, with `/`; the empty path is the workspace itself. */

/** A file inside a folder, or any file where the folder is the workspace. */
export function isInside(file: string, folder: string): boolean {
  return folder === '' || file === folder || file.startsWith(`${folder}/`);
}

export function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash === -1 ? '' : file.slice(0, slash);
}

export function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** How a folder is named to a reader: the workspace itself is `.`. */
export function shown(folder: string): string {
  return folder === '' ? '.' : folder;
}

/** The names that a kustomization's file may have, in the order in which kustomize looks for them. */
export const kustomizationNames: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
