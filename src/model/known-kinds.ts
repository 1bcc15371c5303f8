import type { FieldPath } from './field-path.ts';
import data from './known-kinds.json' with { type: 'json' };
import { groupOf, type Resource } from './resource.ts';

type Kind = Pick<Resource, 'apiVersion' | 'kind'>;

/** Facts about a kind of an operator. */
export interface KnownKind {
  /** Fields with an image in addition to those of containers, as in `images.paths` of the configuration. */
  readonly images?: readonly string[];
  /** Maps whose pod fields apply to the templates below them. */
  readonly defaults?: readonly FieldPath[];
}

/**
 * Group -> kind -> facts. `*` is every kind of the group. Kinds that are not listed are recognized by the shape of their templates; the table
 * adds images, defaults and the certainty that a template is a pod template.
 */
const table: Readonly<Record<string, Readonly<Record<string, KnownKind>>>> = data;

/** Undefined if the kind is not known to run containers. */
export function knownKind({ apiVersion, kind }: Kind): KnownKind | undefined {
  const group = groupOf(apiVersion);
  const kinds = Object.hasOwn(table, group) ? table[group] : undefined;
  if (kinds === undefined) return undefined;
  return Object.hasOwn(kinds, kind) ? kinds[kind] : kinds['*'];
}

/**
 * Groups whose resources contain pods only as patterns or permissions. https://kyverno.io/docs/policy-types/ and
 * https://open-policy-agent.github.io/gatekeeper/website/docs/mutation
 */
const patterns =
  /(?:^|\.)(?:kyverno\.io|gatekeeper\.sh|admissionregistration\.k8s\.io|apiextensions\.k8s\.io|kubewarden\.io|kuttl\.dev)$/;
const runNothing: ReadonlySet<string> = new Set(['PodSecurityPolicy', 'ControllerRevision', 'ConfigMap', 'Secret']);
const ownGroups: ReadonlySet<string> = new Set(['', 'apps', 'policy', 'extensions']);

export function holdsPatterns({ apiVersion, kind }: Kind): boolean {
  const group = groupOf(apiVersion);
  return patterns.test(group) || (ownGroups.has(group) && runNothing.has(kind));
}
