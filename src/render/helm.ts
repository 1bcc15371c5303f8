import path from 'node:path';
import { attempt } from '../model/attempt.ts';
import type { Semaphore } from '../model/concurrency.ts';
import type { GateConfig, HelmChart, HelmRelease } from '../model/config.ts';
import { valueAt } from '../model/field-path.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import type { ChartNames } from '../model/source-set.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';
import type { RenderContext } from './context.ts';
import { copyFor } from './found-objects.ts';
import { markRelease } from './helm-again.ts';
import { copyChart, copyValues, type MissingDependency, type ValuesSource, writeLayers } from './helm-copy.ts';
import type { Dependency } from './helm-dependencies.ts';
import { explainHelm } from './helm-errors.ts';
import { evaluatedIn, incompleteGap, type MissingGap, missingGap } from './helm-gaps.ts';
import { fileOfMark, inRepository, isReleaseName, type KnownNames, nameRefused } from './helm-names.ts';
import { type ChartSources, isCrdFile, sourceMarks, templateOrigin } from './helm-origin.ts';
import { conditionsOn, releasesIn, scopeNote } from './helm-scope.ts';
import { type ChartTexts, readTexts } from './helm-texts.ts';
import { undecided } from './helm-undecided.ts';
import { effectiveValues } from './helm-values.ts';
import { type HelmVariant, withVariants } from './helm-variants.ts';
import { readItems } from './objects.ts';
import type { UnitResult } from './plain.ts';
import type { Release } from './provenance.ts';
import { runToolOnce } from './run-tool.ts';

/** Renders every release of a chart; a release that fails leaves the others. */
export async function renderChart(
  chart: HelmChart,
  folder: string,
  names: ChartNames,
  given: GateConfig,
  context: RenderContext & { readonly semaphore: Semaphore },
): Promise<UnitResult> {
  const config = chart.fetched === undefined ? given : { ...given, workspace: chart.fetched.root };
  const { files } = context.ports;
  const copy = path.join(folder, 'chart');
  try {
    const { templates, evaluated, borrowed, fetched, missing, present } = await context.semaphore(async () => {
      const copied = await copyChart(chart, config.workspace, copy, { files, sources: context.sources });
      return { ...(await readTexts(chart, copy, files)), ...copied };
    });
    const conditions = conditionsOn(evaluated);
    const releases = releasesIn(chart, config.environments, conditions);
    const own = (await effectiveValues({ chart, copy, values: [] }, files))?.values;
    const rendering = releases.map((release, index) => {
      const place = {
        copy,
        workdir: path.join(folder, `release-${index}`),
        templates,
        evaluated,
        names: { names, borrowed, fetched },
        missing,
        present,
      };
      const run = (variant: HelmVariant, workdir = place.workdir) =>
        renderRelease(chart, release, { ...place, workdir, variant }, config, context).catch(failure);
      return context.semaphore(() => withVariants(chart, release, { ...place, config, values: own, run }));
    });
    const versions = [...new Set(releases.map((release) => versionFor(release, config)))].join(', ');
    const note = scopeNote(chart, releases, conditions, versions);
    const { gaps = [], ...result } = together((await Promise.all(rendering)).flat());
    return { ...result, gaps: [...gaps, ...undecided(chart, evaluated, own)], ...(note !== undefined && { note }) };
  } catch (thrown) {
    return failure(inChart(thrown, copy, chart));
  }
}

function together(results: readonly UnitResult[]): UnitResult {
  return {
    rendered: results.flatMap(({ rendered }) => rendered),
    failures: results.flatMap(({ failures }) => failures),
    gaps: results.flatMap(({ gaps = [] }) => gaps),
    skipped: results.flatMap(({ skipped = [] }) => skipped),
    evaluated: results.flatMap(({ evaluated = [] }) => evaluated),
    from: new Set(results.flatMap(({ from = [] }) => [...from])),
  };
}

