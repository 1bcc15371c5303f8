import type { Resource } from '../../model/resource.ts';
import { type Api, apiOf, apiVersionOf, isOwnGroup, misspeltGroup, unserved } from './api.ts';
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
  const misspelt = misspeltGroup(api);
  return misspelt === undefined ? unknown : known([misspelt]);
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
  { catalog, rules }: Schemas,
): Judgement {
  const judged = definitions.map((crd) => judgeBy(crd, resource, api));
  const best = judged.reduce((least, one) => (one.problems.length < least.problems.length ? one : least));
  // Of the rules, those about metadata are also about custom resources.
  const found = rules.flatMap((rule) => [...rule(resource.object, { ...api, minor })]);
  return { ...known([...metadataProblems(resource, minor, catalog), ...best.problems], found), isUnknown: best.isUnknown };
}

function metadataProblems({ object }: Resource, minor: number, catalog: Catalog): readonly Problem[] {
  const metadata = catalog.metadata(minor);
  const holder = { is: 'object', name: '', fields: new Map([['metadata', () => metadata]]), required: [] } as const;
  return validate({ metadata: object.metadata ?? null }, holder);
}

function judgeBy({ versions }: Crd, { object }: Resource, api: Api): Judgement {
  const version = versions.get(api.version);
  if (version?.served !== true) return known([unservedVersion(api, versions)]);
  const schema = version.schema();
  return schema === undefined ? unknown : known(validateCustom(object, schema.root, version.hasStatus));
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
