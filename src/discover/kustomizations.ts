import { type GateError, toGateError } from '../model/gate-error.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import type { KustomizeSource } from '../model/source-set.ts';
import { isKustomizationFile, type Kustomization, readKustomization } from './kustomization-file.ts';
import { refusalOf } from './kustomize-refusals.ts';
import { symlinkRefused } from './plain.ts';
import { folderOf, isInside, shown } from './selection.ts';
import type { Workspace } from './workspace.ts';

export interface KustomizationsFound {
  readonly kustomizations: readonly KustomizeSource[];
  /** File -> folder of the kustomization that is built from it, or failed. */
  readonly used: ReadonlyMap<string, string>;
  readonly skipped: readonly SourceUnit[];
  readonly failures: readonly GateError[];
}

type Parsed = Kustomization | GateError;

/** Every kustomization of the repository is read, so that it is known who uses whom; the selected ones that no selected one uses are rendered. */
export async function findKustomizations(workspace: Workspace, isOther: (file: string) => boolean): Promise<KustomizationsFound> {
  const parsed = await readAll(workspace, isOther);
  const isSelected = (folder: string) =>
    workspace.selected.some(
      ({ path }) => folderOf(path) === folder || (usedBy(parsed.get(folder)).has(path) && isInside(path, folder)),
    );
  const selected = [...parsed.keys()].filter(isSelected);
  const users = usersOf(selected, parsed);
  const kustomizations: KustomizeSource[] = [];
  const skipped: SourceUnit[] = [];
  const failures: GateError[] = [];
  const built = new Set<string>();
  for (const folder of selected) {
    const own = parsed.get(folder);
    const user = users.get(folder);
    const unit = { kind: 'kustomize', path: shown(folder), resources: 0 } as const;
    if (user !== undefined) {
      skipped.push({ ...unit, status: 'skipped', reason: `rendered as part of ${shown(user)}` });
    } else if (own !== undefined && !(own instanceof Error) && own.isComponent) {
      skipped.push({ ...unit, status: 'skipped', reason: 'a component that no kustomization uses' });
    } else {
      for (const part of below(folder, parsed)) built.add(part);
      const problem = problemBelow(folder, parsed, workspace);
      if (problem === undefined) kustomizations.push({ path: shown(folder) });
      else {
        failures.push(problem);
        skipped.push({ ...unit, status: 'failed', reason: problem.details.message });
      }
    }
  }
  const used = new Map(
    [...parsed].flatMap(([folder, one]) => filesOf(one, built.has(folder)).map((file) => [file, folder] as const)),
  );
  return { kustomizations, used, skipped, failures: [...new Set(failures)] };
}

async function readAll(workspace: Workspace, isOther: (file: string) => boolean): Promise<ReadonlyMap<string, Parsed>> {
  const parsed = new Map<string, Parsed>();
  for (const [file, { kind }] of workspace.all) {
    if (!isKustomizationFile(file) || isOther(file)) continue;
    const folder = folderOf(file);
    try {
      if (kind === 'symlink') throw symlinkRefused(file);
      const kustomization = await readKustomization(file, workspace);
      if (kustomization !== undefined) parsed.set(folder, kustomization);
    } catch (thrown) {
      parsed.set(folder, toGateError(thrown));
    }
  }
  return parsed;
}

/** The kustomization's own file and the files it names. */
function usedBy(one: Parsed | undefined): ReadonlySet<string> {
  if (one === undefined) return new Set();
  if (one instanceof Error) return new Set(one.details.file === undefined ? [] : [one.details.file]);
  return new Set([one.file, ...[...one.parts, ...one.files].map(({ target }) => target)]);
}

/** What needs no judging of its own. A kustomization that is not built hides nothing but itself: a change could add one that names any manifest. */
function filesOf(one: Parsed, isBuilt: boolean): readonly string[] {
  return isBuilt || one instanceof Error ? [...usedBy(one)] : [one.file];
}

function partsOf(folder: string, parsed: ReadonlyMap<string, Parsed>): readonly string[] {
  const one = parsed.get(folder);
  if (one === undefined || one instanceof Error) return [];
  return one.parts
    .map(({ target }) => (target === '.' ? '' : target))
    .filter((target) => target !== folder && parsed.has(target));
}

/**
 * Folder -> a kustomization that is rendered and uses it, directly or not. In a circle nobody would be rendered: so a user counts
 * only where it is reached from one that is nobody's part, and the circle itself fails in kustomize.
 */
function usersOf(selected: readonly string[], parsed: ReadonlyMap<string, Parsed>): ReadonlyMap<string, string> {
  const partOfOther = new Set(selected.flatMap((folder) => partsOf(folder, parsed)));
  const users = new Map<string, string>();
  for (const root of selected.filter((folder) => !partOfOther.has(folder))) {
    for (const part of below(root, parsed)) if (part !== root && !users.has(part)) users.set(part, root);
  }
  return users;
}

function below(root: string, parsed: ReadonlyMap<string, Parsed>): ReadonlySet<string> {
  const seen = new Set([root]);
  for (const folder of seen) for (const part of partsOf(folder, parsed)) seen.add(part);
  return seen;
}

function problemBelow(root: string, parsed: ReadonlyMap<string, Parsed>, workspace: Workspace): GateError | undefined {
  for (const folder of below(root, parsed)) {
    const one = parsed.get(folder);
    if (one === undefined) continue;
    const problem = one instanceof Error ? one : refusalOf(one, workspace);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
