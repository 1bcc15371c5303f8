import { addTo } from '../../model/group.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { once } from '../../model/once.ts';
import { groupOf, type Resource } from '../../model/resource.ts';
import { digest } from '../reuse.ts';
import { celRules, type Gaps, type Structural, structuralOf } from './structural.ts';

/** A CustomResourceDefinition as far as objects are validated by it. */
export interface Crd {
  readonly group: string;
  readonly kind: string;
  /** Where it is deployed to; undefined for one that the configuration names, which is everywhere. */
  readonly environments: readonly string[] | undefined;
  readonly versions: ReadonlyMap<string, CrdVersion>;
  /** Of everything that results depend on. */
  readonly digest: string;
}
export interface CrdVersion {
  readonly served: boolean;
  readonly hasStatus: boolean;
  /** Built when it is first used; undefined if the version has no schema. */
  readonly schema: () => VersionSchema | undefined;
}

export interface VersionSchema {
  readonly root: Structural;
  /** The same as it is written, for its default values. */
  readonly openApi: JsonObject;
  readonly gaps: ReadonlySet<string>;
  /** As it is written, if it has rules in CEL. */
  readonly withRules?: JsonObject;
}

/** Whether the kind is one that defines others. */
export function isCrd({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): boolean {
  return kind === 'CustomResourceDefinition' && groupOf(apiVersion) === 'apiextensions.k8s.io';
}

/** Undefined if it defines no kind: what is wrong with it is reported about the definition. */
export function readCrd(object: JsonObject, environments?: readonly string[]): Crd | undefined {
  const { spec } = object;
  if (object.apiVersion !== 'apiextensions.k8s.io/v1' || !isObject(spec)) return undefined;
  const { group, names, versions } = spec;
  const kind = isObject(names) ? names.kind : undefined;
  if (typeof group !== 'string' || typeof kind !== 'string' || !isArray(versions)) return undefined;
  return {
    group,
    kind,
    environments,
    versions: new Map(versions.flatMap(versionOf)),
    digest: digest(JSON.stringify([environments ?? null, spec], withBigint)),
  };
}

function withBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function versionOf(version: JsonValue): readonly (readonly [string, CrdVersion])[] {
  if (!isObject(version) || typeof version.name !== 'string') return [];
  const { served, schema, subresources } = version;
  const root = isObject(schema) ? schema.openAPIV3Schema : undefined;
  const build = once(() => {
    if (!isObject(root)) return undefined;
    const gaps: Gaps = new Set();
    const structural = structuralOf(root, gaps);
    return { root: structural, openApi: root, gaps, ...(gaps.delete(celRules) && { withRules: root }) };
  });
  const hasStatus = isObject(subresources) && subresources.status !== undefined && subresources.status !== null;
  return [[version.name, { served: served === true, hasStatus, schema: build }]];
}

/** All definitions by group and kind. Those that are deployed with the set replace those that the configuration names. */
export class Crds {
  readonly #byKind = new Map<string, Crd[]>();
  readonly digest: string;

  constructor(deployed: readonly Crd[], named: readonly Crd[]) {
    for (const crd of deployed) this.#add(crd);
    const own = new Set(this.#byKind.keys());
    for (const crd of named) if (!own.has(keyOf(crd))) this.#add(crd);
    this.digest = digest(
      [...this.#byKind.values()]
        .flat()
        .map((crd) => crd.digest)
        .toSorted()
        .join(' '),
    );
  }

  #add(crd: Crd): void {
    addTo(this.#byKind, keyOf(crd), crd);
  }

  /** Definitions that may be in the cluster of a resource: those of its environments, else all. Several only if they differ by place. */
  of(group: string, kind: string, { environments }: Pick<Resource, 'environments'>): readonly Crd[] {
    const all = this.#byKind.get(keyOf({ group, kind })) ?? [];
    const near = all.filter((crd) => crd.environments?.some((name) => environments.includes(name)) === true);
    return near.length > 0 ? near : all;
  }
}

function keyOf({ group, kind }: Pick<Crd, 'group' | 'kind'>): string {
  return `${group} ${kind}`;
}
