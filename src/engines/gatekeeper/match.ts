import * as z from 'zod';
import { objectAt } from '../../model/field-path.ts';
import { matchesGlob } from '../../model/glob.ts';
import type { JsonObject } from '../../model/json.ts';
import { holds, type LabelSelector, nameLabel, requirementsOf, selects } from '../../model/label-selector.ts';
import { groupOf } from '../../model/resource.ts';

const texts = z.array(z.string()).nullish();
/** https://github.com/open-policy-agent/gatekeeper/blob/v3.23.1/pkg/wildcard/wildcard.go */
const wildcardSchema = z.string().regex(/^\*?[-:a-z0-9]*\*?$/, 'expected a name, with at most a star at its start and end');
const wildcards = z.array(wildcardSchema).nullish();
const selectorSchema = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z
    .array(z.strictObject({ key: z.string(), operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']), values: texts }))
    .nullish(),
});

/**
 * `spec.match` of a Constraint: https://open-policy-agent.github.io/gatekeeper/website/docs/howto#the-match-field. Strict, because the API
 * server prunes an unknown key, and the Constraint would then apply to more, or less, than its author expects.
 */
export const matchSchema = z.strictObject({
  source: z.enum(['All', 'Original', 'Generated']).nullish(),
  kinds: z.array(z.strictObject({ apiGroups: texts, kinds: texts })).nullish(),
  scope: z.enum(['*', 'Cluster', 'Namespaced']).nullish(),
  namespaces: wildcards,
  excludedNamespaces: wildcards,
  labelSelector: selectorSchema.nullish(),
  namespaceSelector: selectorSchema.nullish(),
  name: wildcardSchema.nullish(),
});
export type Match = z.infer<typeof matchSchema>;

/** `unknown`: known only to a cluster, with the reason. */
export type Matched = 'yes' | 'no' | { readonly unknown: string };

/** Where an object is deployed. */
export interface Place {
  /** undefined for cluster-scoped objects. For a Namespace: its own name. */
  readonly namespace: string | undefined;
  readonly isNamespace: boolean;
  /** The manifest has no namespace, so whoever applies it decides: `namespace` is then `default`, or nothing if it may be cluster-scoped. */
  readonly guessed?: string;
  /** Of the namespace; undefined if they are not known. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What of an object itself is matched: all that gator evaluates, too. */
export function matchesObject(match: Match, object: JsonObject, source: 'Original' | 'Generated'): boolean {
  const { kinds, labelSelector, name } = match;
  const metadata = objectAt(object, 'metadata');
  if (match.source && match.source !== 'All' && match.source !== source) return false;
  if (kinds && kinds.length > 0 && !kinds.some((one) => kindMatches(one, String(object.apiVersion), String(object.kind))))
    return false;
  if (labelSelector && !selects(labelSelector, labelsOf(object))) return false;
  if (!name) return true;
  return [metadata.name, metadata.generateName].some((own) => typeof own === 'string' && matchesGlob(name, own));
}

export function kindMatches(
  { apiGroups, kinds }: NonNullable<Match['kinds']>[number],
  apiVersion: string,
  kind: string,
): boolean {
  const lists = (list: readonly string[] | null | undefined, item: string) =>
    !list || list.length === 0 || list.includes('*') || list.includes(item);
  return lists(kinds, kind) && lists(apiGroups, groupOf(apiVersion));
}

/**
 * What the cluster would match by the namespace. gator (3.23.1) takes a cluster-scoped object for one in a namespace without name and labels:
 * `scope: Cluster` then matches none, and `namespaces` excludes all, so this is not left to it.
 */
export function matchesPlace(match: Match, place: Place): Matched {
  const { scope, namespaces, excludedNamespaces, namespaceSelector } = match;
  const { namespace, isNamespace, guessed } = place;
  const unsure = guessed === undefined ? 'no' : ({ unknown: guessed } as const);
  if (scope === 'Cluster' && namespace !== undefined && !isNamespace) return 'no';
  if (scope === 'Namespaced' && (namespace === undefined || isNamespace)) return namespace === undefined ? unsure : 'no';
  if (namespace === undefined) {
    const depends = guessed !== undefined && [namespaces, namespaceSelector].some((part) => part !== null && part !== undefined);
    return depends ? unsure : 'yes';
  }
  if (excludedNamespaces?.some((pattern) => matchesGlob(pattern, namespace))) return unsure;
  if (namespaces && namespaces.length > 0 && !namespaces.some((pattern) => matchesGlob(pattern, namespace))) return unsure;
  if (!namespaceSelector) return 'yes';
  const found = namespaceSelected(namespaceSelector, namespace, place.labels);
  return found === 'no' ? unsure : found;
}

function namespaceSelected(selector: LabelSelector, namespace: string, labels: Place['labels']): Matched {
  const known = { ...labels, [nameLabel]: namespace };
  if (labels !== undefined) return selects(selector, known) ? 'yes' : 'no';
  const parts = requirementsOf(selector);
  const byName = parts.filter(({ key }) => key === nameLabel);
  if (byName.some((part) => !holds(part, known))) return 'no';
  return byName.length === parts.length ? 'yes' : { unknown: `the labels of the namespace ${namespace} are not known` };
}

export function labelsOf(object: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectAt(objectAt(object, 'metadata'), 'labels')).map(([key, value]) => [key, String(value)]),
  );
}
