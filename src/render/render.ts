import path from 'node:path';
import { unusedSourceFiles } from '../gitops/unused-source-files.ts';
import { allSettled, createSemaphore } from '../model/concurrency.ts';
import type { GateConfig, HelmChart } from '../model/config.ts';
import { createCounter } from '../model/counter.ts';
import type { PointerGap } from '../model/deployed.ts';
import type { Gap } from '../model/gap.ts';
import { gapOfError } from '../model/gap.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet, SourceUnit } from '../model/manifest-set.ts';
import { once } from '../model/once.ts';
import { shown } from '../model/paths.ts';
import type { PolicyFile } from '../model/policy.ts';
import type { Resource } from '../model/resource.ts';
import type { KustomizeSource, PlainSource, SourceSet } from '../model/source-set.ts';
import { isPointer } from '../model/workloads.ts';
import type { RenderContext } from './context.ts';
import { createEnvironmentMatcher } from './environments.ts';
import { renderChart } from './helm.ts';
import { collectImages } from './images.ts';
import { renderKustomization } from './kustomize.ts';
import { buildAll } from './kustomize-builds.ts';
import { createOverlay, type Overlay } from './kustomize-overlay.ts';
import { readLeftovers } from './leftovers.ts';
import { nestedCharts } from './nested-charts.ts';
import type { Rendered } from './objects.ts';
import { readPlain, type UnitResult } from './plain.ts';
import type { PointersRendered } from './pointers.ts';
import type { Provenance } from './provenance.ts';

interface Job {
  readonly kind: 'plain' | 'helm' | 'kustomize';
  readonly path: string;
  readonly run: () => UnitResult | Promise<UnitResult>;
}
export interface Done extends UnitResult {
  readonly job: Job;
}

export interface RenderedSet extends ManifestSet {
  /** How resources were rendered, by uid; those of plain files are not in it. */
  readonly provenance: ReadonlyMap<string, Provenance>;
}

/** Everything that would be deployed. A unit that does not render is a failure; the others are rendered. */
export async function render(sources: SourceSet, config: GateConfig, context: RenderContext): Promise<RenderedSet> {
  const jobs = createJobs(sources, config, context);
  const [units, built] = await Promise.all([
    runAll([...plainJobs(sources.plain), ...sources.charts.map(jobs.chart)], context),
    buildAll(sources, (some) => runAll(some.map(jobs.kustomization), context)),
  ]);
  const { alone, skipped } = nestedCharts(sources.nestedCharts, filesOf(units));
  const nested = await runAll(alone.map(jobs.chart), context);
  const whole = [...units, ...built.results, ...nested];
  const known = { from: filesOf(whole), isReported: (file: string) => whole.some((one) => hasFailed(one, file)) };
  const left = await readLeftovers([...sources.leftovers, ...built.leftovers], known, config, context.ports.files);
  const own = [...whole, ...(await runAll(plainJobs(left.plain), context))];
  const used = new Set<string>();
  const pointers = await deployedByPointers({ own, built: builtFolders(built.results), used }, jobs, sources, config, context);
  const results = [...own.map((one) => withoutOwnValues(one, pointers.charts)), ...pointers.results];
  const restrictedIn = ({ job, restricted }: Done): readonly Gap[] =>
    restricted === undefined || pointers.unrestricted.has(job.path === '.' ? '' : job.path) ? [] : [restricted];
  const rendered = results.flatMap((result) => result.rendered);
  const resources = identify(rendered, pointers.environments, config);
  const { images, failures } = collectImages(resources, config);
  return {
    resources,
    provenance: new Map(
      rendered.flatMap(({ provenance }, index) => (provenance === undefined ? [] : [[resources[index]?.uid ?? '', provenance]])),
    ),
    images,
    pointers: new Map(rendered.flatMap((one, index) => gapsOf(pointers.gaps.get(one), resources[index]?.uid))),
    units: [...results.map(unitOf), ...sources.policies.map(policyUnit), ...sources.skipped, ...skipped],
    policies: sources.policies,
    failures: [...sources.failures, ...left.failures, ...results.flatMap((result) => result.failures), ...failures],
    gaps: [
      ...sources.gaps,
      ...results.flatMap((result) => [...(result.gaps ?? []), ...restrictedIn(result)]),
      ...unusedSourceFiles(sources.files, used),
    ],
  };
}

