import { objectAt, objectsAt } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../../model/json.ts';
import { nameLabel } from '../../model/label-selector.ts';
import { without } from './documents.ts';
import { outsideOf } from './expressions.ts';

/**
 * What a rule needs apart from the object. For such data, Kyverno's CLI uses nothing or the manifests of the change itself, and then reports
 * "pass" or nothing at all; the gate reports that the result is unknown.
 */
export function clusterNeed(rule: JsonObject): string | undefined {
  if ('verifyImages' in rule) return verification(stringifyJson(rule.verifyImages ?? null));
  if ('manifests' in objectAt(rule, 'validate')) return 'verifying signatures of manifests needs the network';
  const outside = [rule, objectAt(rule, 'validate'), objectAt(rule, 'mutate')]
    .flatMap(contextsIn)
    .find((key) => outsideContexts.includes(key));
  if (outside !== undefined) return `its context (${outside}) comes from the cluster or the network`;
  if (matchBlocks(objectAt(rule, 'match')).some((block) => userKeys.some((key) => key in block)))
    return 'it depends on who applies the change';
  if (requestVariable.test(stringifyJson(rule))) return 'it depends on who applies the change';
  const cel = objectAt(objectAt(rule, 'validate'), 'cel');
  if ('paramKind' in cel) return 'its parameters come from the cluster';
  return celNeed({ ...cel, validations: cel.expressions ?? null, matchConditions: rule.celPreconditions ?? null });
}

/** What verifying images needs, by the kinds of attestors in a rule or policy. */
export function verification(text: string): string {
  const kinds = [
    ...(/"(?:keys?|publicKeys|kms|secret)":/.test(text) ? ['public keys'] : []),
    ...(/"(?:certificates?|certs|cert)":/.test(text) ? ['certificates'] : []),
    ...(/"keyless":/.test(text) ? ['keyless identities and a transparency log'] : []),
    ...(/"attestations":/.test(text) ? ['attestations'] : []),
  ];
  const by = kinds.length === 0 ? '' : ` (by ${kinds.join(', ')})`;
  return `verifying the signatures of images${by} needs their registry`;
}

