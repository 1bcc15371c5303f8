import type { FieldPath } from './field-path.ts';
import type { JsonObject } from './json.ts';
import type { SourceLocation } from './location.ts';

/** How a resource came to be: read as it stands, or rendered. `unit` is the chart's or kustomization's folder, or the file. */
export interface ResourceSource {
  readonly kind: 'plain' | 'helm' | 'kustomize';
  /** Path relative to the workspace. */
  readonly unit: string;
}

/** Where a field of a resource stands in the sources. Never throws: for an unknown field it answers with the nearest parent. */
export interface Origin {
  locate(path: FieldPath): SourceLocation;
}

/** One Kubernetes object as it would be deployed. */
export interface Resource {
  /** Unique in one run and stable for the same input: `obj-000012`. Also the stem of its canonical file. */
  readonly uid: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As written; absent for cluster-scoped kinds and where the manifest leaves it to the applier. */
  readonly namespace?: string;
  readonly object: JsonObject;
  readonly source: ResourceSource;
  /** The name with `?` for each character that is random or a hash of content; absent where the name stays the same. */
  readonly stableName?: string;
  /** The object with stand-ins for what differs between two renderings of the same sources; absent where nothing does. */
  readonly stableObject?: JsonObject;
  /** A Helm test hook and nothing else: only `helm test` creates it. */
  readonly testHook?: boolean;
  /** Names of the environments it is deployed to; empty where none matches. */
  readonly environments: readonly string[];
  readonly origin: Origin;
  /** Of a pod that nobody wrote: the custom resource whose template it is. Engines see it, findings and reports name the owner. */
  readonly standsFor?: Owner;
}

/** The custom resource that a stand-in pod was made of. */
export type Owner = Pick<Resource, 'uid' | 'apiVersion' | 'kind' | 'name'>;

/** A Namespace of the core group: policies read its labels when they judge what is in it. */
export function isNamespace({ kind, apiVersion }: Pick<Resource, 'kind' | 'apiVersion'>): boolean {
  return kind === 'Namespace' && apiVersion === 'v1';
}

/** The group of an apiVersion: `apps`, empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/**
 * A name that is the same in every rendering, to compare by. Two random texts may begin or end alike by chance, so each run of letters and
 * digits that holds some is one `*`.
 */
export function comparedName({ name, stableName }: Pick<Resource, 'name' | 'stableName'>): string {
  return stableName?.replace(/[A-Za-z0-9]*\?[A-Za-z0-9?]*/g, '*') ?? name;
}

/** The label of a resource under a name that is the same in every rendering: `Pod shop/web-test-?????`. */
export function stableLabel({ stableName, ...resource }: Resource): string {
  if (stableName === undefined) return resourceLabel(resource);
  const { standsFor } = resource;
  return resourceLabel({
    ...resource,
    name: stableName,
    ...(standsFor !== undefined && { standsFor: { ...standsFor, name: stableName } }),
  });
}

/** `Deployment shop/web`, as reports name a resource; a stand-in has the name of its owner. */
export function resourceLabel(resource: Pick<Resource, 'kind' | 'name' | 'namespace' | 'standsFor'>): string {
  const { kind, name } = resource.standsFor ?? resource;
  return `${kind} ${resource.namespace === undefined ? '' : `${resource.namespace}/`}${name}`;
}
