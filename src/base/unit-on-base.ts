import path from 'node:path';
import { kustomizationNames } from '../model/paths.ts';
import type { Files } from '../ports/ports.ts';
import type { Base } from './base.ts';

/** What a folder is on the base: a chart (including an archived one), a kustomization, or neither. */
export async function unitOnBase(
  unit: string,
  { workspace }: Pick<Base, 'workspace'>,
  files: Pick<Files, 'stat' | 'walk'>,
): Promise<'helm' | 'kustomize' | undefined> {
  const isFile = async (name: string): Promise<boolean> => (await files.stat(path.join(workspace, name)))?.kind === 'file';
  if (await isFile(path.posix.join(unit, 'Chart.yaml'))) return 'helm';
  for (const name of kustomizationNames) if (await isFile(path.posix.join(unit, name))) return 'kustomize';
  return (await isArchived(unit, workspace, files)) ? 'helm' : undefined;
}

/** Whether the base has it as an archive, such as `charts/lib-1.0.0.tgz` for `charts/lib`. */
async function isArchived(unit: string, workspace: string, files: Pick<Files, 'stat' | 'walk'>): Promise<boolean> {
  const folder = path.join(workspace, path.posix.dirname(unit));
  if (path.posix.basename(folder) !== 'charts' || (await files.stat(folder))?.kind !== 'folder') return false;
  const start = `${path.posix.basename(unit)}-`;
  const found = await files.walk(folder, (below) => below.includes('/'));
  return found.some(({ path: file }) => file.startsWith(start) && /^v?\d[^/]*\.tgz$/.test(file.slice(start.length)));
}
