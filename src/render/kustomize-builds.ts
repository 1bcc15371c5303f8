import type { KustomizeSource, Leftover, SourceSet } from '../model/source-set.ts';
import type { UnitResult } from './plain.ts';

type Built<T> = { readonly results: readonly T[]; readonly leftovers: readonly Leftover[] };

/**
 * Builds kustomizations. Of one that does not build, the parts are built by themselves, and its files judged as they are: what is wrong
 * with it hides none of them.
 */
export async function buildAll<T extends UnitResult>(
  { kustomizations, kustomizeContents }: Pick<SourceSet, 'kustomizations' | 'kustomizeContents'>,
  build: (some: readonly KustomizeSource[]) => Promise<readonly T[]>,
): Promise<Built<T>> {
  const contentsOf = (folder: string) =>
    kustomizeContents.get(folder) ?? { parts: [], isComponent: false, hasCharts: false, files: [] };
  const covered = new Set<string>();
  const cover = (folder: string): void => {
    if (covered.has(folder)) return;
    covered.add(folder);
    for (const part of contentsOf(folder).parts) cover(part);
  };
  const tried = new Set<string>();
  const results: T[] = [];
  const failed: string[] = [];
  for (let open = kustomizations; open.length > 0; ) {
    const ended = await build(open);
    results.push(...ended);
    const folders = open.map(({ path }) => (path === '.' ? '' : path));
    for (const folder of folders) tried.add(folder);
    const isBroken = (index: number): boolean => (ended[index]?.failures.length ?? 0) + (ended[index]?.gaps?.length ?? 0) > 0;
    const broken = folders.filter((_folder, index) => isBroken(index));
    folders.filter((_folder, index) => !isBroken(index)).forEach(cover);
    failed.push(...broken);
    const parts = new Set(broken.flatMap((folder) => partsOf(folder)));
    open = [...parts]
      .filter((folder) => !tried.has(folder) && !covered.has(folder))
      .map((folder) => ({ path: folder === '' ? '.' : folder, isPart: true }));
  }
  return { results, leftovers: failed.flatMap((folder) => filesOf(folder)) };

  /** A kustomization and its components, which are not roots: what they name takes their place. */
  function withComponents(folder: string): ReadonlySet<string> {
    const seen = new Set([folder]);
    for (const one of seen) for (const part of contentsOf(one).parts) if (contentsOf(part).isComponent) seen.add(part);
    return seen;
  }

  function partsOf(folder: string): readonly string[] {
    return [...withComponents(folder)].flatMap((one) => contentsOf(one).parts).filter((part) => !contentsOf(part).isComponent);
  }

  function filesOf(folder: string): readonly Leftover[] {
    return [...withComponents(folder)].flatMap((one) => contentsOf(one).files);
  }
}
