import type { FieldPath } from '../model/field-path.ts';
import type { ChartSource, Pointer, ReleaseDeployable } from './deployable.ts';
import { type HelmChartSpec, type HelmReleaseSpec, helmChartSpec } from './flux-schema.ts';
import { type FluxSources, sourceOf } from './flux-sources.ts';
import type { Here } from './here.ts';
import * as next from './next-steps.ts';
import { readSpec } from './read-spec.ts';
import { cleanPath, folderAt, kindOfFolder } from './workspace.ts';

type Chart =
  | { readonly source: ChartSource; readonly defaults: NonNullable<ReleaseDeployable['defaults']>; readonly at: FieldPath }
  | { readonly what: string; readonly reason: string; readonly next: string; readonly at: FieldPath };

/** The chart of a HelmRelease: by `chart`, or by a reference to a HelmChart or an OCIRepository. */
export function chartOf({ chart, chartRef }: HelmReleaseSpec, pointer: Pointer, sources: FluxSources, here: Here): Chart {
  if (!chartRef) {
    if (chart) return chartBySpec(chart.spec, ['spec', 'chart', 'spec', 'chart'], pointer, sources, here);
    return { what: 'its chart', reason: 'the HelmRelease names no chart', next: next.vendorChart, at: ['spec'] };
  }
  const at = ['spec', 'chartRef', 'name'];
  const source = sourceOf(chartRef, pointer, sources, here);
  const what = `the chart of ${source.label}`;
  if (chartRef.kind === 'HelmChart') {
    const found = sources.find(chartRef, pointer);
    const read = found === undefined ? undefined : readSpec(found.object, ['spec'], helmChartSpec);
    if (found === undefined || read?.ok !== true)
      return { what, reason: `this repository has no valid ${source.label}`, next: next.vendorChart, at };
    return chartBySpec(read.value, at, found, sources, here);
  }
  if (source.url === undefined) {
    const absent = `this repository has no ${source.label}`;
    return { what, reason: chartRef.kind === 'OCIRepository' ? absent : (source.outside ?? absent), next: next.vendorChart, at };
  }
  const name = source.url.slice(source.url.lastIndexOf('/') + 1);
  const repository = { kind: 'repository', url: parentOf(source.url), name, version: source.version ?? 'latest' } as const;
  return { source: repository, defaults: { files: [], optional: false }, at };
}

function chartBySpec(spec: HelmChartSpec, at: FieldPath, from: Pointer, sources: FluxSources, here: Here): Chart {
  const { chart: name, version, sourceRef } = spec;
  const defaults = defaultsOf(spec);
  const source = sourceOf(sourceRef, from, sources, here);
  const what = `chart ${name}${version ? ` ${version}` : ''} of ${source.label}`;
  const doubt = sources.doubt(sourceRef, from);
  if (doubt !== undefined) return { what, reason: doubt, next: next.renameOne, at };
  if (sourceRef.kind === 'HelmRepository')
    return source.url === undefined
      ? { what, reason: `this repository has no ${source.label}`, next: next.vendorChart, at }
      : { source: { kind: 'repository', url: source.url, name, version: version ?? '' }, defaults, at };
  if (source.outside !== undefined) return { what, reason: source.outside, next: next.vendorChart, at };
  if (source.whose === 'elsewhere') return { what, reason: 'it is in another repository', next: next.otherRepository, at };
  if (source.whose === 'other-revision')
    return { what, reason: 'its source is at another revision than this one', next: next.otherRevision, at };
  const folder = folderAt(name, here.workspace);
  if (folder === undefined || kindOfFolder(folder, here.workspace) !== 'chart')
    return { what, reason: 'this repository has no such chart', next: `Correct the path. ${next.otherRepository}`, at };
  return { source: { kind: 'folder', folder }, defaults, at };
}

/** They take the place of the chart's own values.yaml. */
function defaultsOf({ valuesFiles, valuesFile, ignoreMissingValuesFiles }: HelmChartSpec) {
  const named = [...(valuesFiles ?? []), ...(valuesFile && valuesFiles?.includes(valuesFile) !== true ? [valuesFile] : [])];
  return { files: named.map((file) => cleanPath(file) ?? file), optional: ignoreMissingValuesFiles === true };
}

function parentOf(url: string): string {
  return url.slice(0, Math.max(0, url.lastIndexOf('/')));
}
