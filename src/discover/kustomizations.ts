import type { FieldPath } from '../model/field-path.ts';
import type { Gap } from '../model/gap.ts';
import type { GateError } from '../model/gate-error.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import type { KustomizeContents, KustomizeSource, Leftover } from '../model/source-set.ts';
import type { Kustomization } from './kustomization-file.ts';
import { below, isReadable, type Kustomizations, partsOf, problemBelow, readKustomizations, usersOf } from './kustomize-graph.ts';
import type { Refusal } from './kustomize-refusals.ts';
import { folderOf, isInside, shown } from './selection.ts';
import type { Workspace } from './workspace.ts';

export interface KustomizationsFound {
  readonly kustomizations: readonly KustomizeSource[];
  /** By folder, what is judged by itself where the kustomization turns out not to build. */
  readonly contents: ReadonlyMap<string, KustomizeContents>;
  /** Files that a kustomization is built from, as it was on the base: judged in what it renders. */
  readonly used: ReadonlySet<string>;
  /** Files that only this change makes part of a kustomization, or that one which is not built names as a patch. */
  readonly leftovers: readonly Leftover[];
  readonly skipped: readonly SourceUnit[];
  readonly gaps: readonly Gap[];
  readonly failures: readonly GateError[];
}

/**
 * Every kustomization of the repository is read, so that it is known who uses whom. Rendered are the selected ones that no rendered one uses,
 * and those that only this change makes part of another: what deployed them still does, and never heard of the new one.
 */
export async function findKustomizations(workspace: Workspace, isOther: (file: string) => boolean): Promise<KustomizationsFound> {
  const parsed = await readKustomizations(workspace, isOther);
  const before = workspace.hasBase ? await readKustomizations(workspace.trusted, isOther) : parsed;
  const selected = [...parsed.keys()].filter((folder) => isSelected(parsed.get(folder), folder, workspace));
  const problems = new Map(selected.map((folder) => [folder, problemBelow(folder, parsed, workspace)]));
  const isRoot = (folder: string): boolean => !isComponent(parsed.get(folder));
  const roots = selected.filter((folder) => isRoot(folder) && problems.get(folder) === undefined);
  const users = usersOf(roots, parsed);
  const oldUsers = usersOf(
    [...before.keys()].filter((folder) => !isComponent(before.get(folder))),
    before,
  );

  const kustomizations: KustomizeSource[] = [];
  const skipped: SourceUnit[] = [];
  const gaps: Gap[] = [];
  const failures = new Set<GateError>();
  const built = new Set<string>();
  for (const folder of selected) {
    const user = users.get(folder);
    const problem = problems.get(folder);
    const unit = { kind: 'kustomize', path: shown(folder), resources: 0 } as const;
    if (user !== undefined && (!isRoot(folder) || !workspace.hasBase || oldUsers.has(folder)))
      skipped.push({ ...unit, status: 'skipped', reason: `rendered as part of ${shown(user)}` });
    else if (!isRoot(folder)) skipped.push({ ...unit, status: 'skipped', reason: 'a component that no kustomization uses' });
    else if (problem === undefined) {
      kustomizations.push({ path: shown(folder), isPart: user !== undefined && !before.has(folder) });
      for (const part of below(folder, parsed)) built.add(part);
    } else {
      skipped.push({ ...unit, status: 'failed', reason: problem.error.details.message });
      if (problem.isElsewhere) gaps.push(gapOf(folder, problem));
      else failures.add(problem.error);
    }
  }
  const contents = new Map([...built].map((folder) => [folder, contentsOf(folder, parsed)]));
  return { kustomizations, contents, ...filesOf(parsed, before, built), skipped, gaps, failures: [...failures] };
}

function isComponent(one: Kustomization | Refusal | undefined): boolean {
  return isReadable(one) && one.isComponent;
}

/** One of its files is to be judged, and its own is not excluded. */
function isSelected(one: Kustomization | Refusal | undefined, folder: string, workspace: Workspace): boolean {
  if (one === undefined || workspace.isExcluded(ownFile(one, folder))) return false;
  const named = new Set(isReadable(one) ? [...one.parts, ...one.files].map(({ target }) => target) : []);
  return workspace.selected.some(({ path }) => folderOf(path) === folder || (named.has(path) && isInside(path, folder)));
}

function ownFile(one: Kustomization | Refusal, folder: string): string {
  return isReadable(one) ? one.file : (one.error.details.file ?? folder);
}

/** A kustomization that is not built hides nothing but itself: a change could add one that names any manifest. */
function filesOf(
  parsed: Kustomizations,
  before: Kustomizations,
  built: ReadonlySet<string>,
): { readonly used: ReadonlySet<string>; readonly leftovers: readonly Leftover[] } {
  const used = new Set<string>();
  const leftovers = new Map<string, Leftover>();
  for (const [folder, one] of parsed) {
    used.add(ownFile(one, folder));
    if (!isReadable(one)) continue;
    const old = before.get(folder);
    for (const key of ['parts', 'files'] as const) {
      const known = new Set(isReadable(old) ? old[key].map(({ target }) => target) : []);
      for (const { target, field } of one[key]) {
        if (built.has(folder) && (known.has(target) || isFunction(field))) used.add(target);
        else if (built.has(folder) || key === 'files') leftovers.set(target, { file: target, isPatch: key === 'files' });
      }
    }
  }
  return { used, leftovers: [...leftovers.values()].filter(({ file }) => !used.has(file)) };
}

/** Configuration of a plugin: kustomize fails at anything else. */
function isFunction([key]: FieldPath): boolean {
  return key === 'generators' || key === 'transformers' || key === 'validators';
}

function contentsOf(folder: string, parsed: Kustomizations): KustomizeContents {
  const one = parsed.get(folder);
  if (!isReadable(one)) return { parts: [], isComponent: false, files: [] };
  return {
    parts: partsOf(folder, parsed),
    isComponent: one.isComponent,
    files: [
      ...one.parts.map(({ target }) => ({ file: target, isPatch: false })),
      ...one.files.filter(({ field }) => !isFunction(field)).map(({ target }) => ({ file: target, isPatch: true })),
    ],
  };
}

function gapOf(folder: string, { error: { details } }: Refusal): Gap {
  return {
    file: details.file ?? folder,
    ...(details.line !== undefined && { line: details.line }),
    subject: `kustomization ${shown(folder)}`,
    reason: details.message,
    next: details.next ?? '',
    unit: shown(folder),
  };
}
