import type { CommonMetadata, Substitutions } from '../gitops/deployable.ts';
import { renameOne } from '../gitops/next-steps.ts';
import { substitute } from '../gitops/substitute.ts';
import type { PointerGap, RenderedField } from '../model/deployed.ts';
import type { FieldPath } from '../model/field-path.ts';
import { isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Rendered } from './objects.ts';
import type { PointerPlaces, Setting } from './pointer-places.ts';
import { type Step, setterOf } from './setters.ts';

/** What changes what was built: what a pointer does with it, and where it is written. */
export interface Changes {
  readonly steps: readonly Step[];
  readonly substitutions?: Substitutions;
  readonly metadata?: CommonMetadata;
  /** `web`: what the gap names. */
  readonly where: string;
  readonly places: PointerPlaces;
}

/** What was built with what a pointer adds, each field where it is written: in the pointer if the pointer changes it. */
export function asDeployed(
  built: readonly Rendered[],
  twinOf: (one: Rendered, index: number) => Rendered | undefined,
  changes: Changes,
): { readonly rendered: readonly Rendered[]; readonly gaps: readonly PointerGap[] } {
  const { substitutions, metadata, where } = changes;
  const unknown = new Set<string>();
  let refused: string | undefined;
  const rendered = built.map((one, index) => {
    const substituted = substitutions === undefined ? undefined : substitute(one.object, substitutions);
    for (const name of substituted?.unknown ?? []) unknown.add(name);
    refused ??= substituted?.refused;
    const object = withMetadata(substituted?.object ?? one.object, metadata);
    const deployed = object === one.object ? one : withObject(one, object);
    const twin = twinOf(one, index);
    return twin === undefined ? deployed : placed(deployed, twin, changes);
  });
  const doubts = (substitutions?.doubts ?? []).map(({ what, reason, at }) => ({ path: at, what, reason, next: renameOne }));
  if (refused !== undefined)
    return {
      rendered,
      gaps: [
        ...doubts,
        {
          path: ['spec', 'postBuild'],
          what: `${where} with its variables`,
          reason: `Flux refuses it, since ${refused}`,
          next: 'Correct the text, write `$$` for a dollar sign, or annotate the object with `kustomize.toolkit.fluxcd.io/substitute: disabled`.',
        },
      ],
    };
  const [first] = substitutions?.unknown ?? [];
  if (unknown.size === 0 || first === undefined) return { rendered, gaps: doubts };
  const names = [...unknown].map((name) => `\${${name}}`).join(', ');
  return {
    rendered,
    gaps: [
      ...doubts,
      {
        path: first.at,
        what: `${names} in ${where}`,
        reason: `${substitutions?.unknown.map(({ what }) => what).join(', ')} is not in this repository, so its values are not known`,
        next: 'Set the values in `postBuild.substitute` or in a ConfigMap of this repository, or waive gate/not-evaluated for it.',
      },
    ],
  };
}

function withMetadata(object: JsonObject, common: CommonMetadata | undefined): JsonObject {
  if (common === undefined) return object;
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { labels, annotations } = common;
  const added = (field: 'labels' | 'annotations', values: Readonly<Record<string, string>>): JsonObject => {
    const own: JsonValue | undefined = metadata[field];
    return Object.keys(values).length === 0 ? {} : { [field]: { ...(isObject(own) ? own : {}), ...values } };
  };
  return { ...object, metadata: { ...metadata, ...added('labels', labels), ...added('annotations', annotations) } };
}

export function withObject(one: Rendered, object: JsonObject): Rendered {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { name, namespace } = metadata;
  const { stableObject: _stale, ...rest } = one;
  return {
    ...rest,
    object,
    ...(typeof name === 'string' && { name }),
    ...(typeof namespace === 'string' && { namespace }),
  };
}

function placed(deployed: Rendered, twin: Rendered, { steps, substitutions, metadata, places }: Changes): Rendered {
  const all: readonly Step[] = [...steps, ...(substitutions === undefined ? [] : [{ overrides: {}, substitutions }])];
  const setting = (path: FieldPath): Setting | undefined => {
    const at = metadataField(path, metadata);
    return at === undefined ? setterOf(all, { path, before: twin.object, now: deployed.object }) : { at };
  };
  const fixed = (path: FieldPath): SourceLocation | undefined => {
    const found = setting(path);
    return found === undefined ? twin.origin.fixed?.(path) : places.locate(found);
  };
  const setBy = (path: FieldPath): RenderedField | undefined => {
    const found = setting(path);
    return found === undefined ? twin.provenance?.setBy?.(path) : places.fieldOf(found);
  };
  const { provenance: _own, ...rest } = deployed;
  return {
    ...rest,
    origin: { fixed, locate: (path) => fixed(path) ?? twin.origin.locate(path) },
    ...(twin.provenance !== undefined && { provenance: { ...twin.provenance, setBy } }),
  };
}

function metadataField([first, field, key, ...more]: FieldPath, metadata: CommonMetadata | undefined): FieldPath | undefined {
  if (metadata === undefined || first !== 'metadata' || more.length > 0 || typeof key !== 'string') return undefined;
  if (field !== 'labels' && field !== 'annotations') return undefined;
  return Object.hasOwn(metadata[field], key) ? [...metadata.at, field, key] : undefined;
}
