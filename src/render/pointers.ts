import type { Deployable, Destination, ReleaseDeployable, Unreadable } from '../gitops/deployable.ts';
import * as next from '../gitops/next-steps.ts';
import { isReadable, type ResolveContext, resolve } from '../gitops/resolve.ts';
import type { HelmChart } from '../model/config.ts';
import type { PointerGap } from '../model/deployed.ts';
import { toGateError } from '../model/gate-error.ts';
import { resourceLabel } from '../model/resource.ts';
import type { KustomizeSource } from '../model/source-set.ts';
import type { Sources } from '../model/sources.ts';
import type { Files } from '../ports/ports.ts';
import { fetchedGaps } from './helm-gaps.ts';
import { isReleaseName, releaseNameRule } from './helm-names.ts';
import type { Rendered } from './objects.ts';
import { placedPointer } from './placed-pointer.ts';
import type { UnitResult } from './plain.ts';
import { createBuilder } from './pointer-builds.ts';
import { pointerChart } from './pointer-chart.ts';
import { createReader } from './pointer-files.ts';
import { afterRendering } from './pointer-post.ts';
import { pointerValues } from './pointer-values.ts';

import type { PostRender } from './post-render.ts';

/** How the gate renders, and the repository that it renders. */
export interface PointerContext<T extends UnitResult> extends ResolveContext {
  readonly workspace: string;
  readonly files: Files;
  readonly environmentsOf: (resource: Rendered) => readonly string[];
  readonly environmentsAt: (destination: Destination) => readonly string[];
  readonly renderChart: (chart: HelmChart) => Promise<T>;
  /** Absent: nothing is fetched. */
  readonly sources?: Sources;
  readonly build: (source: KustomizeSource) => Promise<T>;
  readonly postRender: PostRender;
  /** Whether a kustomization may read files of other folders. */
  readonly isUnrestricted: (folder: string) => boolean;
  /** Files that are parts of charts and kustomizations, each on its own. */
  readonly readAsIs: (files: readonly string[]) => Promise<readonly T[]>;
}

export interface PointersRendered<T extends UnitResult> {
  readonly results: readonly T[];
  /** Every pointer that was read, with what of it was not rendered. */
  readonly gaps: ReadonlyMap<Rendered, readonly PointerGap[]>;
  /** Folders of charts that a pointer deploys. */
  readonly charts: ReadonlySet<string>;
  /** Folders of kustomizations whose deployer reads files of other folders. */
  readonly unrestricted: ReadonlySet<string>;
  /** Environments of the pointers that deploy a resource, in addition to its own. */
  readonly environments: ReadonlyMap<Rendered, ReadonlySet<string>>;
}

/** What was rendered so far, with the kustomizations that were built. */
export interface RenderedBefore<T extends UnitResult> {
  readonly rendered: readonly Rendered[];
  readonly built: ReadonlyMap<string, T>;
}

/** Applications that deploy Applications: deeper ones are a gap. */
const maxDepth = 5;

/**
 * Renders what Applications, HelmReleases and the like among the resources deploy, and what those deploy in turn. What was rendered without
 * overrides before is not rendered again.
 */
export async function renderPointers<T extends UnitResult>(
  before: RenderedBefore<T>,
  context: PointerContext<T>,
): Promise<PointersRendered<T>> {
  const gaps = new Map<Rendered, readonly PointerGap[]>();
  const rounds: (readonly Round<T>[])[] = [];
  const superseded = new Set<Rendered>();
  const charts = new Set<string>();
  const unrestricted = new Set<string>();
  const environments = new Map<Rendered, Set<string>>();
  const seen = new Set<string>();
  const all = [...before.rendered];
  const renderer = createRenderer(before, context);
  let open: readonly Rendered[] = before.rendered;
  for (let depth = 0; open.some(isReadable); depth += 1) {
    const known = [...all];
    const resolved = await resolve(open.filter(isReadable), all, context);
    const found = await Promise.all(
      resolved.map(async ({ pointer, found: deployables }) => {
        const own: PointerGap[] = [];
        const ended: T[] = [];
        const inherited = [...context.environmentsOf(pointer), ...(environments.get(pointer) ?? [])];
        for (const deployable of deployables) {
          if (!('kind' in deployable) || deployable.kind === 'unavailable') own.push(gapOf(deployable));
          else if (depth >= maxDepth) own.push(tooDeep(deployable));
          else {
            const where = [...new Set([...inherited, ...context.environmentsAt(deployable.destination)])];
            const key = keyOf(deployable, where);
            if (seen.has(key)) continue;
            seen.add(key);
            const made = await renderer(deployable, await placedPointer(pointer, deployable, context), known);
            own.push(...made.gaps);
            for (const one of made.superseded ?? []) superseded.add(one);
            if (made.isUnrestricted === true && deployable.kind === 'kustomization') unrestricted.add(deployable.folder);
            for (const one of made.deployed) environments.set(one, new Set([...(environments.get(one) ?? []), ...where]));
            ended.push(...made.results);
            const isRendered = made.deployed.length > 0 && made.results.every(({ failures }) => failures.length === 0);
            if (isRendered && deployable.kind === 'release' && deployable.chart.kind === 'folder')
              charts.add(deployable.chart.folder);
          }
        }
        return { pointer, own, ended };
      }),
    );
    rounds.push(found);
    const ended = found.flatMap((one) => one.ended);
    open = ended.flatMap(({ rendered }) => rendered);
    all.push(...open);
  }
  // What fails with `${NAME}` in place of a value proves nothing about what is deployed.
  const whole = rounds.flat().map((round) => (superseded.has(round.pointer) ? withoutProblems(round) : round));
  for (const { pointer, own } of whole) gaps.set(pointer, own);
  return { results: whole.flatMap(({ ended }) => ended), gaps, charts, unrestricted, environments };
}

