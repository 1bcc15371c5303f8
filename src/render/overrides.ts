import type { BuildDeployable, OverrideField } from '../gitops/deployable.ts';
import { substitute } from '../gitops/substitute.ts';
import type { PointerGap } from '../model/deployed.ts';
import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import { shown } from '../model/paths.ts';
import type { Rendered } from './objects.ts';

/** The fields of a kustomization that a pointer adds, as kustomize reads them. */
export function fieldsOf({ overrides }: BuildDeployable, ownImages: JsonValue | undefined): JsonObject {
  const fields = Object.entries(overrides).map(([field, { value }]): readonly [string, JsonValue] => [field, value]);
  const { images, ...rest } = Object.fromEntries(fields);
  return { ...rest, ...(isArray(images) && { images: images.map((image) => afterOwn(image, ownImages)) }) };
}

/**
 * Argo CD and Flux replace an entry of the kustomization's own `images`. The gate's is applied after that one, and so has to name the image as it
 * is then.
 */
function afterOwn(image: JsonValue, ownImages: JsonValue | undefined): JsonValue {
  if (!isObject(image) || !isArray(ownImages)) return image;
  const own = ownImages.find((entry) => isObject(entry) && entry.name === image.name);
  return isObject(own) && typeof own.newName === 'string' ? { newName: image.name ?? '', ...image, name: own.newName } : image;
}

/** What was built with what a pointer adds, each field where it is written: in the pointer if the pointer changes it. */
export function asDeployed(
  built: readonly Rendered[],
  without: readonly Rendered[],
  deployable: BuildDeployable,
  pointer: Rendered,
): { readonly rendered: readonly Rendered[]; readonly gaps: readonly PointerGap[] } {
  const { substitutions, folder } = deployable;
  const unknown = new Set<string>();
  const rendered = built.map((one, index) => {
    const substituted = substitutions === undefined ? undefined : substitute(one.object, substitutions);
    for (const name of substituted?.unknown ?? []) unknown.add(name);
    const deployed = substituted === undefined ? one : withObject(one, substituted.object);
    const twin = twinOf(one, index, built, without);
    return twin === undefined ? deployed : placed(deployed, twin, deployable, pointer);
  });
  const [first] = substitutions?.unknown ?? [];
  if (unknown.size === 0 || first === undefined) return { rendered, gaps: [] };
  const names = [...unknown].map((name) => `\${${name}}`).join(', ');
  return {
    rendered,
    gaps: [
      {
        path: first.at,
        what: `${names} in ${shown(folder)}`,
        reason: `${substitutions?.unknown.map(({ what }) => what).join(', ')} is not in this repository, so its values are not known`,
        next: 'Set the values in `postBuild.substitute` or in a ConfigMap of this repository, or waive gate/not-evaluated for it.',
      },
    ],
  };
}

function withObject(one: Rendered, object: JsonObject): Rendered {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { name, namespace } = metadata;
  return {
    ...one,
    object,
    ...(typeof name === 'string' && { name }),
    ...(typeof namespace === 'string' && { namespace }),
  };
}

/** The same resource as it is without the pointer: by its place if nothing was added or removed, else by its name. */
function twinOf(one: Rendered, index: number, built: readonly Rendered[], without: readonly Rendered[]): Rendered | undefined {
  const atIndex = without[index];
  if (built.length === without.length && atIndex?.kind === one.kind) return atIndex;
  return without.find(({ kind, name }) => kind === one.kind && (name === one.name || one.name.includes(name)));
}

function placed(deployed: Rendered, twin: Rendered, deployable: BuildDeployable, pointer: Rendered): Rendered {
  const fixed = (path: FieldPath): SourceLocation | undefined => {
    const [now, before] = [valueAt(deployed.object, path), valueAt(twin.object, path)];
    if (now === undefined || (before !== undefined && stringifyJson(now) === stringifyJson(before))) return undefined;
    const at = setterOf(path, now, before, deployable);
    return at === undefined ? undefined : pointer.origin.locate(at);
  };
  const { provenance: _own, ...rest } = deployed;
  return {
    ...rest,
    origin: { fixed, locate: (path) => fixed(path) ?? twin.origin.locate(path) },
    ...(twin.provenance !== undefined && { provenance: twin.provenance }),
  };
}

/** The field of the pointer that sets a field of a resource. */
function setterOf(
  path: FieldPath,
  now: JsonValue,
  before: JsonValue | undefined,
  { overrides, substitutions }: BuildDeployable,
): FieldPath | undefined {
  const variable = /\$\{([A-Za-z_]\w*)/.exec(typeof before === 'string' ? before : '')?.[1];
  const substituted = variable === undefined ? undefined : substitutions?.values[variable]?.at;
  if (substituted !== undefined) return substituted;
  const field = likely(path).find((one) => overrides[one] !== undefined);
  const override = field === undefined ? undefined : overrides[field];
  if (override === undefined) return undefined;
  return isArray(override.value) ? [...override.at, Math.max(0, itemOf(override.value, path, now))] : override.at;
}

/** Overrides that may change a field, the most specific first. */
function likely(path: FieldPath): readonly OverrideField[] {
  const own = { image: 'images', replicas: 'replicas', namespace: 'namespace' } as const;
  const last = path.at(-1);
  const named = Object.entries(own).flatMap(([step, field]) => (step === last ? [field] : []));
  const names: readonly OverrideField[] = path[0] === 'metadata' && last === 'name' ? ['namePrefix', 'nameSuffix'] : [];
  const maps: readonly OverrideField[] = path.includes('annotations')
    ? ['commonAnnotations']
    : path.includes('labels') || path.includes('matchLabels')
      ? ['labels', 'commonLabels']
      : [];
  return [
    ...named,
    ...names,
    ...maps,
    'patches',
    'components',
    'images',
    'namespace',
    'labels',
    'commonLabels',
    'commonAnnotations',
    'replicas',
  ];
}

/** The entry of a list that names the field or its value. */
function itemOf(items: readonly JsonValue[], path: FieldPath, now: JsonValue): number {
  const texts = items.map((item) => stringifyJson(item));
  const keys = [...path].reverse().filter((step) => typeof step === 'string');
  const value = typeof now === 'string' ? now.replace(/[:@].*$/, '') : '';
  const byValue = value === '' ? -1 : texts.findIndex((text) => text.includes(value));
  return byValue !== -1 ? byValue : texts.findIndex((text) => keys.some((key) => text.includes(String(key))));
}
