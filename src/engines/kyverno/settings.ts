import { objectAt, objectsAt } from '../../model/field-path.ts';
import { matchesGlob } from '../../model/glob.ts';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import { likelyTypo } from '../../model/nearest.ts';
import { ownKinds } from '../../model/own-kinds.ts';
import type { PolicyFile, UnaskedPolicy } from '../../model/policy.ts';
import type { Resource } from '../../model/resource.ts';
import type { EngineSettings } from '../engine.ts';
import { isInNamespaceOf, namespaceOf, type PolicyDocument, policyLabel, readDocuments } from './documents.ts';
import type { KyvernoOptions } from './options.ts';

export const kyvernoSettings: EngineSettings<KyvernoOptions> = {
  rules: async (policies) => documentsOf(policies).flatMap((document) => rulesOf(document)),
  unasked,
};

function documentsOf(policies: readonly PolicyFile[]): readonly PolicyDocument[] {
  return readDocuments(policies.filter(({ language }) => language === 'kyverno'));
}

/** Rule names as in findings: a rule by its name, a CEL validation by its position. */
function rulesOf(document: PolicyDocument): readonly string[] {
  const names = [
    ...objectsAt(document.spec, 'rules').map((rule) => String(rule.name)),
    ...objectsAt(document.spec, 'validations').map((_, index) => `validations[${index}]`),
    ...(document.group === 'policies.kyverno.io' ? ['all', 'mutations'] : []),
  ];
  return names.map((name) => `${policyLabel(document)}/${name}`);
}

/** Compares kinds and namespaces: names, labels and conditions depend on the resource. */
function unasked(set: ManifestSet): readonly UnaskedPolicy[] {
  return documentsOf(set.policies).flatMap((document): readonly UnaskedPolicy[] => {
    const asked = askedBy(document);
    const near = set.resources.filter((resource) => isInNamespaceOf(document, resource));
    if (asked === undefined || asked.some((one) => near.some((resource) => isAbout(one, resource)))) return [];
    const { file, line } = document;
    const suspect = suspectIn(document, asked, set.resources);
    return [
      { name: policyLabel(document), file, line, about: shown(document, asked), ...(suspect !== undefined && { suspect }) },
    ];
  });
}

function shown(document: PolicyDocument, asked: readonly Asked[]): string {
  const where = asked.flatMap(({ namespaces }) => namespaces);
  const places = namespaceOf(document) ?? [...new Set(where)].join(', ');
  return `${[...new Set(asked.map(({ text }) => text))].join(', ')}${places === '' ? '' : ` in ${places}`}`;
}

function suspectIn(document: PolicyDocument, asked: readonly Asked[], resources: readonly Resource[]): string | undefined {
  const own = [...new Set(resources.map(({ kind }) => kind))];
  const known = [...new Set([...ownKinds().map(({ kind }) => kind), ...own, ...own.flatMap(makesPods)])];
  const ofKind = asked.map(({ name, formsOf }) => (/[*?]/.test(name) ? undefined : likelyTypo(name, known.flatMap(formsOf))));
  if (document.kind === 'Policy' && document.namespace === undefined) return 'it has no namespace, so it is only about `default`';
  const isAnywhere = asked.some((one) => resources.some((resource) => isAbout({ ...one, namespaces: [] }, resource)));
  const here = [...new Set(resources.flatMap(({ namespace }) => namespace ?? []))];
  const named = isAnywhere ? [...asked.flatMap(({ namespaces }) => namespaces), namespaceOf(document) ?? ''] : [];
  const ofPlace = named.map((name) => (name === '' || /[*?]/.test(name) ? undefined : likelyTypo(name, here)));
  const ofVersion = asked.map((one) =>
    isAnywhere || !isOfOtherVersion(one, resources) ? undefined : otherVersion(one, resources),
  );
  return [...ofKind, ...ofPlace, ...ofVersion].find((found) => found !== undefined);
}

function isOfOtherVersion(one: Asked, resources: readonly Resource[]): boolean {
  return (
    one.apiVersion !== undefined &&
    resources.some((resource) => isAbout({ name: one.name, formsOf: one.formsOf, namespaces: [], text: '' }, resource))
  );
}

