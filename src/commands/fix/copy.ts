import path from 'node:path';
import type { Given } from '../../inputs/options/table.ts';
import { isInside } from '../../model/paths.ts';
import type { Files } from '../../ports/ports.ts';
import type { CommandContext } from '../command.ts';

/** Folders of tools, which no manifest is in. */
const skipped = new Set(['.git', 'node_modules']);

/** A copy of a folder in which some files have other texts. Kustomize reads a folder that is not in git where it is. Symbolic links are left out. */
export async function copyWith(
  texts: ReadonlyMap<string, string>,
  folder: string,
  target: string,
  files: Pick<Files, 'walk' | 'readBytes' | 'write'>,
): Promise<string> {
  for (const { path: file, kind } of await files.walk(folder, (name) => skipped.has(path.basename(name)))) {
    if (kind !== 'file') continue;
    await files.write(path.join(target, file), texts.get(file) ?? (await files.readBytes(path.join(folder, file))));
  }
  return target;
}

/** The same run in a copy of its workspace: whatever names a file of the workspace names that of the copy. */
export function movedTo(copy: string, workspace: string, given: Given, context: CommandContext): [Given, CommandContext] {
  const moved = (file: string): string => (isInside(file, workspace) ? path.join(copy, path.relative(workspace, file)) : file);
  const { configFile, ...rest } = given;
  return [
    { ...rest, workspace: copy, ...(configFile !== undefined && { configFile: moved(configFile) }) },
    { ...context, cwd: moved(context.cwd) },
  ];
}
