import { isObject, type JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { defaulted } from '../crd-defaults.ts';
import type { CrdRuleResult, CrdRules } from '../crd-rules.ts';
import { type Api, apiOf, apiVersionOf, isOwnGroup, misspelledGroup, unserved } from './api.ts';
import type { Catalog } from './catalog.ts';
import type { Crd, Crds, CrdVersion } from './crds.ts';
import { validateCustom } from './custom.ts';
import { oneCause } from './one-cause.ts';
import type { Problem } from './problem.ts';
import type { ObjectRule, RuleFinding } from './rule.ts';
import { validate } from './validate.ts';

/** What objects are validated by. */
export interface Schemas {
  readonly catalog: Catalog;
  readonly crds: Crds;
  readonly rules: readonly ObjectRule[];
  readonly crdRules: CrdRules;
}

export interface Judgement {
  readonly problems: readonly Problem[];
  readonly rules: readonly RuleFinding[];
  /** Nothing was validated. */
  readonly isUnknown: boolean;
}

const unknown: Judgement = { problems: [], rules: [], isUnknown: true };

function known(problems: readonly Problem[], rules: readonly RuleFinding[] = []): Judgement {
  return { ...oneCause({ problems, rules }), isUnknown: false };
}

/** What the API server of a minor would refuse in a resource. */
export function judgeFor(resource: Resource, minor: number, schemas: Schemas): Judgement {
  const api = apiOf(resource.apiVersion, resource.kind);
  const definitions = schemas.crds.of(api.group, api.kind, resource);
  if (definitions.length > 0) return judgeCustom(resource, api, minor, definitions, schemas);
  if (isOwnGroup(api.group)) return judgeBuiltIn(resource, api, minor, schemas);
  const misspelled = misspelledGroup(api);
  return misspelled === undefined ? unknown : known([misspelled]);
}

function judgeBuiltIn({ object }: Resource, api: Api, minor: number, { catalog, rules }: Schemas): Judgement {
  const findings = rules.flatMap((rule) => [...rule(object, { ...api, minor })]);
  const wrongApi = unserved(api, minor);
  // A rule about the removal of an API knows more than that it is not served.
  const isReported = findings.some(({ rule }) => rule === 'removed-api');
  const problems = wrongApi === undefined || isReported ? [] : [wrongApi];
  const type = catalog.typeOf(api.group, api.version, api.kind, minor);
  return known(type === undefined || wrongApi !== undefined ? problems : validate(object, type), findings);
}

/** By the definition that has the least against it: which of several is in the cluster of the resource is not known. */
function judgeCustom(
  resource: Resource,
  api: Api,
  minor: number,
  definitions: readonly Crd[],
  { catalog, rules, crdRules }: Schemas,
): Judgement {
  const judged = definitions.map((crd) => judgeBy(crd, resource, api, crdRules));
  const best = judged.reduce((least, one) => (against(one) < against(least) ? one : least));
  // Of the rules, those about metadata are also about custom resources.
  const found = rules.flatMap((rule) => [...rule(resource.object, { ...api, minor })]);
  const problems = [...metadataProblems(resource, minor, catalog), ...best.problems];
  return { ...known(problems, [...found, ...best.rules]), isUnknown: best.isUnknown };
}

function metadataProblems({ object }: Resource, minor: number, catalog: Catalog): readonly Problem[] {
  const metadata = catalog.metadata(minor);
  const holder = { is: 'object', name: '', fields: new Map([['metadata', () => metadata]]), required: [] } as const;
  return validate({ metadata: object.metadata ?? null }, holder);
}

function against({ problems, rules }: Judgement): number {
  return problems.length + rules.length;
}

function judgeBy({ versions }: Crd, { object }: Resource, api: Api, crdRules: CrdRules): Judgement {
  const version = versions.get(api.version);
  if (version?.served !== true) return known([unservedVersion(api, versions)]);
  const schema = version.schema();
  if (schema === undefined) return unknown;
  const whole = defaulted(object, schema.openApi);
  const problems = validateCustom(isObject(whole) ? whole : object, schema.root, version.hasStatus);
  // Rules assume the types of the schema.
  if (problems.length > 0 || schema.withRules === undefined) return known(problems);
  return known([], crdRules(created(object, version), schema.withRules).map(ofCrd));
}

/** The status of a new object is dropped if it is a subresource. */
function created({ status, ...rest }: JsonObject, { hasStatus }: CrdVersion): JsonObject {
  return hasStatus || status === undefined ? rest : { ...rest, status };
}

function ofCrd({ status, path, message }: CrdRuleResult): RuleFinding {
  return status === 'fail'
    ? { rule: 'failed-rule', path, message, suggestion: 'Correct what the rule of the CustomResourceDefinition names.' }
    : {
        rule: 'failed-rule',
        severity: 'unknown',
        path,
        message: `a rule of the CustomResourceDefinition could not be evaluated: ${message}`,
        suggestion: 'Check the object with `kubectl apply --dry-run=server`.',
      };
}

function unservedVersion(api: Api, versions: ReadonlyMap<string, CrdVersion>): Problem {
  const served = [...versions].flatMap(([version, one]) => (one.served ? [apiVersionOf({ ...api, version })] : []));
  const only = served.length > 0 ? `, only ${served.join(', ')}` : '';
  return {
    rule: 'unknown-version',
    path: ['apiVersion'],
    message: `the CustomResourceDefinition of ${api.kind} does not serve ${apiVersionOf(api)}${only}`,
    fix:
      served.length > 0
        ? `Use ${served.join(' or ')}, and compare the fields.`
        : 'Correct `versions` of the CustomResourceDefinition.',
  };
}
