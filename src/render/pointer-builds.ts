// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Flux are written like this.
import path from 'node:path';
import type { BuildDeployable } from '../gitops/deployable.ts';
import { editKustomization } from '../gitops/edit-kustomization.ts';
import { cleanPath, type Workspace } from '../gitops/workspace.ts';
import type { PointerGap } from '../model/deployed.ts';
import { isArray, isObject, type JsonObject, stringifyJson } from '../model/json.ts';
import { folderOf, isInside, kustomizationNames, shown } from '../model/paths.ts';
import { isPointer } from '../model/workloads.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { componentPatches } from './component-patches.ts';
import { type NamedFile, readKustomization, readNamed } from './kustomize-tree.ts';
import type { Rendered } from './objects.ts';
import { asDeployed } from './overrides.ts';
import type { UnitResult } from './plain.ts';
import type { ReadFiles } from './pointer-files.ts';
import { placesOf } from './pointer-places.ts';
import type { Made, PointerContext, RenderedBefore } from './pointers.ts';

type Build<T extends UnitResult> = (
  deployable: BuildDeployable,
  pointer: Rendered,
  known: readonly Rendered[],
) => Promise<Made<T>>;

/** Builds the kustomizations that pointers deploy. One that is deployed as it is is built once, whoever deploys it. */
export function createBuilder<T extends UnitResult>(
  before: RenderedBefore<T>,
  context: PointerContext<T>,
  readFiles: ReadFiles<T>,
): Build<T> {
  const without = new Map<string, Promise<T>>([...before.built].map(([folder, result]) => [folder, Promise.resolve(result)]));
  // Built for a pointer that changes it, a kustomization is not itself a result; for one that deploys it as it is, it is, once.
  const reported = new Set(before.built.keys());
  const buildAlone = (folder: string, edited?: JsonObject): Promise<T> => {
    const known = without.get(folder);
    if (known !== undefined) return known;
    const started = context.build({
      path: shown(folder),
      isPart: false,
      // Only Flux makes a kustomization of a folder.
      ...(edited !== undefined && { edited, isUnrestricted: true }),
    });
    without.set(folder, started);
    return started;
  };
  const asTheyAre = (folder: string): readonly Rendered[] =>
    before.rendered.filter(({ source: { kind, unit } }) => kind !== 'helm' && isInside(unit, folder));

  return async (deployable, pointer, known) => {
    const made = await buildFor(deployable, pointer, known);
    return isUnrestrictedFor(deployable) ? { ...made, isUnrestricted: true } : made;
  };

  function isUnrestrictedFor({ editor, folder }: BuildDeployable): boolean {
    return editor === 'flux' || context.isUnrestricted(folder);
  }

  async function buildFor(deployable: BuildDeployable, pointer: Rendered, known: readonly Rendered[]): Promise<Made<T>> {
    const { folder, overrides, substitutions, metadata, generate, at } = deployable;
    const isPlain = Object.keys(overrides).length === 0 && substitutions === undefined && metadata === undefined;
    const made = generate ? generatedFor(folder, context.here.workspace) : undefined;
    if (made !== undefined && isPlain) return unchangedFolder(folder, made);
    const generated = made === undefined ? undefined : { resources: made.resources };
    const alone = await buildAlone(folder, generated);
    const isWhole = alone.failures.length + (alone.gaps?.length ?? 0) === 0;
    const unchanged = () => (generate ? [] : asResult(folder, alone));
    const notChanged = (reason: string, next: string): Made<T> => ({
      results: unchanged(),
      deployed: generate ? asTheyAre(folder) : alone.rendered,
      gaps: [
        {
          path: at,
          what: `${generate ? 'folder' : 'kustomization'} ${shown(folder)} as this ${pointer.kind} changes it`,
          reason,
          next,
        },
      ],
    });
    if (generate && !isWhole)
      return notChanged(
        problemOf(alone),
        'Keep only manifests in the folder, or add a kustomization.yaml to it that names them; otherwise waive gate/not-evaluated for it.',
      );
    if (isPlain || !isWhole) return { results: unchanged(), deployed: alone.rendered, gaps: [] };
    const own = generated ?? kustomizationIn(await readKustomization(shown(folder), context.workspace, context.files));
    if (own === undefined) return notChanged('its kustomization.yaml is not a map', 'Correct the kustomization.');
    const { value, refused } = editKustomization(own, overrides, deployable.editor, deployable.force);
    if (refused !== undefined) {
      const made = notChanged(
        refused.reason,
        'Remove it from one of the two, or set `forceCommonLabels` or `forceCommonAnnotations`.',
      );
      return { ...made, gaps: made.gaps.map((gap) => ({ ...gap, path: overrides[refused.field]?.at ?? at })) };
    }
    const result = await context.build({
      path: shown(folder),
      isPart: false,
      edited: value,
      isUnrestricted: isUnrestrictedFor(deployable),
    });
    if (result.failures.length + (result.gaps?.length ?? 0) > 0)
      return notChanged(problemOf(result), `Correct the changes of this ${pointer.kind}.`);
    const { rendered, gaps } = asDeployed(result.rendered, twinsIn(result.rendered, alone.rendered), {
      steps: [
        {
          overrides,
          patchFiles: await patchFiles(deployable, context),
          componentPatches: await componentPatches(overrides, folder, context.workspace, context.files),
        },
      ],
      ...(substitutions !== undefined && { substitutions }),
      ...(metadata !== undefined && { metadata }),
      where: shown(folder),
      places: await placesOf(pointer, known, context.workspace, context.files),
    });
    const deployed = rendered.map((one) => inNamespace(one, deployable));
    const superseded = substitutions === undefined ? [] : known.filter((one) => isBeforeSubstitution(one, folder, deployed));
    return { results: [{ ...result, rendered: deployed }], deployed, gaps, superseded };
  }

  /** Its files as they are, and the kustomizations in it, whoever else uses them. */
  async function unchangedFolder(folder: string, { manifests, built }: Generated): Promise<Made<T>> {
    const files = await readFiles(new Set(manifests));
    const below = await Promise.all(built.map(async (one) => ({ one, result: await buildAlone(one) })));
    const rendered = below.flatMap(({ result }) => result.rendered);
    const known = new Set([...files.deployed, ...rendered]);
    return {
      results: [...files.results, ...below.flatMap(({ one, result }) => asResult(one, result))],
      deployed: [...known, ...asTheyAre(folder).filter((one) => !known.has(one))],
      gaps: [],
    };
  }

  function asResult(folder: string, result: T): readonly T[] {
    if (reported.has(folder)) return [];
    reported.add(folder);
    return [result];
  }
}

