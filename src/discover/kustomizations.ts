import type { GateConfig } from '../model/config.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { Gap } from '../model/gap.ts';
import { gapOfError } from '../model/gap.ts';
import { GateError } from '../model/gate-error.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import { folderOf, isInside, shown } from '../model/paths.ts';
import type { KustomizeContents, KustomizeSource, Leftover } from '../model/source-set.ts';
import type { Sources } from '../model/sources.ts';
import type { WalkedFile } from '../ports/ports.ts';
import type { Kustomization } from './kustomization-file.ts';
import {
  below,
  fetchBases,
  isReadable,
  type Kustomizations,
  partsOf,
  problemBelow,
  readKustomizations,
  usersOf,
} from './kustomize-graph.ts';
import type { Bases, Refusal } from './kustomize-refusals.ts';
import { normalize, select } from './selection.ts';
import type { TrustedFiles, Workspace } from './workspace.ts';

export interface KustomizationsFound {
  readonly kustomizations: readonly KustomizeSource[];
  /** By folder: what is judged on its own if the kustomization does not build. */
  readonly contents: ReadonlyMap<string, KustomizeContents>;
  /** The kustomizations of the base. */
  readonly before: Kustomizations;
  /** Files that a kustomization was built from on the base as well: judged as part of its output. */
  readonly used: ReadonlySet<string>;
  /** Files that only this change makes part of a kustomization, or that are patches of a kustomization that is not built. */
  readonly leftovers: readonly Leftover[];
  /** What is remote in the kustomizations. */
  readonly bases: Bases;
  readonly skipped: readonly SourceUnit[];
  readonly gaps: readonly Gap[];
  readonly failures: readonly GateError[];
}

/**
 * Reads every kustomization of the repository to know which ones use which. Renders selected ones that no rendered one uses, and those that
 * only this change makes part of another: whatever deployed them still does, independent of the new one.
 */
export async function findKustomizations(
  config: Pick<GateConfig, 'kustomizations' | 'kustomize'>,
  workspace: Workspace,
  isOther: (file: string) => boolean,
  sources?: Pick<Sources, 'base'>,
): Promise<KustomizationsFound> {
  const parsed = await readKustomizations(workspace, isOther);
  const { selected, problems, users, bases } = await survey(parsed, workspace, workspace.selected, workspace.isExcluded, sources);
  const before = workspace.hasBase ? await readKustomizations(workspace.trusted, isOther) : parsed;
  const old = await survey(before, workspace.trusted, workspace.selectedBefore, workspace.isExcluded, sources);
  const named = new Set(config.kustomizations.map(normalize));
  const isUnrestricted = select(config.kustomize.unrestricted);
  const isRoot = (folder: string): boolean => !isComponent(parsed.get(folder));

  const kustomizations: KustomizeSource[] = [];
  const skipped: SourceUnit[] = [];
  const gaps: Gap[] = [];
  const failures = new Set<GateError>();
  const built = new Set<string>();
  for (const folder of selected) {
    const user = users.get(folder);
    const problem = problems.get(folder);
    const unit = { kind: 'kustomize', path: shown(folder), resources: 0 } as const;
    const was = before.get(folder);
    if (!isRoot(folder) && was !== undefined && !isComponent(was)) gaps.push(becameComponent(folder, parsed));
    const wasPart = !named.has(folder) && (!workspace.hasBase || old.users.has(folder));
    if (user !== undefined && (!isRoot(folder) || wasPart))
      skipped.push({ ...unit, status: 'skipped', reason: `rendered as part of ${shown(user)}`, within: shown(user) });
    else if (!isRoot(folder)) skipped.push({ ...unit, status: 'skipped', reason: 'a component that no kustomization uses' });
    else if (problem === undefined) {
      kustomizations.push({
        path: shown(folder),
        isPart: user !== undefined && !named.has(folder) && !before.has(folder),
        ...(isUnrestricted(folder) && { isUnrestricted: true }),
      });
      for (const part of below(folder, parsed)) built.add(part);
    } else {
      skipped.push({ ...unit, status: 'failed', reason: problem.error.details.message });
      if (problem.isElsewhere) gaps.push(gapOf(folder, problem));
      else failures.add(problem.error);
    }
  }
  // A change may remove a folder that the base's configuration lists.
  for (const folder of named) if (!parsed.has(folder) && !before.has(folder)) failures.add(noKustomization(folder));
  const contents = new Map([...built].map((folder) => [folder, contentsOf(folder, parsed)]));
  return { kustomizations, before, contents, bases, ...filesOf(parsed, before, built), skipped, gaps, failures: [...failures] };
}

