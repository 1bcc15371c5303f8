import { objectAt, objectsAt, valueAt } from '../../model/field-path.ts';
import { matchesGlob } from '../../model/glob.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { PolicyFile } from '../../model/policy.ts';
import type { RulePair } from '../../model/waiver.ts';
import { parseYaml } from '../../yaml/yaml.ts';

interface Located {
  readonly object: JsonObject;
  readonly file: string;
  readonly line: number;
}

/** A rule under the name that Kyverno gives it for a kind: `autogen-limits` for a Deployment where the rule is about pods. */
interface NamedRule {
  readonly rule: string;
  readonly name: string;
  readonly kind: string;
}

/** Name of a policy, with its namespace for a Policy -> its rules. */
export type KyvernoRules = ReadonlyMap<string, readonly NamedRule[]>;

export function objectsIn(policies: readonly PolicyFile[]): readonly Located[] {
  return policies
    .filter(({ language }) => language === 'kyverno')
    .flatMap(({ file, text }) =>
      parseYaml({ file, text, errorCode: 'POLICY_INVALID' }).flatMap(({ value, line }) =>
        itemsOf(value).map((object) => ({ object, file, line })),
      ),
    );
}

function itemsOf(value: JsonValue): readonly JsonObject[] {
  if (!isObject(value)) return [];
  return value.kind === 'List' && isArray(value.items) ? value.items.filter(isObject) : [value];
}

export function rulesOf(objects: readonly Located[]): KyvernoRules {
  const policies = objects.filter(({ object: { kind } }) => kind === 'ClusterPolicy' || kind === 'Policy');
  return new Map(
    policies.map(({ object }) => {
      const { name, namespace } = objectAt(object, 'metadata');
      const label = `${object.kind === 'Policy' && typeof namespace === 'string' ? `${namespace}/` : ''}${String(name)}`;
      return [label, objectsAt(object, 'spec', 'rules').flatMap(namesOf)];
    }),
  );
}

const controllers = ['DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'ReplicationController', 'StatefulSet'];

/** https://kyverno.io/docs/policy-types/cluster-policy/autogen/: only for rules about pods and nothing else. */
function namesOf(rule: JsonObject): readonly NamedRule[] {
  const kinds = blocksOf(objectAt(rule, 'match')).flatMap((block) => textsAt(block, 'kinds').map(kindOf));
  const name = String(rule.name);
  const own = kinds.map((kind) => ({ rule: name, name, kind }));
  if (kinds.length === 0 || kinds.some((kind) => kind !== 'Pod')) return own;
  return [
    ...own,
    ...controllers.map((kind) => ({ rule: name, name: `autogen-${name}`, kind })),
    { rule: name, name: `autogen-cronjob-${name}`, kind: 'CronJob' },
  ];
}

/** The `resources` of `match`, and of its lists `any` and `all`. */
function blocksOf(match: JsonObject): readonly JsonObject[] {
  return [match, ...objectsAt(match, 'any'), ...objectsAt(match, 'all')].flatMap((block) =>
    isObject(block.resources) ? [block.resources] : [],
  );
}

function textsAt(value: JsonObject, key: string): readonly string[] {
  const found = valueAt(value, [key]);
  return isArray(found) ? found.filter((item) => typeof item === 'string') : [];
}

/** `apps/v1/Deployment` -> `Deployment`. */
function kindOf(text: string): string {
  return text.split('/').at(-1) ?? text;
}

/**
 * The rules and resources that a PolicyException exempts, or why the gate cannot tell. Only what names, kinds and namespaces decide is
 * supported: https://kyverno.io/docs/guides/exceptions/
 */
export function exemptRules(
  { apiVersion, spec }: JsonObject,
  rules: KyvernoRules,
): { readonly pairs: readonly RulePair[] } | { readonly problem: string } {
  if (String(apiVersion).startsWith('policies.'))
    return { problem: 'exceptions of policies in CEL are not supported; write a waiver instead' };
  for (const key of ['conditions', 'podSecurity'])
    if (isObject(spec) && spec[key] !== undefined) return { problem: `its \`${key}\` are not evaluated; write a waiver instead` };
  const match = objectAt(spec, 'match');
  const blocks = isArray(match.any) ? match.any : isArray(match.all) && match.all.length === 1 ? match.all : [];
  const [first, ...more] = blocks.map(scopeOf);
  if (first === undefined || Object.keys(match).length !== 1)
    return { problem: 'its `match` is not `any`, or `all` with one entry; write a waiver instead' };
  const pairs: RulePair[] = [];
  for (const scope of [first, ...more]) {
    if (typeof scope === 'string') return { problem: scope };
    for (const exception of objectsAt(spec, 'exceptions')) pairs.push(...pairsOf(exception, scope, rules));
  }
  return { pairs };
}

interface Scope {
  readonly kinds: readonly string[];
  /** A resource as `shop/web`. */
  readonly names: readonly string[];
}

/** What a block of `match` selects, or why that is not known. */
function scopeOf(block: JsonValue): Scope | string {
  const resources = isObject(block) ? objectAt(block, 'resources') : {};
  const other = isObject(block) ? Object.keys(block).find((key) => key !== 'resources') : 'match';
  const unknown =
    other ?? Object.keys(resources).find((key) => !['kinds', 'name', 'names', 'namespaces', 'operations'].includes(key));
  if (unknown !== undefined) return `its \`${unknown}\` is not evaluated; write a waiver instead`;
  const operations = textsAt(resources, 'operations');
  if (operations.length > 0 && !operations.includes('CREATE')) return 'it is not about new resources';
  const kinds = textsAt(resources, 'kinds').map(kindOf);
  const names = [...textsAt(resources, 'names'), ...(typeof resources.name === 'string' ? [resources.name] : [])];
  const namespaces = textsAt(resources, 'namespaces');
  const isEverything = (patterns: readonly string[]) => patterns.length === 0 || patterns.some((one) => /^\**$/.test(one));
  if ([kinds, names, namespaces].every(isEverything)) return 'it exempts every resource: limit it by kind, name or namespace';
  const ofNames = names.length === 0 ? ['*'] : names;
  return {
    kinds: kinds.length === 0 ? ['*'] : kinds,
    names:
      namespaces.length === 0
        ? ofNames.flatMap((name) => [name, `*/${name}`])
        : namespaces.flatMap((namespace) => ofNames.map((name) => `${namespace}/${name}`)),
  };
}

function pairsOf(exception: JsonObject, { kinds, names }: Scope, rules: KyvernoRules): readonly RulePair[] {
  const policy = String(exception.policyName);
  const patterns = textsAt(exception, 'ruleNames');
  const exempt = (rules.get(policy) ?? []).filter(({ name }) => patterns.some((pattern) => matchesGlob(pattern, name)));
  return exempt.flatMap(({ rule, kind: ofRule }) =>
    kinds.flatMap((ofException) => {
      const kind = narrower(ofRule, ofException);
      return kind === undefined ? [] : names.map((name) => ({ rule: `kyverno/${policy}/${rule}`, target: `${kind} ${name}` }));
    }),
  );
}

/** The kind that both patterns match. */
function narrower(a: string, b: string): string | undefined {
  if (matchesGlob(a, b)) return b;
  return matchesGlob(b, a) ? a : undefined;
}
