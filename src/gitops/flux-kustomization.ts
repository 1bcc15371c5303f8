import { type JsonValue, stringifyJson } from '../model/json.ts';
import type { CommonMetadata, Deployable, Overrides, Pointer, Substitutions, Unreadable } from './deployable.ts';
import { type KustomizationSpec, kustomizationSpec } from './flux-schema.ts';
import { allData, type FluxSources, fluxDestination, sourceOf } from './flux-sources.ts';
import type { Here } from './here.ts';
import * as next from './next-steps.ts';
import { readSpec } from './read-spec.ts';
import { unavailable } from './unavailable.ts';
import { folderAt, kindOfFolder, present } from './workspace.ts';

/** What a Flux Kustomization deploys. */
export function readFluxKustomization(pointer: Pointer, sources: FluxSources, here: Here): Deployable | Unreadable {
  const read = readSpec(pointer.object, ['spec'], kustomizationSpec);
  if (!read.ok) return read.unreadable;
  const spec = read.value;
  const source = sourceOf(spec.sourceRef, pointer, sources, here);
  const destination = fluxDestination(spec);
  const at = ['spec', spec.path ? 'path' : 'sourceRef'];
  const what = `path ${spec.path ?? '.'} of ${source.label}`;
  const not = (reason: string, step: string) => unavailable(at, destination, what, reason, step);
  if (source.outside !== undefined) return not(source.outside, next.renderBefore);
  if (source.whose === 'elsewhere') return not('it is not in this repository', next.otherRepository);
  if (source.whose === 'other-revision') return not('its source is at another revision than this one', next.otherRevision);
  const folder = folderAt(spec.path ?? '', here.workspace);
  const kind = folder === undefined ? undefined : kindOfFolder(folder, here.workspace);
  if (folder === undefined || kind === undefined)
    return not('this repository has no such folder', `Correct the path. ${next.otherRepository}`);
  const substitutions = substitutionsOf(spec, pointer, sources);
  return {
    kind: 'kustomization',
    at,
    destination,
    folder,
    overrides: overridesOf(spec, folder, here),
    editor: 'flux',
    generate: kind !== 'kustomization',
    ...metadataOf(spec.commonMetadata),
    ...(substitutions !== undefined && { substitutions }),
  };
}

function overridesOf(spec: KustomizationSpec, folder: string, { workspace }: Here): Overrides {
  const set = (value: JsonValue | undefined | null, ...field: readonly string[]) =>
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
      ? undefined
      : { value, at: ['spec', ...field] };
  const found = {
    namespace: set(spec.targetNamespace, 'targetNamespace'),
    namePrefix: set(spec.namePrefix, 'namePrefix'),
    nameSuffix: set(spec.nameSuffix, 'nameSuffix'),
    images: set(fluxImages(spec.images), 'images'),
    patches: patchesOf(spec),
    components: set(present(spec.components, spec.ignoreMissingComponents, folder, workspace), 'components'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** In the order in which kustomize applies the fields. */
function patchesOf({ patches, patchesStrategicMerge, patchesJson6902 }: KustomizationSpec): Overrides['patches'] {
  const merges = (patchesStrategicMerge ?? []).map((patch) => ({ patch: stringifyJson(patch) }));
  const json = (patchesJson6902 ?? []).map((entry) => ({ ...entry, patch: stringifyJson(entry.patch ?? []) }));
  const all = [...merges, ...(patches ?? []), ...json];
  const field = merges.length > 0 ? 'patchesStrategicMerge' : (patches ?? []).length > 0 ? 'patches' : 'patchesJson6902';
  return all.length === 0 ? undefined : { value: all, at: ['spec', field] };
}

/** Nothing where it has neither labels nor annotations. */
export function metadataOf(common: KustomizationSpec['commonMetadata']): { readonly metadata?: CommonMetadata } {
  const { labels, annotations } = common ?? {};
  if (!labels && !annotations) return {};
  return { metadata: { labels: labels ?? {}, annotations: annotations ?? {}, at: ['spec', 'commonMetadata'] } };
}

/** As kustomize's own field has them. */
export function fluxImages(images: KustomizationSpec['images']): readonly { readonly [key: string]: string }[] | undefined {
  return images?.map(({ name, newName, newTag, digest }) => ({
    name,
    ...(newName && { newName }),
    ...(newTag && { newTag }),
    ...(digest && { digest }),
  }));
}

/** `substitute` wins over `substituteFrom`, whose last source wins. A Secret or a ConfigMap of the cluster has values that are not known here. */
function substitutionsOf({ postBuild }: KustomizationSpec, pointer: Pointer, sources: FluxSources): Substitutions | undefined {
  if (!postBuild) return undefined;
  const from = postBuild.substituteFrom ?? [];
  const found = from.map((reference, index) => ({
    reference,
    at: ['spec', 'postBuild', 'substituteFrom', index, 'name'],
    map: reference.kind === 'ConfigMap' ? sources.find(reference, pointer) : undefined,
  }));
  const values: Record<string, Substitutions['values'][string]> = {};
  for (const { map } of found)
    for (const [name, value] of map === undefined ? [] : Object.entries(allData(map)))
      values[name] = { value: onOneLine(value), at: ['data', name], ...(map !== undefined && { of: map }) };
  for (const [name, value] of Object.entries(postBuild.substitute ?? {}))
    values[name] = { value: onOneLine(value), at: ['spec', 'postBuild', 'substitute', name] };
  const unknown = found
    .filter(({ map }) => map === undefined)
    .map(({ reference: { kind, name }, at }) => ({ what: `${kind} ${name}`, at }));
  const doubts = found.flatMap(({ reference: { kind, name }, at, map }) => {
    const reason = map === undefined ? undefined : sources.doubt({ kind, name }, pointer);
    return reason === undefined ? [] : [{ what: `the variables of ${kind} ${name}`, reason, at }];
  });
  // Without any variable Flux leaves the text as it is.
  return unknown.length === 0 && Object.keys(values).length === 0 ? undefined : { values, unknown, doubts };
}

/** Flux removes line breaks from values. */
function onOneLine(value: string): string {
  return value.replaceAll('\n', '');
}
