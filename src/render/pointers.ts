import type { BuildDeployable, Deployable, ReleaseDeployable, Unreadable } from '../gitops/deployable.ts';
import type { Here } from '../gitops/here.ts';
import * as next from '../gitops/next-steps.ts';
import type { RenderText } from '../gitops/parameters.ts';
import { isReadable, resolve } from '../gitops/resolve.ts';
import type { GitopsCluster, HelmChart } from '../model/config.ts';
import type { PointerGap } from '../model/deployed.ts';
import { toGateError } from '../model/gate-error.ts';
import { isObject, type JsonValue, stringifyJson } from '../model/json.ts';
import { resourceLabel } from '../model/resource.ts';
import type { KustomizeSource } from '../model/source-set.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { isReleaseName, releaseNameRule } from './helm-names.ts';
import { readKustomization } from './kustomize-tree.ts';
import type { Rendered } from './objects.ts';
import { asDeployed, fieldsOf } from './overrides.ts';
import type { UnitResult } from './plain.ts';
import { pointerValues } from './pointer-values.ts';

/** How the gate renders, and the repository that it renders. */
export interface PointerContext<T extends UnitResult> {
  readonly workspace: string;
  readonly files: Files;
  readonly here: Here;
  readonly clusters: readonly GitopsCluster[];
  readonly goTemplate: RenderText;
  readonly environmentsOf: (resource: Rendered) => readonly string[];
  readonly renderChart: (chart: HelmChart) => Promise<T>;
  readonly build: (source: KustomizeSource) => Promise<T>;
}

export interface PointersRendered<T extends UnitResult> {
  readonly results: readonly T[];
  /** Every pointer that was read, with what of it was not rendered. */
  readonly gaps: ReadonlyMap<Rendered, readonly PointerGap[]>;
  /** Folders of charts that a pointer deploys. */
  readonly charts: ReadonlySet<string>;
  /** What was rendered before and is deployed as it is: it is in the environments of its pointer as well. */
  readonly asTheyAre: readonly DeployedAsItIs[];
}

export interface DeployedAsItIs {
  readonly kind: 'kustomization' | 'directory';
  readonly folder: string;
  readonly environments: readonly string[];
}

/** Applications that deploy Applications: deeper ones are a gap. */
const maxDepth = 5;

/**
 * Renders what Applications, HelmReleases and the like among the resources deploy, and what those deploy in turn. What was rendered without
 * overrides before is not rendered again.
 * @param before What was rendered so far, with the kustomizations that were built.
 */
export async function renderPointers<T extends UnitResult>(
  before: { readonly rendered: readonly Rendered[]; readonly built: ReadonlyMap<string, T> },
  context: PointerContext<T>,
): Promise<PointersRendered<T>> {
  const gaps = new Map<Rendered, readonly PointerGap[]>();
  const results: T[] = [];
  const charts = new Set<string>();
  const asTheyAre: DeployedAsItIs[] = [];
  const seen = new Set<string>();
  const all = [...before.rendered];
  const renderer = createRenderer(before.built, context);
  let open: readonly Rendered[] = before.rendered;
  for (let depth = 0; open.some(isReadable); depth += 1) {
    const pointers = open.filter(isReadable);
    const resolved = await resolve(pointers, all, {
      here: context.here,
      clusters: context.clusters,
      goTemplate: context.goTemplate,
      readText: (file) => context.files.readText(`${context.workspace}/${file}`),
    });
    const found = await Promise.all(
      resolved.map(async ({ pointer, found: deployables }) => {
        const own: PointerGap[] = [];
        const ended: T[] = [];
        for (const deployable of deployables) {
          if (!('kind' in deployable) || deployable.kind === 'unavailable') own.push(gapOf(deployable));
          else if (depth >= maxDepth) own.push(tooDeep(deployable));
          else {
            const key = stringifyJson(jsonOf({ deployable, environments: context.environmentsOf(pointer) }));
            if (seen.has(key)) continue;
            seen.add(key);
            const made = await renderer(deployable, pointer);
            own.push(...made.gaps);
            const { kind } = deployable;
            if (kind !== 'release' && made.result === undefined)
              asTheyAre.push({ kind, folder: deployable.folder, environments: context.environmentsOf(pointer) });
            if (made.result !== undefined) ended.push(made.result);
            if (deployable.kind === 'release' && deployable.chart.kind === 'folder') charts.add(deployable.chart.folder);
          }
        }
        return { pointer, own, ended };
      }),
    );
    for (const { pointer, own } of found) gaps.set(pointer, own);
    const ended = found.flatMap((one) => one.ended);
    results.push(...ended);
    open = ended.flatMap(({ rendered }) => rendered);
    all.push(...open);
  }
  return { results, gaps, charts, asTheyAre };
}

function gapOf(one: Extract<Deployable, { kind: 'unavailable' }> | Unreadable): PointerGap {
  if ('what' in one) return { path: one.at, what: one.what, reason: one.reason, next: one.next };
  return { path: one.at, what: 'what it deploys', reason: one.reason, next: 'Correct the field.' };
}

function tooDeep({ at }: Deployable): PointerGap {
  return {
    path: at,
    what: 'what it deploys',
    reason: `it is deployed through more than ${maxDepth} others`,
    next: next.renderBefore,
  };
}

