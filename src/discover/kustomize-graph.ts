import { toGateError } from '../model/gate-error.ts';
import { folderOf } from '../model/paths.ts';
import type { Sources } from '../model/sources.ts';
import { isKustomizationFile, type Kustomization, readKustomization } from './kustomization-file.ts';
import { type Bases, type Fetched, isRemote, type Refusal, refusalOf } from './kustomize-refusals.ts';
import { symlinkRefused } from './plain.ts';
import type { TrustedFiles } from './workspace.ts';

/** By folder: the kustomization, or why it cannot be read. */
export type Kustomizations = ReadonlyMap<string, Kustomization | Refusal>;

export async function readKustomizations(files: TrustedFiles, isOther: (file: string) => boolean): Promise<Kustomizations> {
  const parsed = new Map<string, Kustomization | Refusal>();
  for (const [file, { kind }] of files.all) {
    if (!isKustomizationFile(file) || isOther(file)) continue;
    const folder = folderOf(file);
    try {
      if (kind === 'symlink' && !files.links.has(file)) throw symlinkRefused(file);
      const kustomization = await readKustomization(file, files);
      if (kustomization !== undefined) parsed.set(folder, kustomization);
    } catch (thrown) {
      parsed.set(folder, { error: toGateError(thrown), isElsewhere: false });
    }
  }
  return parsed;
}

export function isReadable(one: Kustomization | Refusal | undefined): one is Kustomization {
  return one !== undefined && 'parts' in one;
}

/** The kustomizations that one is built from, including itself. */
export function below(root: string, parsed: Kustomizations): ReadonlySet<string> {
  const seen = new Set([root]);
  for (const folder of seen) for (const part of partsOf(folder, parsed)) seen.add(part);
  return seen;
}

export function partsOf(folder: string, parsed: Kustomizations): readonly string[] {
  const one = parsed.get(folder);
  if (!isReadable(one)) return [];
  return one.parts
    .map(({ target }) => (target === '.' ? '' : target))
    .filter((target) => target !== folder && parsed.has(target));
}

/**
 * Folder -> a rendered kustomization that uses it, directly or not. In a cycle none would be rendered, so a user only counts if it is
 * reachable from a root; the cycle itself then fails in kustomize.
 */
export function usersOf(roots: readonly string[], parsed: Kustomizations): ReadonlyMap<string, string> {
  const partOfOther = new Set(roots.flatMap((folder) => partsOf(folder, parsed)));
  const users = new Map<string, string>();
  for (const root of roots.filter((folder) => !partOfOther.has(folder))) {
    for (const part of below(root, parsed)) if (part !== root && !users.has(part)) users.set(part, root);
  }
  return users;
}

/** The first problem of a kustomization or its parts that prevents it from being built. */
export function problemBelow(root: string, parsed: Kustomizations, files: TrustedFiles, fetched: Fetched): Refusal | undefined {
  for (const folder of below(root, parsed)) {
    const one = parsed.get(folder);
    const problem = isReadable(one) ? refusalOf(one, files, fetched) : one;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Fetches what is remote in the kustomizations that others are built from. */
export async function fetchBases(
  roots: readonly string[],
  parsed: Kustomizations,
  files: TrustedFiles,
  sources: Pick<Sources, 'base'> | undefined,
): Promise<Bases> {
  if (sources === undefined) return new Map();
  const folders = new Set(roots.flatMap((root) => [...below(root, parsed)]));
  const parts = [...folders].flatMap((folder) => {
    const one = parsed.get(folder);
    return isReadable(one) ? one.parts : [];
  });
  const texts = new Set(parts.flatMap(({ text, target }) => (isRemote(text) && !files.all.has(target) ? [text] : [])));
  return new Map(await Promise.all([...texts].map(async (text) => [text, await sources.base(text)] as const)));
}
