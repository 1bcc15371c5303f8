import type { FieldPath } from '../model/field-path.ts';
import { dottedSteps, type JsonValue, nestedAt, stringifyJson } from '../model/json.ts';
import type { Deployable, Overrides, Pointer, Unreadable, ValuesLayer } from './deployable.ts';
import { chartOf } from './flux-chart.ts';
import { fluxImages, metadataOf } from './flux-kustomization.ts';
import { type HelmReleaseSpec, helmReleaseSpec } from './flux-schema.ts';
import { dataOf, type FluxSources, fluxDestination } from './flux-sources.ts';
import type { Here } from './here.ts';
import { readSpec } from './read-spec.ts';

/** What a Flux HelmRelease deploys, and what of its values is not known here. */
export function readHelmRelease(pointer: Pointer, sources: FluxSources, here: Here): readonly (Deployable | Unreadable)[] {
  const read = readSpec(pointer.object, ['spec'], helmReleaseSpec);
  if (!read.ok) return [read.unreadable];
  const spec = read.value;
  const destination = fluxDestination(spec);
  const chart = chartOf(spec, pointer, sources, here);
  if ('reason' in chart) return [{ kind: 'unavailable', destination, ...chart }];
  const { values, unknown } = valuesFrom(spec, pointer, sources);
  const inline: readonly ValuesLayer[] = spec.values ? [{ kind: 'inline', values: spec.values, at: ['spec', 'values'] }] : [];
  const namespace = spec.targetNamespace || pointer.namespace || 'default';
  return [
    {
      kind: 'release',
      at: chart.at,
      destination,
      chart: chart.source,
      ...(chart.defaults.files.length > 0 && { defaults: chart.defaults }),
      name: spec.releaseName || (spec.targetNamespace ? `${spec.targetNamespace}-${pointer.name}` : pointer.name),
      namespace,
      values: [...values, ...inline],
      parameters: [],
      includeCrds: spec.install?.crds !== 'Skip',
      apiVersions: [],
      post: postOf(spec),
      ...metadataOf(spec.commonMetadata),
    },
    ...unknown.map((one) => ({
      kind: 'unavailable' as const,
      destination,
      ...one,
      next: 'Keep the values in the HelmRelease or in a ConfigMap of this repository, or waive gate/not-evaluated for it.',
    })),
  ];
}

interface Unknown {
  readonly what: string;
  readonly reason: string;
  readonly at: FieldPath;
}

/** In their order, before `values`: https://fluxcd.io/flux/components/helm/helmreleases/#values-references */
function valuesFrom(spec: HelmReleaseSpec, pointer: Pointer, sources: FluxSources) {
  const values: ValuesLayer[] = [];
  const unknown: Unknown[] = [];
  for (const [index, reference] of (spec.valuesFrom ?? []).entries()) {
    const at = ['spec', 'valuesFrom', index, 'name'];
    const { kind, name, valuesKey, targetPath } = reference;
    const map = kind === 'ConfigMap' ? sources.find({ kind, name }, pointer) : undefined;
    const key = valuesKey || 'values.yaml';
    const text = map === undefined ? undefined : dataOf(map, key);
    const what = `the values of ${kind} ${name}`;
    const doubt = kind === 'ConfigMap' ? sources.doubt({ kind, name }, pointer) : undefined;
    if (doubt !== undefined) unknown.push({ what, at, reason: doubt });
    if (map === undefined || text === undefined) unknown.push({ what, at, reason: 'they are not in this repository' });
    else {
      const written = targetPath ? atPath(targetPath, text) : text;
      if (written === undefined)
        unknown.push({ what, at, reason: 'its text sets several values or items of a list, which the gate does not read' });
      else values.push({ kind: 'text', text: written, at: ['data', key], of: map });
    }
  }
  return { values, unknown };
}

/**
 * One value at a path of the values, as `--set` would put it there; undefined for a list, or for what sets more than this path.
 * https://github.com/fluxcd/pkg/blob/main/chartutil/values.go
 */
function atPath(targetPath: string, text: string): string | undefined {
  if (/[[\]{},=]/.test(targetPath)) return undefined;
  const quoted = /^(["'])[\s\S]*\1$/.exec(text);
  if (quoted === null && /[,\\]|^\s*\{/.test(text)) return undefined;
  const value = quoted === null ? typed(text) : text.replaceAll(new RegExp(`^${quoted[1]}+|${quoted[1]}+$`, 'g'), '');
  return stringifyJson(nestedAt(dottedSteps(targetPath), value));
}

function typed(text: string): JsonValue {
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^(?:0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
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