/** Loaded only for repositories that have pointers. */
async function deployedByPointers(
  { own, built, used }: { readonly own: readonly Done[]; readonly built: ReadonlyMap<string, Done>; readonly used: Set<string> },
  jobs: ReturnType<typeof createJobs>,
  { kustomizations, parts, skipped, ...found }: Pick<SourceSet, 'files' | 'links' | 'kustomizations' | 'parts' | 'skipped'>,
  config: GateConfig,
  context: RenderContext,
): Promise<PointersRendered<Done>> {
  const rendered = own.flatMap((result) => result.rendered);
  if (!rendered.some(isPointer))
    return { results: [], gaps: new Map(), charts: new Set(), unrestricted: new Set(), environments: new Map() };
  const { renderPointers } = await import('./pointers.ts');
  const { pointerContext } = await import('./pointer-context.ts');
  const run = async (job: Job): Promise<Done> => ({ job, ...(await job.run()) });
  const unbuilt = new Set(
    skipped.flatMap(({ kind, status, path: at }) => (kind === 'kustomize' && status === 'failed' ? [at] : [])),
  );
  const renderers = {
    renderChart: (chart: HelmChart) => run(jobs.chart(chart)),
    build: async (source: KustomizeSource): Promise<Done> => {
      const job = jobs.kustomization(source);
      // Why it is not built is known.
      return unbuilt.has(source.path) ? { job, rendered: [], failures: [] } : { job, ...(await job.run()) };
    },
    readAsIs: async (wanted: readonly string[]) => {
      const some = wanted.filter((file) => parts.has(file)).map((file) => ({ file, isPatch: false, isOwn: true }));
      // What does not parse is a template, or a failure of what it is a part of.
      const read = await readLeftovers(some, { from: new Set(), isReported: () => true }, config, context.ports.files);
      return runAll(plainJobs(read.plain), context);
    },
    isUnrestricted: (folder: string) =>
      kustomizations.some(({ path: one, isUnrestricted }) => one === shown(folder) && isUnrestricted === true),
  };
  return renderPointers({ rendered, built }, { ...(await pointerContext(found, config, context, used)), ...renderers });
}

function gapsOf(
  gaps: readonly PointerGap[] | undefined,
  uid: string | undefined,
): readonly (readonly [string, readonly PointerGap[]])[] {
  return gaps === undefined || uid === undefined ? [] : [[uid, gaps]];
}

function builtFolders(results: readonly Done[]): ReadonlyMap<string, Done> {
  return new Map(results.map((done) => [done.job.path === '.' ? '' : done.job.path, done]));
}

/** A chart that pointers deploy need not render with its own values alone: that it does not is a gap. */
function withoutOwnValues(done: Done, charts: ReadonlySet<string>): Done {
  const { job, failures } = done;
  if (job.kind !== 'helm' || failures.length === 0 || !charts.has(job.path === '.' ? '' : job.path)) return done;
  const next =
    'Add values with which the chart renders, list its releases under `helm.charts` of .k8s-gate.yaml, or waive gate/not-evaluated for it.';
  const gaps = failures.map((failure) =>
    gapOfError(failure, job.path, { subject: `chart ${job.path} with its own values`, next, unit: job.path }),
  );
  return { ...done, failures: [], gaps: [...(done.gaps ?? []), ...gaps] };
}

function hasFailed({ job, failures }: Done, file: string): boolean {
  return failures.length > 0 && (job.path === '.' || file.startsWith(`${job.path}/`));
}

function filesOf(results: readonly UnitResult[]): ReadonlySet<string> {
  return new Set(results.flatMap(({ from = [] }) => [...from]));
}

/** In parallel. No job should throw; if one does, it does so after all have ended. */
function runAll(jobs: readonly Job[], { signal }: RenderContext): Promise<readonly Done[]> {
  return allSettled(jobs.map(async (job) => ({ job, ...(await job.run()) }))).finally(() => {
    if (signal.aborted) throw new GateError('RENDER_FAILED', { message: 'rendering was cancelled' });
  });
}

/** What renders one release or kustomization runs up to two processes. */
const processesEach = 2;

