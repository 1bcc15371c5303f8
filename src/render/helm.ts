import path from 'node:path';
import type { GateConfig, HelmChart, HelmRelease } from '../model/config.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';
import type { RenderContext } from './context.ts';
import { copyChart, copyValues, type ValuesFile } from './helm-copy.ts';
import { explainHelm } from './helm-errors.ts';
import { type ChartSources, helmOrigin, sourceMark } from './helm-origin.ts';
import { traceRelease } from './helm-trace.ts';
import { readItems } from './objects.ts';
import type { UnitResult } from './plain.ts';
import { runToolOnce } from './run-tool.ts';
import type { Turns } from './turns.ts';

/** Renders every release of a chart; a release that fails leaves the others. */
export async function renderChart(
  chart: HelmChart,
  folder: string,
  config: GateConfig,
  context: RenderContext & { readonly turns: Turns },
): Promise<UnitResult> {
  const { files } = context.ports;
  const copy = path.join(folder, 'chart');
  try {
    const templates = await context.turns(async () => {
      await copyChart(chart, config.workspace, copy, files);
      return readTemplates(chart, copy, files);
    });
    const releases = chart.releases.map((release, index) => {
      const place = { copy, workdir: path.join(folder, `release-${index}`), templates };
      return context.turns(() => renderRelease(chart, release, place, config, context)).catch(failure);
    });
    const results = await Promise.all(releases);
    return { rendered: results.flatMap(({ rendered }) => rendered), failures: results.flatMap(({ failures }) => failures) };
  } catch (thrown) {
    return failure(thrown);
  }
}

function failure(thrown: unknown): UnitResult {
  return { rendered: [], failures: [toGateError(thrown, 'RENDER_FAILED')] };
}

interface Place {
  readonly copy: string;
  readonly workdir: string;
  readonly templates: ChartSources['templates'];
}

async function renderRelease(
  chart: HelmChart,
  release: HelmRelease,
  place: Place,
  config: GateConfig,
  context: RenderContext,
): Promise<UnitResult> {
  const { files } = context.ports;
  await files.makeDir(place.workdir);
  const values = await copyValues(chart, release, config.workspace, place.workdir, files);
  const args = (copy: string): readonly string[] => [
    ...['template', chart.releaseName, copy, '--namespace', chart.namespace, '--include-crds'],
    ...['--kube-version', config.helm.kubeVersion],
    ...config.helm.apiVersions.flatMap((version) => ['--api-versions', version]),
    ...values.flatMap((file) => ['--values', file.copy]),
  ];
  const reads = [place.copy, ...values.map((file) => file.copy)];
  const result = await runToolOnce('helm', args(place.copy), { reads }, place.workdir, context, config.sandbox);
  const own = [await ownFile(chart, 'values.yaml', place.copy, files)];
  if (result.exitCode !== 0) throw await explainHelm(result, { chart, release, values, copy: place.copy, files });
  const chartFile = readValues(await ownFile(chart, 'Chart.yaml', place.copy, files))[0];
  const sources: ChartSources = { chart, templates: place.templates, values: [...own, ...values].flatMap(readValues), chartFile };
  const lines = result.stdout.split('\n');
  const documents = readOutput(result.stdout, lines, sources);
  const read = documents.map((document) => ({ document, ...readItems(document) }));
  const traced = { ...place, chart, values, args, output: result.stdout };
  const trace = read.some(({ items }) => items.length > 0) ? await traceRelease(traced, config, context) : undefined;
  return {
    rendered: read.flatMap(({ document, items }) =>
      items.map(({ identity, path: at }) => {
        const origin = helmOrigin(sources, sourceMark(lines, document.line), identity.kind, trace?.documentAt(document.line));
        return {
          ...identity,
          source: { kind: 'helm' as const, unit: chart.path },
          origin: at.length === 0 ? origin : { locate: (field) => origin.locate([...at, ...field]) },
          releaseNamespace: chart.namespace,
          ...(release.environment !== undefined && { environment: release.environment }),
        };
      }),
    ),
    failures: read.flatMap(({ document, failures }) =>
      failures.map((failure) => atTemplate(failure, sources, sourceMark(lines, document.line))),
    ),
  };
}

/** Helm's output, strictly: what Helm lets pass (a key twice) reads differently in different tools. */
function readOutput(text: string, lines: readonly string[], sources: ChartSources): readonly YamlDocument[] {
  try {
    return parseYaml({ file: path.posix.join(sources.chart.path, 'Chart.yaml'), text });
  } catch (thrown) {
    const failure = toGateError(thrown);
    throw atTemplate(failure, sources, sourceMark(lines, failure.details.line ?? 1));
  }
}

/** The line of rendered text means nothing to a reader: the template is named instead. */
function atTemplate(failure: GateError, sources: ChartSources, mark: string | undefined): GateError {
  const { file, line } = helmOrigin(sources, mark, '').locate([]);
  const { column: _column, ...details } = failure.details;
  return new GateError(failure.code, { ...details, file, line, message: `rendered: ${details.message}` });
}

async function readTemplates(chart: HelmChart, copy: string, files: Files): Promise<ChartSources['templates']> {
  const found = new Map<string, readonly string[]>();
  for (const file of await files.walk(copy, () => false)) {
    if (!/(?:^|\/)(?:templates|crds)\/.*\.(?:ya?ml|tpl|txt|json)$/.test(file.path)) continue;
    found.set(path.posix.join(chart.path, file.path), (await files.readText(path.join(copy, file.path))).split('\n'));
  }
  return found;
}

async function ownFile(chart: HelmChart, name: string, copy: string, files: Files): Promise<ValuesFile> {
  const own = path.join(copy, name);
  const text = (await files.stat(own)) === undefined ? '{}' : await files.readText(own);
  return { file: path.posix.join(chart.path, name), text, copy: own };
}

/** Only to find lines: Helm is less strict, and what it took is not refused here. */
function readValues({ file, text }: ValuesFile): readonly YamlDocument[] {
  try {
    const [first] = parseYaml({ file, text });
    return [first ?? { value: {}, line: 1, locate: () => ({ file, line: 1, precision: 'file' }) }];
  } catch {
    return [];
  }
}
