import { isObject, type JsonValue } from '../model/json.ts';
import type { Pointer } from './deployable.ts';
import { sourceSpec } from './flux-schema.ts';
import { type Here, type Whose, whose } from './here.ts';
import { readSpec } from './read-spec.ts';

interface Reference {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | null | undefined;
}

/** The resources that HelmReleases and Kustomizations refer to. */
export interface FluxSources {
  find(reference: Reference, from: Pointer): Pointer | undefined;
}

export function indexOf(resources: readonly Pointer[]): FluxSources {
  const key = (kind: string, namespace: string | undefined | null, name: string): string => `${kind} ${namespace ?? ''}/${name}`;
  const byKey = new Map(resources.map((resource) => [key(resource.kind, resource.namespace, resource.name), resource]));
  return {
    find({ kind, name, namespace }, from) {
      // A manifest may leave its namespace to the Kustomization that applies it.
      return byKey.get(key(kind, namespace ?? from.namespace, name)) ?? byKey.get(key(kind, undefined, name));
    },
  };
}

export interface FluxSource {
  /** `GitRepository flux-system`, with its URL if it is known. */
  readonly label: string;
  readonly url?: string;
  /** A version, tag or digest that the source names. */
  readonly version?: string;
  readonly whose: Whose;
}

/**
 * What a reference leads to. The source that `flux bootstrap` makes is often not in the repository: one that is not found is taken for this
 * repository, so that what it names here is evaluated.
 */
export function sourceOf(reference: Reference, from: Pointer, sources: FluxSources, here: Here): FluxSource {
  const label = `${reference.kind} ${reference.name}`;
  const found = sources.find(reference, from);
  if (found === undefined) return { label, whose: reference.kind === 'GitRepository' ? 'here' : 'elsewhere' };
  const spec = readSpec(found.object, ['spec'], sourceSpec);
  if (!spec.ok) return { label, whose: 'elsewhere' };
  const { url, ref } = spec.value;
  const fixed = ref?.commit ?? ref?.tag ?? ref?.semver ?? ref?.name ?? ref?.digest ?? undefined;
  const version = ref?.digest ?? ref?.tag ?? ref?.semver;
  return {
    label: `${label} (${url})`,
    url,
    ...(version && { version }),
    whose: whose(url, fixed ?? ref?.branch ?? undefined, here),
  };
}

/** The text of one key of a ConfigMap. */
export function dataOf({ object }: Pointer, key: string): string | undefined {
  const value = isObject(object.data) ? object.data[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

export function allData({ object }: Pointer): Readonly<Record<string, string>> {
  const data: JsonValue | undefined = object.data;
  if (!isObject(data)) return {};
  return Object.fromEntries(Object.entries(data).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])));
}
