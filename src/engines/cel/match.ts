import { objectAt } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';
import { holds, type LabelSelector, nameLabel, requirementsOf, selects } from '../../model/label-selector.ts';
import { conversionOf, equivalentGroups } from './equivalents.ts';
import type { ApiResource } from './kinds.ts';
import { metadataTexts } from './policy-document.ts';
import type { MatchResources, ResourceRule } from './schema.ts';

/**
 * `unknown`: known only to a cluster, with the reason. `doubt`: it matches, but what the API server would evaluate is not what is written, so only
 * a failure is certain.
 */
export type Match = 'yes' | 'no' | { readonly unknown: string } | { readonly doubt: string };

export interface Subject {
  readonly object: JsonObject;
  readonly resource: ApiResource;
  readonly name: string;
  /** undefined for cluster-scoped kinds, and for custom kinds that may be cluster-scoped if the manifest has none. */
  readonly namespace: string | undefined;
  /** The manifest has no namespace, so whoever applies it decides: the name is a guess. */
  readonly namespaceGuessed: boolean;
  /** undefined if they are not known. */
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined;
}

/** Whether a policy or binding with these constraints matches the object when it is created. */
export function matches(match: MatchResources, subject: Subject): Match {
  const { excludeResourceRules = [] } = match;
  if (excludeResourceRules.some((rule) => excludes(rule, subject))) return 'no';
  const rules = rulesMatch(match, subject);
  if (rules === 'no') return 'no';
  if (match.objectSelector && !selects(match.objectSelector, metadataTexts(subject.object, 'labels'))) return 'no';
  return allOf(rules, match.namespaceSelector ? namespaceMatches(match.namespaceSelector, subject) : 'yes');
}

/** What the rules give for a kind, unless it depends on more of an object than its kind. */
const known = new WeakMap<MatchResources, WeakMap<ApiResource, Match>>();

function rulesMatch(match: MatchResources, subject: Subject): Match {
  const { resource } = subject;
  const { resourceRules = [], matchPolicy } = match;
  if (resourceRules.length === 0) return 'yes';
  const ofKinds = known.get(match) ?? new WeakMap<ApiResource, Match>();
  const ofKind = ofKinds.get(resource);
  if (ofKind !== undefined) return ofKind;
  const found = anyOf(resourceRules.map((rule) => ruleMatches(rule, subject, matchPolicy !== 'Exact')));
  const isOfKind =
    resource.namespaced !== undefined && resourceRules.every(({ resourceNames = [] }) => resourceNames.length === 0);
  if (isOfKind) known.set(match, ofKinds.set(resource, found));
  return found;
}

/** Whether it can match an object of this kind at all, whatever the object's name, namespace and labels are. */
export function mayMatch({ resourceRules = [], matchPolicy }: MatchResources, resource: ApiResource): boolean {
  return (
    resourceRules.length === 0 || resourceRules.some((rule) => kindMatches(rule, resource, matchPolicy !== 'Exact') !== 'no')
  );
}

/** The least certain of them; `no` if one is. */
export function allOf(left: Match, right: Match): Match {
  if (left === 'no' || right === 'no') return 'no';
  if (left !== 'yes' && 'unknown' in left) return left;
  return right === 'yes' ? left : right;
}

/** The most certain of them. */
function anyOf(found: readonly Match[]): Match {
  const rank = (match: Match) => (match === 'yes' ? 0 : match === 'no' ? 3 : 'doubt' in match ? 1 : 2);
  return found.toSorted((one, other) => rank(one) - rank(other))[0] ?? 'no';
}

/**
 * `Equivalent` (the default) lets a rule for extensions/v1beta1 see a Deployment of apps/v1. It is not applied to exclusions: an object of
 * another version is evaluated rather than excluded on a guess.
 */