/** What a pointer deploys, with its gaps. */
interface Round<T> {
  readonly pointer: Rendered;
  readonly own: readonly PointerGap[];
  readonly ended: readonly T[];
}

function withoutProblems<T extends UnitResult>({ pointer, ended }: Round<T>): Round<T> {
  return { pointer, own: [], ended: ended.map((one) => ({ ...one, failures: [], gaps: [] })) };
}

function gapOf(one: Extract<Deployable, { kind: 'unavailable' }> | Unreadable): PointerGap {
  if ('what' in one) return { path: one.at, what: one.what, reason: one.reason, next: one.next };
  return { path: one.at, what: 'what it deploys', reason: one.reason, next: one.next ?? 'Correct the field.' };
}

function tooDeep({ at }: Deployable): PointerGap {
  return {
    path: at,
    what: 'what it deploys',
    reason: `it is deployed through more than ${maxDepth} others`,
    next: next.renderBefore,
  };
}

/** Two with the same key deploy the same, to the same environments. */
function keyOf(deployable: Deployable, environments: readonly string[]): string {
  return JSON.stringify([deployable, environments], (key, value: unknown) =>
    // Only where a value is written, and a whole resource.
    key === 'of' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
  );
}

export interface Made<T> {
  /** Empty: it was rendered before. */
  readonly results: readonly T[];
  /** What the pointer deploys, rendered before or now. */
  readonly deployed: readonly Rendered[];
  readonly gaps: readonly PointerGap[];
  /** Pointers that are deployed with their variables filled in, as they were before that. */
  readonly superseded?: readonly Rendered[];
  /** The deployer lets kustomize read files of other folders. */
  readonly isUnrestricted?: boolean;
}

function createRenderer<T extends UnitResult>(before: RenderedBefore<T>, context: PointerContext<T>) {
  const asIs = createReader(before, context);
  const build = createBuilder(before, context, asIs);
  return async (
    deployable: Exclude<Deployable, { kind: 'unavailable' }>,
    pointer: Rendered,
    known: readonly Rendered[],
  ): Promise<Made<T>> => {
    if (deployable.kind === 'directory') {
      return { ...(await asIs(new Set(deployable.files))), gaps: [] };
    }
    return deployable.kind === 'release' ? release(deployable, pointer, known, context) : build(deployable, pointer, known);
  };
}

async function release<T extends UnitResult>(
  deployable: ReleaseDeployable,
  pointer: Rendered,
  known: readonly Rendered[],
  context: PointerContext<T>,
): Promise<Made<T>> {
  const { workspace, files, sources, renderChart } = context;
  const { name, namespace, includeCrds, options = [], kubeVersion, apiVersions, at } = deployable;
  const found = await pointerChart(deployable, pointer, sources);
  if ('reason' in found) return notRendered({ path: at, ...found });
  const { what, path: folder, fetched } = found;
  if (!isReleaseName(name)) {
    return notRendered({
      path: at,
      what: `${what} as release ${JSON.stringify(name)}`,
      reason: `the name is not valid: Helm accepts ${releaseNameRule}`,
      next: 'Correct the name.',
    });
  }
  try {
    const { layers, sets } = await pointerValues(deployable, pointer, known, { workspace, ...found }, files);
    const settings = {
      by: resourceLabel(pointer),
      name,
      layers,
      sets,
      includeCrds,
      options,
      ...(kubeVersion !== undefined && { kubeVersion }),
      apiVersions,
    };
    const one = { values: [], namespace, deployed: settings };
    const chart = {
      path: folder,
      releaseName: name,
      namespace,
      hasNamespace: true,
      releases: [one],
      ...(deployable.defaults !== undefined && { withoutValues: true }),
      ...(fetched && { fetched }),
    };
    const built = await renderChart(chart);
    const result = fetched === undefined ? built : { ...built, failures: [], gaps: fetchedGaps(chart, one, built) };
    const { rendered, gaps } = await afterRendering(result.rendered, deployable, pointer, known, context);
    return { results: [{ ...result, rendered }], deployed: rendered, gaps };
  } catch (thrown) {
    const { message } = toGateError(thrown).details;
    return notRendered({ path: at, what, reason: message, next: 'Correct the reported problem.' });
  }
}

function notRendered(gap: PointerGap): Made<never> {
  return { results: [], deployed: [], gaps: [gap] };
}
