import { dottedSteps, nestedAt, stringifyJson } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { ChartSource, Deployable, Overrides, Parameter, Pointer, Unreadable, ValuesLayer } from './deployable.ts';
import { fluxImages, metadataOf } from './flux-kustomization.ts';
import { type HelmReleaseSpec, helmReleaseSpec } from './flux-schema.ts';
import { dataOf, type FluxSources, fluxDestination, sourceOf } from './flux-sources.ts';
import type { Here } from './here.ts';
import * as next from './next-steps.ts';
import { readSpec } from './read-spec.ts';
import { cleanPath, folderAt, kindOfFolder } from './workspace.ts';

/** What a Flux HelmRelease deploys, and what of its values is not known here. */
export function readHelmRelease(pointer: Pointer, sources: FluxSources, here: Here): readonly (Deployable | Unreadable)[] {
  const read = readSpec(pointer.object, ['spec'], helmReleaseSpec);
  if (!read.ok) return [read.unreadable];
  const spec = read.value;
  const destination = fluxDestination(spec);
  const chart = chartOf(spec, pointer, sources, here);
  if ('reason' in chart) return [{ kind: 'unavailable', destination, ...chart }];
  const { values, parameters, unknown } = valuesFrom(spec, pointer, sources);
  const inline: readonly ValuesLayer[] = spec.values ? [{ kind: 'inline', values: spec.values, at: ['spec', 'values'] }] : [];
  const namespace = spec.targetNamespace || pointer.namespace || 'default';
  const defaults = spec.chart?.spec.valuesFiles?.map((file) => cleanPath(file) ?? file) ?? [];
  return [
    {
      kind: 'release',
      at: chart.at,
      destination,
      chart: chart.source,
      ...(defaults.length > 0 && { defaults }),
      name: spec.releaseName || (spec.targetNamespace ? `${spec.targetNamespace}-${pointer.name}` : pointer.name),
      namespace,
      values: [...values, ...inline],
      parameters,
      includeCrds: spec.install?.crds !== 'Skip',
      apiVersions: [],
      post: postOf(spec),
      ...metadataOf(spec.commonMetadata),
    },
    ...unknown.map(({ what, at }) => ({
      kind: 'unavailable' as const,
      at,
      destination,
      what: `the values of ${what}`,
      reason: 'they are not in this repository',
      next: 'Keep the values in the HelmRelease or in a ConfigMap of this repository, or waive gate/not-evaluated for it.',
    })),
  ];
}

type Chart =
  | { readonly source: ChartSource; readonly at: readonly string[] }
  | { readonly what: string; readonly reason: string; readonly next: string; readonly at: readonly string[] };

function chartOf({ chart, chartRef }: HelmReleaseSpec, pointer: Pointer, sources: FluxSources, here: Here): Chart {
  if (chartRef) {
    const at = ['spec', 'chartRef', 'name'];
    const source = sourceOf(chartRef, pointer, sources, here);
    if (source.url === undefined)
      return {
        what: `the chart of ${source.label}`,
        reason:
          chartRef.kind === 'OCIRepository'
            ? `this repository has no ${source.label}`
            : (source.outside ?? `this repository has no ${source.label}`),
        next: next.vendorChart,
        at,
      };
    const name = source.url.slice(source.url.lastIndexOf('/') + 1);
    return { source: { kind: 'repository', url: parentOf(source.url), name, version: source.version ?? 'latest' }, at };
  }
  if (!chart) return { what: 'its chart', reason: 'the HelmRelease does not name a chart', next: next.vendorChart, at: ['spec'] };
  const { chart: name, version, sourceRef } = chart.spec;
  const at = ['spec', 'chart', 'spec', 'chart'];
  const source = sourceOf(sourceRef, pointer, sources, here);
  const what = `chart ${name}${version ? ` ${version}` : ''} of ${source.label}`;
  if (sourceRef.kind === 'HelmRepository')
    return source.url === undefined
      ? { what, reason: `this repository has no ${source.label}`, next: next.vendorChart, at }
      : { source: { kind: 'repository', url: source.url, name, version: version ?? '' }, at };
  if (source.outside !== undefined) return { what, reason: source.outside, next: next.vendorChart, at };
  if (source.whose === 'elsewhere') return { what, reason: 'it is in another repository', next: next.otherRepository, at };
  if (source.whose === 'other-revision')
    return { what, reason: 'its source is at another revision than this one', next: next.otherRevision, at };
  const folder = folderAt(name, here.workspace);
  if (folder === undefined || kindOfFolder(folder, here.workspace) !== 'chart')
    return { what, reason: 'this repository has no such chart', next: `Correct the path. ${next.otherRepository}`, at };
  return { source: { kind: 'folder', folder }, at };
}

function parentOf(url: string): string {
  return url.slice(0, Math.max(0, url.lastIndexOf('/')));
}

/** In their order, before `values`: https://fluxcd.io/flux/components/helm/helmreleases/#values-references */
function valuesFrom(spec: HelmReleaseSpec, pointer: Pointer, sources: FluxSources) {
  const values: ValuesLayer[] = [];
  const parameters: Parameter[] = [];
  const unknown: { readonly what: string; readonly at: readonly (string | number)[] }[] = [];
  for (const [index, reference] of (spec.valuesFrom ?? []).entries()) {
    const at = ['spec', 'valuesFrom', index, 'name'];
    const { kind, name, valuesKey, targetPath } = reference;
    const map = kind === 'ConfigMap' ? sources.find({ kind, name }, pointer) : undefined;
    const key = valuesKey || 'values.yaml';
    const text = map === undefined ? undefined : dataOf(map, key);
    if (map === undefined || text === undefined) unknown.push({ what: `${kind} ${name}`, at });
    else {
      const from = { at: ['data', key], of: map };
      values.push({ kind: 'text', text: targetPath ? atPath(targetPath, text) : text, ...from });
    }
  }
  return { values, parameters, unknown };
}

/** One value at a path of the values, as `--set` would put it there. */
function atPath(targetPath: string, text: string): string {
  const written = /[\n:#{}[\],&*!|>'"%@`]/.test(text) ? JSON.stringify(text) : text;
  const value = parseYaml({ file: targetPath, text: written })[0]?.value ?? '';
  return stringifyJson(nestedAt(dottedSteps(targetPath), value));
}

/** What Flux changes in what the chart rendered, in order. */
function postOf({ postRenderers }: HelmReleaseSpec): readonly Overrides[] {
  const steps = (postRenderers ?? []).map(({ kustomize }, index): Overrides => {
    const at = ['spec', 'postRenderers', index, 'kustomize'];
    const images = fluxImages(kustomize?.images);
    const merges = kustomize?.patchesStrategicMerge?.map((patch) => ({ patch: stringifyJson(patch) })) ?? [];
    const jsonPatches = kustomize?.patchesJson6902?.map((entry) => ({ ...entry, patch: stringifyJson(entry.patch ?? []) })) ?? [];
    const patches = [...(kustomize?.patches ?? []), ...merges, ...jsonPatches];
    return {
      ...(images && images.length > 0 && { images: { value: images, at: [...at, 'images'] } }),
      ...(patches.length > 0 && { patches: { value: patches, at: [...at, 'patches'] } }),
    };
  });
  return steps.filter((step) => Object.keys(step).length > 0);
}
