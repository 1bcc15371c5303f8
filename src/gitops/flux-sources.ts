import { isObject, type JsonValue } from '../model/json.ts';
import type { Destination, Pointer } from './deployable.ts';
import { type KustomizationSpec, sourceSpec } from './flux-schema.ts';
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
  /** What it is, where it can be in no repository. */
  readonly outside?: string;
}

const known = new Set(['GitRepository', 'HelmRepository', 'HelmChart']);
/** Kinds whose content is not in a git repository. */
const outside: Readonly<Record<string, string>> = {
  ExternalArtifact: 'another controller makes the artifact, which is not in any repository',
  ArtifactGenerator: 'another controller makes the artifact, which is not in any repository',
  OCIRepository: 'it is an artifact of a registry',
  Bucket: 'it is in a bucket',
};

/**
 * What a reference leads to. The source that `flux bootstrap` makes is often not in the repository: one that is not found is taken for this
 * repository, so that what it names here is evaluated.
 */
export function sourceOf(reference: Reference, from: Pointer, sources: FluxSources, here: Here): FluxSource {
  const label = `${reference.kind} ${reference.name}`;
  const why =
    outside[reference.kind] ??
    (known.has(reference.kind) ? undefined : `the gate does not know sources of the kind ${reference.kind}`);
  const found = sources.find(reference, from);
  const noSource = {
    label,
    whose: reference.kind === 'GitRepository' ? 'here' : 'elsewhere',
    ...(why && { outside: why }),
  } as const;
  if (found === undefined) return noSource;
  const spec = readSpec(found.object, ['spec'], sourceSpec);
  if (!spec.ok) return { ...noSource, whose: 'elsewhere' };
  const { url, ref } = spec.value;
  const fixed = ref?.commit ?? ref?.tag ?? ref?.semver ?? ref?.name ?? ref?.digest ?? undefined;
  const version = ref?.digest ?? ref?.tag ?? ref?.semver;
  return {
    label: `${label} (${url})`,
    url,
    ...(version && { version }),
    whose: why === undefined ? whose(url, fixed ?? ref?.branch ?? undefined, here) : 'elsewhere',
    ...(why !== undefined && { outside: why }),
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

/** Another cluster is known by the name of the Secret or ConfigMap that has access to it. */
export function fluxDestination({
  targetNamespace,
  kubeConfig,
}: Pick<KustomizationSpec, 'targetNamespace' | 'kubeConfig'>): Destination {
  const cluster = kubeConfig?.secretRef?.name ?? kubeConfig?.configMapRef?.name;
  return { ...(targetNamespace && { namespace: targetNamespace }), ...(cluster && { cluster }) };
}
