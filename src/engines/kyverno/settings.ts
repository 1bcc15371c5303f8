import { objectAt, objectsAt } from '../../model/field-path.ts';
import { matchesGlob } from '../../model/glob.ts';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import { likelyTypo } from '../../model/nearest.ts';
import { ownKinds } from '../../model/own-kinds.ts';
import type { PolicyFile, UnaskedPolicy } from '../../model/policy.ts';
import type { EngineSettings } from '../engine.ts';
import { type PolicyDocument, policyLabel, readDocuments } from './documents.ts';
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

/** Only compares kinds: names, labels and conditions depend on the resource. */
function unasked(set: ManifestSet): readonly UnaskedPolicy[] {
  const own = [...new Set(set.resources.map(({ kind }) => kind))];
  const here = [...new Set([...own, ...own.flatMap(makesPods)])];
  const known = [...new Set([...ownKinds().map(({ kind }) => kind), ...here])];
  return documentsOf(set.policies).flatMap((document): readonly UnaskedPolicy[] => {
    const asked = askedBy(document);
    if (asked === undefined || asked.some(({ name, formsOf }) => here.some((kind) => isOneOf(name, formsOf(kind))))) return [];
    const suspect = asked
      .map(({ name, formsOf }) => (/[*?]/.test(name) ? undefined : likelyTypo(name, known.flatMap(formsOf))))
      .find((found) => found !== undefined);
    const { file, line } = document;
    const about = [...new Set(asked.map(({ name }) => name))].join(', ');
    return [{ name: policyLabel(document), file, line, about, ...(suspect !== undefined && { suspect }) }];
  });
}

/** A kind, or the plural in the rules of a CEL policy. Kyverno does not convert between them, and is case-sensitive. */
interface Asked {
  readonly name: string;
  readonly formsOf: (kind: string) => readonly string[];
}

/** The kinds that a policy matches; undefined for a policy without rules, and if a rule lists no kinds and so matches all. */
function askedBy({ spec }: PolicyDocument): readonly Asked[] | undefined {
  const kinds = objectsAt(spec, 'rules').map((rule) =>
    kindsOfRule(objectAt(rule, 'match')).map((name) => ({ name, formsOf: (kind: string) => [kind] })),
  );
  const plurals = objectsAt(objectAt(spec, 'matchConstraints'), 'resourceRules').map((rule) =>
    textsOf(rule, 'resources').map((text) => ({ name: text.split('/')[0] ?? text, formsOf: pluralsOf })),
  );
  const all = [...kinds, ...plurals];
  return all.length === 0 || all.some((list) => list.length === 0) ? undefined : all.flat();
}

function kindsOfRule(match: JsonObject): readonly string[] {
  const blocks = [match, ...objectsAt(match, 'any'), ...objectsAt(match, 'all')];
  return blocks.flatMap((block) => textsOf(objectAt(block, 'resources'), 'kinds')).map(kindIn);
}

/** Extracts `Pod` from `Pod`, `v1/Pod`, `apps/v1/Pod`, `Pod/exec` and `Pod.status`. */
function kindIn(text: string): string {
  const parts = text.split(/[/.]/);
  return parts.find((part) => /^[A-Z]/.test(part)) ?? parts.at(-1) ?? text;
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