/** Which kustomizations are selected, why one cannot be built, and which of them a rendered one uses. */
async function survey(
  parsed: Kustomizations,
  files: TrustedFiles,
  meant: readonly WalkedFile[],
  isExcluded: (file: string) => boolean,
  sources: Pick<Sources, 'base'> | undefined,
) {
  const selected = [...parsed].flatMap(([folder, one]) =>
    !isExcluded(ownFile(one, folder)) && isSelected(one, folder, meant) ? [folder] : [],
  );
  const bases = await fetchBases(selected, parsed, files, sources);
  const problems = new Map(
    selected.map((folder) => [folder, problemBelow(folder, parsed, files, { bases, charts: sources !== undefined })]),
  );
  const roots = selected.filter((folder) => !isComponent(parsed.get(folder)) && problems.get(folder) === undefined);
  return { selected, problems, bases, users: usersOf(roots, parsed) };
}

function noKustomization(folder: string): GateError {
  return new GateError('CONFIG_INVALID', {
    message: `\`kustomizations\` contains ${shown(folder)}, which has no kustomization.yaml`,
    expected: 'the folder of a kustomization, relative to the repository',
    next: 'Correct the path.',
  });
}

function isComponent(one: Kustomization | Refusal | undefined): boolean {
  return isReadable(one) && one.isComponent;
}

/** Whether one of its files is selected. */
function isSelected(one: Kustomization | Refusal, folder: string, meant: readonly WalkedFile[]): boolean {
  const named = new Set(isReadable(one) ? [...one.parts, ...one.files].map(({ target }) => target) : []);
  return meant.some(({ path }) => folderOf(path) === folder || (named.has(path) && isInside(path, folder)));
}

function ownFile(one: Kustomization | Refusal, folder: string): string {
  return isReadable(one) ? one.file : (one.error.details.file ?? folder);
}

/** A kustomization that is not built only hides itself: otherwise a change could add one that refers to any manifest. */
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

/** Plugin configuration: kustomize fails on anything else. */
function isFunction([key]: FieldPath): boolean {
  return key === 'generators' || key === 'transformers' || key === 'validators';
}

function contentsOf(folder: string, parsed: Kustomizations): KustomizeContents {
  const one = parsed.get(folder);
  if (!isReadable(one)) return { parts: [], isComponent: false, hasCharts: false, files: [] };
  return {
    parts: partsOf(folder, parsed),
    isComponent: one.isComponent,
    hasCharts: one.forbidden.some(({ key }) => key === 'helmCharts'),
    files: [
      ...one.parts.map(({ target }) => ({ file: target, isPatch: false })),
      ...one.files.filter(({ field }) => !isFunction(field)).map(({ target }) => ({ file: target, isPatch: true })),
    ],
  };
}

/** kustomize also builds a component on its own, so whatever deployed the kustomization still does. */
function becameComponent(folder: string, parsed: Kustomizations): Gap {
  const one = parsed.get(folder);
  return {
    file: one === undefined ? folder : ownFile(one, folder),
    subject: `kustomization ${shown(folder)}`,
    reason: 'the change turns it into a component, but it may still be deployed as on the base',
    next: 'Keep the kustomization, and move the component to a separate folder.',
    unit: shown(folder),
  };
}

function gapOf(folder: string, { error }: Refusal): Gap {
  return gapOfError(error, folder, { subject: `kustomization ${shown(folder)}`, unit: shown(folder) });
}