/** A file of the copy is one of the chart to a reader. */
function inChart(thrown: unknown, copy: string, chart: HelmChart): GateError {
  const { code, details } = toGateError(thrown, 'RENDER_FAILED');
  if (details.file?.startsWith(`${copy}/`) !== true) return new GateError(code, details);
  return new GateError(code, { ...details, file: path.posix.join(chart.path, path.relative(copy, details.file)) });
}

function failure(thrown: unknown): UnitResult {
  return { rendered: [], failures: [toGateError(thrown, 'RENDER_FAILED')] };
}

interface Place {
  readonly copy: string;
  readonly workdir: string;
  readonly variant: HelmVariant;
  readonly templates: ChartSources['templates'];
  readonly evaluated: ChartTexts['evaluated'];
  readonly names: KnownNames;
  readonly missing: readonly MissingDependency[];
  readonly present: readonly string[];
}

/** Of its cluster, if its pointer or its environment determines that. */
function versionFor({ deployed, environment = '' }: HelmRelease, { helm }: GateConfig): string {
  const { kubeVersion, kubeVersions = {} } = helm;
  return (
    deployed?.kubeVersion ?? (Object.hasOwn(kubeVersions, environment) ? kubeVersions[environment] : undefined) ?? kubeVersion
  );
}

/** Served by every cluster, but unknown to `helm template`, for which charts then render a version that was removed. */
const everywhere = ['apiregistration.k8s.io/v1', 'apiregistration.k8s.io/v1/APIService'] as const;

async function renderRelease(
  chart: HelmChart,
  release: HelmRelease,
  given: Place,
  config: GateConfig,
  context: RenderContext,
): Promise<UnitResult> {
  const { files } = context.ports;
  await files.makeDir(given.workdir);
  const target = path.join(given.workdir, 'found');
  const place = { ...given, copy: await copyFor(chart, given, { ...config, target, files, sources: context.sources }) };
  const { deployed } = release;
  const { variant } = place;
  const name = variant.name ?? deployed?.name ?? chart.releaseName;
  if (!isReleaseName(name)) throw nameRefused(name, chart);
  const values =
    deployed === undefined
      ? await copyValues(chart, release, config.workspace, place.workdir, files)
      : await writeLayers(deployed.layers, place.workdir, files);
  const named = release.namespace ?? (chart.hasNamespace === true ? chart.namespace : undefined);
  const args = (copy: string): readonly string[] => [
    ...['template', name, copy, '--namespace', variant.namespace ?? named ?? chart.namespace],
    ...(variant.isUpgrade === true ? ['--is-upgrade'] : []),
    ...(deployed?.includeCrds === false ? ['--skip-crds'] : ['--include-crds']),
    ...['--kube-version', versionFor(release, config)],
    ...[...everywhere, ...config.helm.apiVersions, ...(deployed?.apiVersions ?? []), ...(variant.apiVersions ?? [])].flatMap(
      (version) => ['--api-versions', version],
    ),
    ...values.flatMap((file) => ['--values', file.copy]),
    ...(deployed?.sets ?? []),
    ...(deployed?.options ?? []),
  ];
  const reads = [place.copy, ...values.map((file) => file.copy)];
  const result = await runToolOnce('helm', args(place.copy), { reads }, place.workdir, context, config.sandbox);
  if (result.exitCode !== 0) {
    const { error, isIncomplete } = await explainHelm(result, { chart, release, values, copy: place.copy });
    // A helper of a dependency that is missing makes the chart's own templates fail.
    if (!isIncomplete && place.missing.length === 0) throw error;
    return {
      rendered: [],
      failures: [],
      gaps: [incompleteGap(chart, release, error, await missingGaps(chart, release, values, place, config, files))],
    };
  }
  const chartFile = (await readChartFile(chart, config.workspace, files))[0];
  const sources: ChartSources = { chart, templates: place.templates, chartFile };
  const lines = result.stdout.split('\n');
  const markAt = sourceMarks(lines, (mark) =>
    isCrdFile(mark.slice(mark.indexOf('/') + 1)) ? linesOf(fileOfMark(mark, chart, place.names), sources) : 0,
  );
  const documents = readOutput(result.stdout, markAt, sources);
  const read = documents.map((document) => ({ document, ...readItems(document) }));
  const rendered: Release = { ...place, chart, values, args, output: result.stdout, config, context };
  const marks = await markRelease(documents, rendered);
  return {
    rendered: read.flatMap(({ document, items }) =>
      items.map(({ identity, path: at }) => {
        const origin = templateOrigin(sources, markAt(document.line), identity.kind);
        return {
          ...identity,
          ...marks.of(document, at, identity),
          source: { kind: 'helm' as const, unit: chart.path },
          origin: { locate: (field) => inRepository(origin.locate([...at, ...field]), chart, place.names) },
          provenance: { kind: 'helm' as const, release: rendered, line: document.line, at },
          ...(named !== undefined && { releaseNamespace: named }),
          ...(release.environment !== undefined && { environment: release.environment }),
        };
      }),
    ),
    failures: read.flatMap(({ document, failures }) =>
      failures.map((failure) => atTemplate(failure, sources, markAt(document.line))),
    ),
    gaps: await missingGaps(chart, release, values, place, config, files),
    evaluated: evaluatedIn(chart, release, place.present),
    from: new Set(documents.flatMap((document) => fileOfMark(markAt(document.line), chart, place.names) ?? [])),
    skipped: read.flatMap(({ skipped }) => skipped),
  };
}