/** Only to tell two of them apart. */
function jsonOf(value: unknown): JsonValue {
  const text = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
  return text;
}

interface Made<T> {
  readonly result?: T;
  readonly gaps: readonly PointerGap[];
}

function createRenderer<T extends UnitResult>(built: ReadonlyMap<string, T>, context: PointerContext<T>) {
  const without = new Map<string, Promise<T>>([...built].map(([folder, result]) => [folder, Promise.resolve(result)]));
  const buildAlone = (folder: string): Promise<T> => {
    const known = without.get(folder);
    if (known !== undefined) return known;
    const started = context.build({ path: folder === '' ? '.' : folder, isPart: false });
    without.set(folder, started);
    return started;
  };
  return async (deployable: Exclude<Deployable, { kind: 'unavailable' }>, pointer: Rendered): Promise<Made<T>> => {
    // Its files are manifests that discover finds.
    if (deployable.kind === 'directory') return { gaps: [] };
    return deployable.kind === 'release' ? release(deployable, pointer, context) : kustomization(deployable, pointer);
  };

  async function kustomization(deployable: BuildDeployable, pointer: Rendered): Promise<Made<T>> {
    const { folder, overrides, substitutions, generate, at } = deployable;
    const isPlain = Object.keys(overrides).length === 0 && substitutions === undefined;
    if (generate)
      return isPlain
        ? { gaps: [] }
        : {
            gaps: [
              {
                path: at,
                what: `folder ${folder === '' ? '.' : folder} with what this ${pointer.kind} changes in it`,
                reason: 'the folder has no kustomization, so its manifests were evaluated as they are',
                next: `Add a kustomization.yaml to the folder, or waive gate/not-evaluated for it.`,
              },
            ],
          };
    const isNew = !without.has(folder);
    const alone = await buildAlone(folder);
    if (isPlain) return isNew ? { result: inherited(alone, pointer, deployable), gaps: [] } : { gaps: [] };
    if (alone.failures.length + (alone.gaps?.length ?? 0) > 0) return { gaps: [], ...(isNew && { result: alone }) };
    const own = await readKustomization(folder === '' ? '.' : folder, context.workspace, context.files);
    const added = fieldsOf(deployable, imagesOf(own?.text));
    const result = await context.build({ path: folder === '' ? '.' : folder, isPart: false, added });
    const deployed = asDeployed(result.rendered, alone.rendered, deployable, pointer);
    return { result: inherited({ ...result, rendered: deployed.rendered }, pointer, deployable), gaps: deployed.gaps };
  }

  /** What a pointer deploys is in its environments. */
  function inherited(result: T, pointer: Rendered, deployable: BuildDeployable): T {
    const environments = context.environmentsOf(pointer);
    const { namespace } = deployable.destination;
    return {
      ...result,
      rendered: result.rendered.map((one) => ({
        ...one,
        inherited: environments,
        ...(namespace !== undefined && { releaseNamespace: namespace }),
      })),
    };
  }
}

function imagesOf(text: string | undefined): JsonValue | undefined {
  try {
    const value = text === undefined ? undefined : parseYaml({ file: 'kustomization.yaml', text })[0]?.value;
    return isObject(value) ? value.images : undefined;
  } catch {
    return undefined;
  }
}

async function release<T extends UnitResult>(
  deployable: ReleaseDeployable,
  pointer: Rendered,
  { workspace, files, environmentsOf, renderChart }: PointerContext<T>,
): Promise<Made<T>> {
  const { chart, name, namespace, includeCrds, kubeVersion, apiVersions, post, at } = deployable;
  if (chart.kind === 'repository') {
    const version = chart.version === '' ? '' : ` ${chart.version}`;
    const what = `chart ${chart.name}${version} of ${chart.url}`;
    return { gaps: [{ path: at, what, reason: 'the chart is not in this repository', next: next.vendorChart }] };
  }
  if (!isReleaseName(name)) {
    const what = `chart ${chart.folder} as release ${JSON.stringify(name)}`;
    return {
      gaps: [{ path: at, what, reason: `the name is not valid: Helm wants ${releaseNameRule}`, next: 'Correct the name.' }],
    };
  }
  try {
    const { layers, sets } = await pointerValues(deployable, pointer, workspace, files);
    const deployed = {
      by: resourceLabel(pointer),
      name,
      layers,
      sets,
      includeCrds,
      ...(kubeVersion !== undefined && { kubeVersion }),
      apiVersions,
      environments: environmentsOf(pointer),
    };
    const releases = [{ values: [], namespace, deployed }];
    const folder = chart.folder === '' ? '.' : chart.folder;
    const result = await renderChart({ path: folder, releaseName: name, namespace, hasNamespace: true, releases });
    const [first] = post;
    if (first === undefined) return { result, gaps: [] };
    const what = `chart ${folder} with the post-renderers of this ${pointer.kind}`;
    const path = Object.values(first)[0]?.at ?? at;
    return {
      result,
      gaps: [
        { path, what, reason: 'post-renderers are not applied; the chart was evaluated without them', next: next.renderBefore },
      ],
    };
  } catch (thrown) {
    const { message } = toGateError(thrown).details;
    return { gaps: [{ path: at, what: `chart ${chart.folder}`, reason: message, next: 'Correct what the message names.' }] };
  }
}
