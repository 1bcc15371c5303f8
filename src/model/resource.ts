import type { FixedPlace } from './deployed.ts';
import type { FieldPath } from './field-path.ts';
import type { JsonObject } from './json.ts';
import type { SourceLocation } from './location.ts';

/** Where a resource comes from: read from a file, or rendered. `unit` is the chart's or kustomization's folder, or the file. */
export interface ResourceSource {
  readonly kind: 'plain' | 'helm' | 'kustomize';
  /** Path relative to the workspace. */
  readonly unit: string;
}

/**
 * Locates a field of a resource in the sources. Never throws: for an unknown field it returns the nearest parent. For what a tool rendered, it
 * is a guess by the text of the sources until src/trace has located the fields that have findings.
 */
export interface Origin {
  locate(path: FieldPath): SourceLocation;
  /** The place of a field that is known exactly without tracing. */
  readonly fixed?: FixedPlace;
}

/** One Kubernetes object as it would be deployed. */
export interface Resource {
  /** Unique in one run and stable for the same input: `obj-000012`. Also the name of its canonical file. */
  readonly uid: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As written; absent for cluster-scoped kinds and if the manifest does not set it. */
  readonly namespace?: string;
  readonly object: JsonObject;
  readonly source: ResourceSource;
  /** The name with `?` for each character that is random or part of a content hash; absent if the name is stable. */
  readonly stableName?: string;
  /** The object with placeholders for values that differ between two renderings of the same sources; absent if none do. */
  readonly stableObject?: JsonObject;
  /** Only a Helm test hook: only `helm test` creates it. */
  readonly testHook?: boolean;
  /** Names of the environments it is deployed to; empty if none matches. */
  readonly environments: readonly string[];
  readonly origin: Origin;
  /** For a stand-in pod: the custom resource whose template it represents. Engines see the pod; findings and reports name the owner. */
  readonly standsFor?: Owner;
}

/** The custom resource that a stand-in pod was created from. */
export type Owner = Pick<Resource, 'uid' | 'apiVersion' | 'kind' | 'name'>;

/** A Namespace of the core group: policies use its labels to evaluate the resources in it. */
export function isNamespace({ kind, apiVersion }: Pick<Resource, 'kind' | 'apiVersion'>): boolean {
  return kind === 'Namespace' && apiVersion === 'v1';
}

/** The group of an apiVersion: `apps`, empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/**
 * A name for comparisons that is the same in every rendering. Two random texts may share a prefix or suffix by chance, so each run of letters
 * and digits with random characters is replaced by one `*`.
 */
export function comparedName({ name, stableName }: Pick<Resource, 'name' | 'stableName'>): string {
  return stableName?.replace(/[A-Za-z0-9]*\?[A-Za-z0-9?]*/g, '*') ?? name;
}

/** The label of a resource with a name that is the same in every rendering: `Pod shop/web-test-?????`. */
export function stableLabel({ stableName, ...resource }: Resource): string {
  if (stableName === undefined) return resourceLabel(resource);
  const { standsFor } = resource;
  return resourceLabel({
    ...resource,
    name: stableName,
    ...(standsFor !== undefined && { standsFor: { ...standsFor, name: stableName } }),
  });
}

/** `Deployment shop/web`: the name of a resource in reports; a stand-in has its owner's name. */
export function resourceLabel(resource: Pick<Resource, 'kind' | 'name' | 'namespace' | 'standsFor'>): string {
  const { kind, name } = resource.standsFor ?? resource;
  return `${kind} ${resource.namespace === undefined ? '' : `${resource.namespace}/`}${name}`;
}