function kindMatches(rule: ResourceRule, resource: ApiResource, equivalent: boolean): Match {
  const has = (list: readonly string[], item: string) => list.includes('*') || list.includes(item);
  if (!has(rule.operations, 'CREATE') || !rule.resources.some((item) => isAbout(item, resource))) return 'no';
  if (has(rule.apiGroups, resource.group) && has(rule.apiVersions, resource.version)) return 'yes';
  if (!equivalent || !equivalentGroups(resource).some((group) => has(rule.apiGroups, group))) return 'no';
  const conversion = conversionOf(resource, rule);
  return conversion === undefined ? 'yes' : { doubt: conversion };
}

/** `pods`, `*`, and `pods/*`, which is about the pods themselves as well as their subresources; `pods/status` and `*` + `/scale` are not. */
function isAbout(item: string, { plurals }: ApiResource): boolean {
  const [resource = '', subresource] = split(item);
  return (resource === '*' || plurals.includes(resource)) && (subresource === undefined || subresource === '*');
}

function split(item: string): readonly string[] {
  const slash = item.indexOf('/');
  return slash < 0 ? [item] : [item.slice(0, slash), item.slice(slash + 1)];
}

function ruleMatches(rule: ResourceRule, subject: Subject, equivalent: boolean): Match {
  const { resourceNames = [] } = rule;
  if (resourceNames.length > 0 && !resourceNames.includes(subject.name)) return 'no';
  return allOf(kindMatches(rule, subject.resource, equivalent), scopeMatches(rule.scope ?? '*', subject));
}

/** Never on a guess: an object that may not be meant is evaluated. */
function excludes(rule: ResourceRule, subject: Subject): boolean {
  const isScopeKnown = rule.scope === undefined || rule.scope === '*' || subject.resource.namespaced !== undefined;
  return isScopeKnown && ruleMatches(rule, subject, false) === 'yes';
}

/**
 * A custom kind without a known definition may have either scope. An API server ignores the namespace of a cluster-scoped object, so a namespace in
 * the manifest proves nothing.
 */
function scopeMatches(scope: '*' | 'Cluster' | 'Namespaced', { resource: { namespaced, kind }, namespace }: Subject): Match {
  if (scope === '*') return 'yes';
  if (namespaced !== undefined) return (scope === 'Namespaced') === namespaced ? 'yes' : 'no';
  if (namespace === undefined || scope === 'Namespaced') return 'yes';
  return { unknown: `there is no CustomResourceDefinition of ${kind}, so its scope is unknown` };
}

function namespaceMatches(selector: LabelSelector, subject: Subject): Match {
  const found = namespaceSelects(selector, subject);
  return found === 'no' && subject.namespaceGuessed ? { unknown: 'the manifest has no namespace' } : found;
}

function namespaceSelects(selector: LabelSelector, subject: Subject): Match {
  const requirements = requirementsOf(selector);
  if (requirements.length === 0) return 'yes';
  // The selector applies to a Namespace's own labels, and not to other cluster-scoped objects.
  if (subject.resource.kind === 'Namespace' && subject.resource.group === '') {
    return selects(selector, { ...metadataTexts(subject.object, 'labels'), [nameLabel]: subject.name }) ? 'yes' : 'no';
  }
  if (subject.namespace === undefined) return 'yes';
  const known = { ...subject.namespaceLabels, [nameLabel]: subject.namespace };
  if (subject.namespaceLabels !== undefined) return selects(selector, known) ? 'yes' : 'no';
  const byName = requirements.filter(({ key }) => key === nameLabel);
  if (byName.some((one) => !holds(one, known))) return 'no';
  return byName.length === requirements.length
    ? 'yes'
    : { unknown: `the labels of the namespace ${subject.namespace} are not known` };
}

/** A Namespace as the API server stores it. */
export function withNameLabel(namespace: JsonObject): JsonObject {
  const metadata = objectAt(namespace, 'metadata');
  const labels = objectAt(metadata, 'labels');
  return { ...namespace, metadata: { ...metadata, labels: { ...labels, [nameLabel]: metadata.name ?? '' } } };
}
