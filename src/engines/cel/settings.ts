import { builtInKinds } from '../../model/discovery.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import { memoizeByObject } from '../../model/memoize.ts';
import { likelyTypo } from '../../model/nearest.ts';
import { isOwnGroup, ownKinds } from '../../model/own-kinds.ts';
import type { UnaskedPolicy } from '../../model/policy.ts';
import type { Resource } from '../../model/resource.ts';
import type { EngineSettings } from '../engine.ts';
import { admissionOf } from './admission.ts';
import { podKind, templatePod } from './autogen.ts';
import { type Facts, factsOf, placeOf } from './facts.ts';
import { apiResource } from './kinds.ts';
import { loadMutations, loadOnce, type PolicyText } from './load.ts';
import { matches, mayMatch } from './match.ts';
import type { MutatingPolicy } from './mutations/policy.ts';
import type { CelOptions } from './options.ts';
import { bareName, parsePack, readPackTexts } from './pack.ts';
import type { CelPolicy } from './policy.ts';
import type { ResourceRule } from './schema.ts';

export const celSettings: EngineSettings<CelOptions> = {
  async rules(policies, { files, gateRoot }) {
    const shipped = parsePack(await readPackTexts(files, gateRoot));
    return [...shipped, ...ownPolicies(policies)].map(({ name }) => name);
  },
  // A run of the engine rejects an unknown name too, but does not know the line.
  named: ({ enable, disable, params }) => [
    ...enable.map((rule, index) => ({ rule: bareName(rule), path: ['enable', index] })),
    ...disable.map((rule, index) => ({ rule: bareName(rule), path: ['disable', index] })),
    ...Object.keys(params).map((rule) => ({ rule: bareName(rule), path: ['params', rule] })),
  ],
  unasked,
};

/** The ValidatingAdmissionPolicies among users' policies. */
export const userPolicies = memoizeByObject((policies: ManifestSet['policies']): readonly PolicyText[] =>
  policies.filter(({ language }) => language === 'cel').map(({ file, text }) => ({ path: file, text })),
);

type OwnPolicy = CelPolicy | MutatingPolicy;

function ownPolicies(policies: ManifestSet['policies']): readonly OwnPolicy[] {
  const own = userPolicies(policies);
  return [...loadOnce(own), ...loadMutations(own)];
}

function unasked(set: ManifestSet, { autogen }: CelOptions): readonly UnaskedPolicy[] {
  const own = ownPolicies(set.policies);
  if (own.length === 0) return [];
  const facts = factsOf(set, [], false);
  return own
    .filter((policy) => !set.resources.some((resource) => isAsked(policy, resource, facts, autogen)))
    .map((policy) => describe(policy, set.resources, facts));
}

/** Ignores match conditions, which depend on each object. */
function isAsked(policy: OwnPolicy, resource: Resource, facts: Facts, autogen: boolean): boolean {
  const { matchConstraints } = policy.spec;
  const isAbout = mayMatch(matchConstraints, apiResource(resource.apiVersion, resource.kind, facts.definitions));
  const pod = autogen && !isAbout ? templatePod(resource) : undefined;
  if (!isAbout && (pod === undefined || !mayMatch(matchConstraints, podKind))) return false;
  const admission = admissionOf(pod?.object ?? resource.object, placeOf(resource, facts));
  const isBound =
    policy.bindings.length === 0 ||
    policy.bindings.some(({ matchResources }) => matchResources === undefined || matches(matchResources, admission) !== 'no');
  return isBound && matches(matchConstraints, admission) !== 'no';
}

function describe(policy: OwnPolicy, resources: readonly Resource[], { definitions }: Facts): UnaskedPolicy {
  const rules = policy.spec.matchConstraints.resourceRules;
  const here = resources.map(({ apiVersion, kind }) => apiResource(apiVersion, kind, definitions));
  const plurals = [
    ...new Set([...ownKinds().map(({ plural }) => plural), ...here.flatMap(({ plurals: [likeliest] }) => likeliest ?? [])]),
  ];
  const accepted = new Set([...plurals, ...here.flatMap((resource) => resource.plurals)]);
  const groups = [...new Set([...ownKinds().map(({ group }) => group), ...here.map(({ group }) => group)])];
  const suspect = rules
    .flatMap((rule) => [
      ...rule.resources
        .map((item) => item.split('/')[0] ?? item)
        .map((item) => (accepted.has(item) ? undefined : typo(item, plurals))),
      ...rule.apiGroups.map((item) => typo(item, groups)),
      elsewhere(rule),
    ])
    .find((found) => found !== undefined);
  return {
    name: policy.name,
    file: policy.file,
    line: policy.line,
    about: rules.map((rule) => `${rule.resources.join(', ')}${ofGroups(rule.apiGroups)}`).join('; '),
    ...(suspect !== undefined && { suspect }),
  };
}

/** The API server accepts only lower-case plurals in such a list; anything else matches nothing there either. */
function typo(item: string, known: readonly string[]): string | undefined {
  return item === '*' || item === '' ? undefined : likelyTypo(item, known);
}

/** Why a rule about a resource of Kubernetes matches nothing in any cluster. */
function elsewhere({ apiGroups, resources, scope }: ResourceRule): string | undefined {
  for (const item of resources) {
    const plural = item.split('/')[0] ?? item;
    const own = ownKinds().filter((one) => one.plural === plural);
    if (own.length === 0 || apiGroups.some((group) => group === '*' || !isOwnGroup(versioned(group)))) continue;
    const here = own.filter(({ group }) => apiGroups.includes(group));
    const served = builtInKinds().filter((one) => one.plural === plural);
    const groups = [
      ...new Set((served.length > 0 ? served : own).map(({ group }) => (group === '' ? 'core, written `""`' : `\`${group}\``))),
    ];
    if (here.length === 0) return `\`${plural}\` are of the group ${groups.join(' or ')}`;
    const isCluster = scope === 'Cluster';
    if (scope !== undefined && scope !== '*' && here.every(({ namespaced }) => namespaced === isCluster))
      return `\`${plural}\` are ${isCluster ? 'namespaced' : 'cluster-scoped'}, but the scope is ${scope}`;
  }
  return undefined;
}

function versioned(group: string): string {
  return group === '' ? 'v1' : `${group}/v1`;
}

function ofGroups(groups: readonly string[]): string {
  const named = groups.filter((group) => group !== '' && group !== '*');
  return named.length === 0 ? '' : ` of ${named.join(', ')}`;
}
