import { isObject, type JsonObject } from '../../model/json.ts';
import type { ApiResource } from './kinds.ts';
import type { MatchResources, ResourceRule, Selector } from './schema.ts';

/** `unknown`: known only to a cluster, with the reason. */
export type Match = 'yes' | 'no' | { readonly unknown: string };

export interface Subject {
  readonly object: JsonObject;
  readonly resource: ApiResource;
  readonly name: string;
  /** undefined for cluster-scoped kinds. */
  readonly namespace: string | undefined;
  /** The manifest has no namespace, so whoever applies it decides: the name is a guess. */
  readonly namespaceGuessed: boolean;
  /** undefined if they are not known. */
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined;
}

/** The API server sets this label on every namespace, so it is known without a cluster. */
const nameLabel = 'kubernetes.io/metadata.name';

/** Whether a policy or binding with these constraints matches the object when it is created. */
export function matches(match: MatchResources, subject: Subject): Match {
  const { resourceRules = [], excludeResourceRules = [] } = match;
  const equivalent = match.matchPolicy !== 'Exact';
  if (excludeResourceRules.some((rule) => ruleMatches(rule, subject, false))) return 'no';
  if (resourceRules.length > 0 && !resourceRules.some((rule) => ruleMatches(rule, subject, equivalent))) return 'no';
  if (match.objectSelector && !selects(match.objectSelector, labelsOf(subject.object))) return 'no';
  if (!match.namespaceSelector) return 'yes';
  const found = namespaceMatches(match.namespaceSelector, subject);
  return found === 'no' && subject.namespaceGuessed ? { unknown: 'the manifest has no namespace' } : found;
}

/** Whether it can match an object of this kind at all, whatever the object's name, namespace and labels are. */
export function mayMatch({ resourceRules = [], matchPolicy }: MatchResources, resource: ApiResource): boolean {
  return resourceRules.length === 0 || resourceRules.some((rule) => kindMatches(rule, resource, matchPolicy !== 'Exact'));
}

/**
 * `Equivalent` (the default) lets a rule for apps/v1 see apps/v1beta1 too. It is not applied to exclusions: an
 * object of another version is evaluated rather than excluded on a guess.
 */
function kindMatches(rule: ResourceRule, resource: ApiResource, equivalent: boolean): boolean {
  const has = (list: readonly string[], item: string) => list.includes('*') || list.includes(item);
  return (
    has(rule.operations, 'CREATE') &&
    has(rule.apiGroups, resource.group) &&
    (equivalent || has(rule.apiVersions, resource.version)) &&
    rule.resources.some((item) => item === '*' || item === '*/*' || item === resource.plural)
  );
}

function ruleMatches(rule: ResourceRule, { resource, name, namespace }: Subject, equivalent: boolean): boolean {
  const scope = rule.scope ?? '*';
  return (
    kindMatches(rule, resource, equivalent) &&
    (scope === '*' || (scope === 'Namespaced') === (namespace !== undefined)) &&
    (rule.resourceNames === undefined || rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
  );
}

function namespaceMatches(selector: Selector, subject: Subject): Match {
  const keys = [...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? []).map(({ key }) => key)];
  if (keys.length === 0) return 'yes';
  // The selector applies to a Namespace's own labels, and not to other cluster-scoped objects.
  if (subject.resource.kind === 'Namespace' && subject.resource.group === '') {
    return selects(selector, { ...labelsOf(subject.object), [nameLabel]: subject.name }) ? 'yes' : 'no';
  }
  if (subject.namespace === undefined) return 'yes';
  const known = { ...subject.namespaceLabels, [nameLabel]: subject.namespace };
  if (subject.namespaceLabels !== undefined) return selects(selector, known) ? 'yes' : 'no';
  const byName = parts(selector).filter((part) => keysOf(part).every((key) => key === nameLabel));
  if (byName.some((part) => !selects(part, known))) return 'no';
  return keys.every((key) => key === nameLabel)
    ? 'yes'
    : { unknown: `the labels of the namespace ${subject.namespace} are not known` };
}

/** Selectors with one requirement each, which must all hold. */
function parts(selector: Selector): readonly Selector[] {
  return [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ matchLabels: { [key]: value } })),
    ...(selector.matchExpressions ?? []).map((item) => ({ matchExpressions: [item] })),
  ];
}

function keysOf(selector: Selector): readonly string[] {
  return [...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? []).map(({ key }) => key)];
}

function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const value = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, wanted]) => value(key) === wanted) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
      const found = value(key);
      const listed = found !== undefined && (values ?? []).includes(found);
      if (operator === 'Exists') return found !== undefined;
      if (operator === 'DoesNotExist') return found === undefined;
      return operator === 'In' ? listed : !listed;
    })
  );
}

/** A Namespace as the API server stores it. */
export function withNameLabel(namespace: JsonObject): JsonObject {
  const metadata = isObject(namespace.metadata) ? namespace.metadata : {};
  const labels = isObject(metadata.labels) ? metadata.labels : {};
  return { ...namespace, metadata: { ...metadata, labels: { ...labels, [nameLabel]: metadata.name ?? '' } } };
}

export function labelsOf(object: JsonObject): Readonly<Record<string, string>> {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const labels = isObject(metadata.labels) ? metadata.labels : {};
  return Object.fromEntries(Object.entries(labels).map(([key, label]) => [key, String(label)]));
}