/** Also without braces, as in `jmesPath: request.userInfo.username`. */
const requestVariable =
  /\brequest\s*\.\s*(?:\\?")?(?:userInfo|roles|clusterRoles)\b|\{\{[^}]*serviceAccountName|"(?:jmesPath|list)":"[^"]*serviceAccountName/;

/** What Kyverno's CLI would take from nowhere: https://kyverno.io/docs/policy-types/cluster-policy/external-data-sources/ */
const outsideContexts = ['configMap', 'apiCall', 'globalReference', 'imageRegistry'];

/** The keys of every `context` entry of a rule: `foreach` can be nested. */
function contextsIn(value: JsonValue | undefined): readonly string[] {
  const own = objectsAt(value, 'context').flatMap((entry) => Object.keys(entry));
  return [...own, ...objectsAt(value, 'foreach').flatMap(contextsIn)];
}

/** What the expressions of a CEL policy need, or those of the CEL of a rule. Those of messages count: they would be evaluated, too. */
export function celNeed(spec: JsonObject): string | undefined {
  const found = ['validations', 'matchConditions', 'variables', 'mutations', 'auditAnnotations']
    .flatMap((key) => expressionsIn(spec[key] ?? null))
    .map(outsideOf)
    .find((use) => use !== undefined);
  return found === undefined ? undefined : `${found} needs the cluster, the network or the admission request`;
}

/** `expression`, `messageExpression`, `valueExpression`. */
function expressionsIn(value: JsonValue): readonly string[] {
  if (isArray(value)) return value.flatMap(expressionsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    typeof member === 'string' && /expression$/i.test(key) ? [member] : expressionsIn(member),
  );
}

const namespaceObject = /\bnamespaceObject\b/;
const userKeys = ['subjects', 'roles', 'clusterRoles'];
/** Whether a rule of a ClusterPolicy or Policy reads labels of namespaces. */
export function readsNamespaceLabels(rule: JsonObject): boolean {
  const blocks = [...matchBlocks(objectAt(rule, 'match')), ...matchBlocks(objectAt(rule, 'exclude'))];
  return blocks.some(hasNamespaceSelector) || namespaceObject.test(stringifyJson(objectAt(objectAt(rule, 'validate'), 'cel')));
}

export function celReadsNamespaceLabels(spec: JsonObject): boolean {
  const { namespaceSelector } = objectAt(spec, 'matchConstraints');
  return selectsByUnknownLabel(namespaceSelector) || namespaceObject.test(stringifyJson(spec));
}

function hasNamespaceSelector(block: JsonObject): boolean {
  return selectsByUnknownLabel(objectAt(block, 'resources').namespaceSelector);
}

function selectsByUnknownLabel(selector: JsonValue | undefined): boolean {
  const keys = [
    ...Object.keys(objectAt(selector, 'matchLabels')),
    ...objectsAt(selector, 'matchExpressions').map((expression) => String(expression.key)),
  ];
  return keys.some((key) => key !== nameLabel);
}

/** `match` and `exclude` contain one block, or lists of blocks under `any` and `all`. */
function matchBlocks(match: JsonObject): readonly JsonObject[] {
  return [match, ...objectsAt(match, 'any'), ...objectsAt(match, 'all')];
}

/** `match` without conditions that are unknown offline: it then matches at least everything that it could match. */
export function widenedMatch(match: JsonObject): JsonObject {
  return eachBlock(match, (block) => {
    const rest = without(block, ...userKeys);
    return isObject(rest.resources) ? { ...rest, resources: without(rest.resources, 'namespaceSelector') } : rest;
  });
}

/** `exclude` without blocks that are unknown offline, so that nothing is excluded by guessing. */
export function narrowedExclude(exclude: JsonObject): JsonObject | undefined {
  const unsure = (block: JsonObject) => hasNamespaceSelector(block) || userKeys.some((key) => key in block);
  if (unsure(exclude)) return undefined;
  const any = objectsAt(exclude, 'any').filter((block) => !unsure(block));
  const all = objectsAt(exclude, 'all');
  if (all.some(unsure)) return undefined;
  if (isArray(exclude.any)) return any.length > 0 ? { ...exclude, any } : undefined;
  return Object.keys(exclude).length > 0 ? exclude : undefined;
}

function eachBlock(match: JsonObject, change: (block: JsonObject) => JsonObject): JsonObject {
  const lists = ['any', 'all'].filter((key) => isArray(match[key])).map((key) => [key, objectsAt(match, key).map(change)]);
  return { ...change(match), ...Object.fromEntries(lists) };
}

/** Whether rules list operations without CREATE: the gate only sees objects, not updates or deletions. */
export function neverOnCreate(operations: readonly (JsonValue | undefined)[]): boolean {
  const lists = operations.filter((list) => isArray(list));
  return lists.length > 0 && lists.every((list) => isArray(list) && !list.some((item) => item === 'CREATE' || item === '*'));
}

/** Whether a precondition that must hold compares the operation with a list without CREATE: `{{ request.operation }}` is CREATE here. */
export function neverOnCreateBy(rule: JsonObject): boolean {
  const { preconditions } = rule;
  const all = isArray(preconditions) ? preconditions.filter(isObject) : objectsAt(preconditions, 'all');
  return all.some(
    ({ key, operator, value }) =>
      typeof key === 'string' &&
      /^\{\{\s*request\.operation\s*(?:\|\|\s*'[^']*'\s*)?\}\}$/.test(key) &&
      ['equals', 'equal', 'in', 'anyin', 'allin'].includes(String(operator).toLowerCase()) &&
      [value].flat().every((one) => typeof one === 'string' && /^(?:UPDATE|DELETE|CONNECT)$/.test(one)),
  );
}

export function operationsOf(rule: JsonObject): readonly (JsonValue | undefined)[] {
  return matchBlocks(objectAt(rule, 'match')).map((block) => objectAt(block, 'resources').operations);
}