/** A dependency that is not in the repository, where the values of the release do not switch it off. */
async function missingGaps(
  chart: HelmChart,
  release: HelmRelease,
  values: readonly ValuesSource[],
  { copy, missing }: Place,
  { workspace }: GateConfig,
  files: Files,
): Promise<readonly MissingGap[]> {
  if (missing.length === 0) return [];
  const effective = await effectiveValues({ chart, copy, values }, files);
  const isOff = ({ condition }: Dependency): boolean => {
    const switches = condition.split(',').map((one) => valueAt(effective?.values, one.trim().split('.')));
    return switches.find((value) => typeof value === 'boolean') === false;
  };
  const [chartFile] = await readChartFile(chart, workspace, files);
  return missing.filter((one) => !isOff(one)).map((one) => missingGap(chart, release, one, chartFile));
}

/** Only to find lines: none where it is not strict YAML, since Helm is less strict. */
async function readChartFile(chart: HelmChart, workspace: string, files: Files): Promise<readonly YamlDocument[]> {
  const file = path.posix.join(chart.path, 'Chart.yaml');
  const text = await files.readText(path.join(workspace, file)).catch(() => '');
  return attempt(() => parseYaml({ file, text })) ?? [];
}

/** Helm's output, strictly: what Helm lets pass (a key twice) reads differently in different tools. */
function readOutput(text: string, markAt: (line: number) => string | undefined, sources: ChartSources): readonly YamlDocument[] {
  try {
    return parseYaml({ file: path.posix.join(sources.chart.path, 'Chart.yaml'), text, limit: 'document' });
  } catch (thrown) {
    const failure = toGateError(thrown);
    throw atTemplate(failure, sources, markAt(failure.details.line ?? 1));
  }
}

function linesOf(file: string | undefined, { templates }: ChartSources): number {
  const lines = file === undefined ? undefined : templates.get(file);
  return lines === undefined ? 0 : lines.at(-1) === '' ? lines.length - 1 : lines.length;
}

/** The line of rendered text means nothing to a reader: the template is named instead. */
function atTemplate(failure: GateError, sources: ChartSources, mark: string | undefined): GateError {
  const { file, line } = templateOrigin(sources, mark, '').locate([]);
  const { column: _column, ...details } = failure.details;
  return new GateError(failure.code, { ...details, file, line, message: `rendered: ${details.message}` });
}