function otherVersion({ text, name }: Asked, resources: readonly Resource[]): string | undefined {
  const found = resources.find(({ kind }) => kind === name);
  return found === undefined ? undefined : `\`${text}\`: it is ${found.apiVersion} here`;
}

/** A kind, or the plural in the rules of a CEL policy. Kyverno does not convert between them, and is case-sensitive. */
interface Asked {
  /** As in the policy: `apps/v1/Deployment`. */
  readonly text: string;
  readonly name: string;
  /** A pattern: `apps/*`. */
  readonly apiVersion?: string;
  /** Patterns; none for all. */
  readonly namespaces: readonly string[];
  readonly formsOf: (kind: string) => readonly string[];
}

function isAbout({ name, apiVersion, namespaces, formsOf }: Asked, resource: Resource): boolean {
  const kinds: readonly (readonly [string, string])[] = [
    [resource.kind, resource.apiVersion],
    ...makesPods(resource.kind).map((kind) => [kind, 'v1'] as const),
  ];
  const isKind = kinds.some(
    ([kind, version]) => isOneOf(name, formsOf(kind)) && (apiVersion === undefined || matchesGlob(apiVersion, version)),
  );
  return isKind && (namespaces.length === 0 || namespaces.some((one) => matchesGlob(one, resource.namespace ?? 'default')));
}

/** The kinds that a policy matches; undefined for a policy without rules, and if a rule lists no kinds and so matches all. */
function askedBy({ spec }: PolicyDocument): readonly Asked[] | undefined {
  const kinds = objectsAt(spec, 'rules').map((rule) =>
    blocksOf(objectAt(rule, 'match')).flatMap((block) =>
      textsOf(block, 'kinds').map((text) => ({
        text,
        ...kindIn(text),
        namespaces: textsOf(block, 'namespaces'),
        formsOf: itself,
      })),
    ),
  );
  const plurals = objectsAt(objectAt(spec, 'matchConstraints'), 'resourceRules').map((rule) =>
    textsOf(rule, 'resources').map((text) => ({ text, name: text.split('/')[0] ?? text, namespaces: [], formsOf: pluralsOf })),
  );
  const all = [...kinds, ...plurals];
  return all.length === 0 || all.some((list) => list.length === 0) ? undefined : all.flat();
}

function blocksOf(match: JsonObject): readonly JsonObject[] {
  return [match, ...objectsAt(match, 'any'), ...objectsAt(match, 'all')].map((block) => objectAt(block, 'resources'));
}

function itself(kind: string): readonly string[] {
  return [kind];
}

/** `Pod`, `v1/Pod`, `apps/v1/Deployment`, and each with a subresource: `Pod/exec`, `Pod.status`. */
function kindIn(text: string): Pick<Asked, 'name' | 'apiVersion'> {
  const [whole, group, version, kind] = /^([^/]+)\/([^/]+)\/([A-Z*][^/.]*)/.exec(text) ?? [];
  if (whole !== undefined && kind !== undefined)
    return { name: kind, apiVersion: group === '*' && version === '*' ? '*' : `${group}/${version}` };
  const parts = text.split(/[/.]/);
  return { name: parts.find((part) => /^[A-Z]/.test(part)) ?? parts.at(-1) ?? text };
}

function textsOf(holder: JsonObject, key: string): readonly string[] {
  const list = isObject(holder) ? holder[key] : undefined;
  return isArray(list) ? list.map(String) : [];
}

function isOneOf(pattern: string, names: readonly string[]): boolean {
  return names.some((name) => matchesGlob(pattern, name));
}

function pluralsOf(kind: string): readonly string[] {
  const lower = kind.toLowerCase();
  if (lower.endsWith('y')) return [lower.replace(/y$/, 'ies'), `${lower}s`];
  return [/(?:s|x|z|ch|sh)$/.test(lower) ? `${lower}es` : `${lower}s`];
}

/** Kyverno also applies a rule for pods to controllers that create pods. */
function makesPods(kind: string): readonly string[] {
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'].includes(kind)
    ? ['Pod']
    : [];
}