function createJobs(sources: SourceSet, config: GateConfig, context: RenderContext) {
  const semaphore = createSemaphore(Math.ceil(config.concurrency / processesEach));
  let count = 0;
  // Made only if something was fetched: it is a copy of the repository.
  const overlay = once(async () => {
    const { sources: outside, tempDir } = context;
    const isFetched = [...sources.bases.values()].some(({ status }) => status === 'fetched');
    const hasCharts = [...sources.kustomizeContents.values()].some((one) => one.hasCharts);
    if (outside === undefined || !(isFetched || hasCharts)) return undefined;
    return createOverlay(sources, config, path.join(tempDir, 'overlay'), { ...context, sources: outside });
  });
  const newFolder = (): string => path.join(context.tempDir, `unit-${count++}`);
  const counter = createCounter(context.ports.log, 'rendering');
  const counted = (run: () => Promise<UnitResult>): Job['run'] => {
    counter.add(1);
    return () => run().finally(counter.done);
  };
  const overlayFor = async (unit: string): Promise<Overlay | undefined> => {
    const whole = await overlay();
    return whole?.uses(unit === '.' ? '' : unit) === true ? whole : undefined;
  };
  return {
    chart(chart: HelmChart): Job {
      const folder = newFolder();
      const run = () => renderChart(chart, folder, sources.chartNames, config, { ...context, semaphore });
      return { kind: 'helm', path: chart.path, run: counted(run) };
    },
    kustomization(source: KustomizeSource): Job {
      const folder = newFolder();
      return {
        kind: 'kustomize',
        path: source.path,
        run: counted(() => semaphore(() => renderKustomization(source, folder, config, context, () => overlayFor(source.path)))),
      };
    },
  };
}

function plainJobs(sources: readonly PlainSource[]): readonly Job[] {
  return sources.map((source) => ({ kind: 'plain', path: source.path, run: () => readPlain(source) }));
}

/** Uids count in the order of the sources, which is sorted: the same input has the same ones. */
function identify(
  rendered: readonly Rendered[],
  deployedTo: ReadonlyMap<Rendered, ReadonlySet<string>>,
  config: GateConfig,
): readonly Resource[] {
  const environmentsOf = createEnvironmentMatcher(config.environments);
  // A pointer adds environments and takes none away: somebody else may deploy the same manifest.
  const allOf = (one: Rendered): readonly string[] => {
    const [own, added] = [environmentsOf(one), deployedTo.get(one)];
    if (added === undefined) return own;
    return config.environments.map(({ name }) => name).filter((name) => own.includes(name) || added.has(name));
  };
  return rendered.map((one, index) => {
    const { apiVersion, kind, name, namespace, object, source, origin, stableName, stableObject, testHook } = one;
    const uid = `obj-${String(index + 1).padStart(6, '0')}`;
    const own = { uid, apiVersion, kind, name, object, source, environments: allOf(one), origin };
    const named = namespace === undefined ? own : { ...own, namespace };
    if (stableName === undefined && stableObject === undefined && testHook === undefined) return named;
    return {
      ...named,
      ...(stableName !== undefined && { stableName }),
      ...(stableObject !== undefined && { stableObject }),
      ...(testHook !== undefined && { testHook }),
    };
  });
}

function unitOf({ job, rendered, failures, gaps = [], note, skipped = [], evaluated = [] }: Done): SourceUnit {
  const problem = failures[0]?.details.message ?? gaps.find(({ unit }) => unit !== undefined)?.reason;
  const remarks = [...leftOut(skipped), ...(note === undefined ? [] : [note])];
  const count = `${rendered.length} resource${rendered.length === 1 ? '' : 's'}`;
  const reason = problem ?? (remarks.length === 0 ? undefined : [count, ...remarks].join('; '));
  return {
    kind: job.kind,
    path: job.path,
    status: problem === undefined ? 'rendered' : 'failed',
    resources: rendered.length,
    ...(reason !== undefined && { reason }),
    ...(evaluated.length > 0 && { evaluated }),
  };
}

function leftOut([first, ...more]: readonly string[]): readonly string[] {
  return first === undefined ? [] : [`skipped: ${first}${more.length === 0 ? '' : `, and ${more.length} more`}`];
}

function policyUnit({ file, language }: PolicyFile): SourceUnit {
  return { kind: 'policy', path: file, status: 'rendered', resources: 0, reason: `${language} policy` };
}
