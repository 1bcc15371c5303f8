import { groupBy } from '../model/group.ts';
import { isObject, type JsonValue, stringifyJson } from '../model/json.ts';
import { folderOf } from '../model/paths.ts';
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
  /** Why it is not certain that the one that is found is the one that is deployed with the pointer. */
  doubt(reference: Reference, from: Pointer): string | undefined;
}

export function indexOf(resources: readonly Pointer[]): FluxSources {
  const keyOf = (kind: string, namespace: string | undefined | null, name: string): string =>
    `${kind} ${namespace ?? ''}/${name}`;
  const byKey = groupBy(resources, ({ kind, namespace, name }) => keyOf(kind, namespace, name));
  /** The nearest last. Several clusters may each have one of the same name. */
  const candidates = ({ kind, name, namespace }: Reference, from: Pointer): readonly Pointer[] => {
    // A manifest may leave its namespace to the Kustomization that applies it.
    const found = byKey.get(keyOf(kind, namespace ?? from.namespace, name)) ?? byKey.get(keyOf(kind, undefined, name)) ?? [];
    return found.length < 2 ? found : found.toSorted((one, other) => nearness(one, from) - nearness(other, from));
  };
  return {
    find: (reference, from) => candidates(reference, from).at(-1),
    doubt(reference, from) {
      const found = candidates(reference, from);
      const nearest = found.at(-1);
      if (nearest === undefined) return undefined;
      const isOther = (one: Pointer): boolean =>
        one.source?.unit !== nearest.source?.unit && contentOf(one) !== contentOf(nearest);
      const others = found.filter(isOther);
      if (
        others.length === 0 ||
        (nearness(nearest, from) >= sameFolder && others.every((one) => nearness(one, from) < sameFolder))
      )
        return undefined;
      const units = [...new Set([nearest, ...others].map(({ source }) => source?.unit ?? ''))];
      return `this repository has several different ones (${units.slice(0, 4).join(', ')}), of which that of ${units[0]} was used`;
    },
  };
}

const sameFolder = 1000;

/** Deployed together: by the same kustomization or chart, or from the same folder. Else by how much of their paths is the same. */
function nearness({ source: one }: Pointer, { source: other }: Pointer): number {
  if (one === undefined || other === undefined) return 0;
  if (one.kind === other.kind && one.unit === other.unit) return sameFolder + 1;
  if (one.kind === 'plain' && other.kind === 'plain' && folderOf(one.unit) === folderOf(other.unit)) return sameFolder;
  const [a, b] = [one.unit.split('/'), other.unit.split('/')];
  const different = a.findIndex((step, index) => step !== b[index]);
  return different === -1 ? a.length : different;
}

/** As far as it decides what is deployed: not an interval. */
function contentOf({ object: { data = null, spec = null } }: Pointer): string {
  const decisive = isObject(spec) && spec.url !== undefined ? [spec.url, spec.ref ?? null] : spec;
  return stringifyJson([data, decisive]);
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