/** The same resource as it is without the pointer: by its place if nothing was added or removed, else by its name. */
function twinsIn(built: readonly Rendered[], without: readonly Rendered[]) {
  return (one: Rendered, index: number): Rendered | undefined => {
    const atIndex = without[index];
    if (built.length === without.length && atIndex?.kind === one.kind) return atIndex;
    return without.find(({ kind, name }) => kind === one.kind && (name === one.name || one.name.includes(name)));
  };
}

/** A pointer with variables, of the same folder, that is deployed with their values. */
function isBeforeSubstitution(one: Rendered, folder: string, deployed: readonly Rendered[]): boolean {
  const { kind, unit } = one.source;
  const isOfFolder = kind === 'kustomize' ? unit === shown(folder) : kind === 'plain' && isInside(unit, folder);
  if (!isOfFolder || !isPointer(one) || deployed.includes(one) || !stringifyJson(one.object).includes('${')) return false;
  return deployed.some((other) => other.kind === one.kind && (other.name === one.name || one.name.includes('${')));
}

function problemOf({ failures, gaps = [] }: UnitResult): PointerGap['reason'] {
  return failures[0]?.details.message ?? gaps[0]?.reason ?? '';
}

/** Where a resource without a namespace of its own is applied. */
function inNamespace(one: Rendered, { destination: { namespace } }: BuildDeployable): Rendered {
  return namespace === undefined ? one : { ...one, releaseNamespace: namespace };
}

function kustomizationIn(own: NamedFile | undefined): JsonObject | undefined {
  const value = own === undefined ? undefined : parseYaml({ file: own.file, text: own.text })[0]?.value;
  return isObject(value) ? value : undefined;
}

interface Generated {
  readonly manifests: readonly string[];
  /** Folders of kustomizations. */
  readonly built: readonly string[];
  /** Both, as the kustomization names them. */
  readonly resources: readonly string[];
}

/**
 * What Flux makes of a folder without a kustomization: all manifests below it, and the kustomizations below it as they are.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#generate-kustomizationyaml
 */
function generatedFor(folder: string, { files, folders }: Workspace): Generated {
  const below = (one: string): string => (folder === '' ? one : one.slice(folder.length + 1));
  const isOwn = (one: string): boolean => one !== folder && isInside(one, folder);
  const built = [...folders].filter(
    (one) => isOwn(one) && kustomizationNames.some((name) => files.has(path.posix.join(one, name))),
  );
  const outermost = built.filter((one) => !built.some((other) => other !== one && isInside(one, other)));
  const manifests = [...files].filter(
    (file) => isOwn(file) && /\.ya?ml$/.test(file) && !outermost.some((one) => isInside(folderOf(file), one)),
  );
  return {
    manifests,
    built: outermost,
    resources: [...manifests, ...outermost].toSorted().map((one) => `./${below(one)}`),
  };
}

/** Patches of Argo CD may be files of the folder. */
async function patchFiles(
  { overrides: { patches }, folder }: BuildDeployable,
  { workspace, files }: Pick<PointerContext<UnitResult>, 'workspace' | 'files'>,
): Promise<ReadonlyMap<number, NamedFile>> {
  const found = new Map<number, NamedFile>();
  for (const [index, patch] of isArray(patches?.value) ? patches.value.entries() : []) {
    const written = isObject(patch) && typeof patch.path === 'string' ? cleanPath(patch.path, folder) : undefined;
    const file = written === undefined ? undefined : await readNamed(written, workspace, files);
    if (file !== undefined) found.set(index, file);
  }
  return found;
}
