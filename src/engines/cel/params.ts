import { isObject, type JsonObject } from '../../model/json.ts';
import { selects } from '../../model/label-selector.ts';
import { isNamespace } from '../../model/resource.ts';
import type { Admission } from './admission.ts';
import { type ApiResource, apiResource } from './kinds.ts';
import { metadataTexts } from './policy-document.ts';
import type { BindingSpec, PolicySpec } from './schema.ts';
import { type CelValue, toCel } from './values.ts';

export type ParamKind = NonNullable<PolicySpec['paramKind']>;
type ParamRef = NonNullable<BindingSpec['paramRef']>;

/** An object that a binding may name as parameters. */
export interface Param {
  readonly name: string;
  /** As written. */
  readonly namespace: string | undefined;
  readonly object: JsonObject;
  /** The same for expressions. */
  readonly cel: CelValue;
  /** Only for one that is deployed with the resource: the environments it is deployed to, and whether the configuration accepts such parameters. */
  readonly deployed?: { readonly environments: readonly string[]; readonly accepted: boolean };
}

export function paramOf(object: JsonObject, deployed?: Param['deployed']): Param {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return {
    name: typeof metadata.name === 'string' ? metadata.name : '',
    namespace: typeof metadata.namespace === 'string' ? metadata.namespace : undefined,
    object,
    cel: toCel(object),
    ...(deployed && { deployed }),
  };
}

/** The objects that a binding names, wherever they are. */
export function namedBy(paramRef: ParamRef, paramKind: ParamKind, params: readonly Param[]): readonly Param[] {
  const { name, selector } = paramRef;
  return params
    .filter(({ object }) => object.kind === paramKind.kind && object.apiVersion === paramKind.apiVersion)
    .filter((param) =>
      name === undefined ? selector && selects(selector, metadataTexts(param.object, 'labels')) : param.name === name,
    );
}

/** `doubt`: why an API server might use other parameters. */
export interface Collected {
  readonly cel: CelValue;
  readonly doubt?: string;
}
export type Collection =
  /** The policy is evaluated with each of them, or with one of them that is not known (`oneOf`). */
  { readonly params: readonly Collected[]; readonly oneOf: boolean } | { readonly unknown: string } | { readonly error: string };

const nothing: Collection = { params: [{ cel: null }], oneOf: false };

/**
 * The parameters of a policy for one object, as the API server collects them:
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#parameter-resources. Objects from the files of policies take
 * precedence over what is deployed with the resource, since a change can edit the latter. What is in neither may be in the cluster.
 */
export function collectParams(
  paramKind: ParamKind | null | undefined,
  { name, paramRef, params }: { readonly name: string; readonly paramRef?: ParamRef; readonly params: readonly Param[] },
  admission: Admission,
): Collection {
  if (!paramKind) return nothing;
  if (paramRef === undefined) return name === '' ? { unknown: 'no binding names its parameters' } : nothing;
  const kind = apiResource(paramKind.apiVersion, paramKind.kind, admission.place.definitions);
  const scope = scopeOf(kind, paramRef, admission);
  if ('error' in scope) return scope;
  const deployed = namedBy(paramRef, paramKind, admission.place.deployedParams ?? []).filter(
    ({ deployed: at }) => at !== undefined && reaches(at.environments, admission.place.environments ?? []),
  );
  const found = [...params, ...deployed.filter((param) => !params.some((own) => isSame(own, param)))].flatMap((param) => {
    const fit = fits(param, kind, scope);
    return fit === 'no' ? [] : [{ param, cel: param.cel, ...(fit !== 'yes' && { doubt: fit.doubt }) }];
  });
  if (found.length === 0) return { unknown: absent(paramRef, paramKind) };
  if (paramRef.name === undefined) return { params: found, oneOf: false };
  return choose(found);
}

interface Candidate extends Collected {
  readonly param: Param;
}

/** Of objects with one name, the first that is certain; otherwise each may be the one. */
function choose(found: readonly Candidate[]): Collection {
  const certain = found.filter(({ doubt }) => doubt === undefined);
  const [first, ...others] = certain.filter(
    ({ param }) => param.deployed === undefined || certain.every((one) => one.param.deployed),
  );
  if (first === undefined) return { params: found, oneOf: found.length > 1 };
  const different = others.filter(({ param }) => JSON.stringify(param.object) !== JSON.stringify(first.param.object));
  if (different.length === 0) return { params: [first], oneOf: false };
  const doubt = `there are ${different.length + 1} different objects named ${first.param.name}`;
  return { params: [first, ...different].map(({ cel }) => ({ cel, doubt })), oneOf: true };
}

/** The namespace of the parameters: undefined if it is that of the object, which its manifest leaves open. */
type Scope = { readonly namespace: string | undefined } | { readonly error: string };

function scopeOf({ namespaced, kind }: ApiResource, paramRef: ParamRef, admission: Admission): Scope {
  if (paramRef.namespace !== undefined)
    return namespaced === false
      ? { error: `paramRef.namespace is set, but ${kind} is cluster-scoped` }
      : { namespace: paramRef.namespace };
  const { object, resource, name, namespace, namespaceGuessed } = admission;
  if (isNamespace({ apiVersion: String(object.apiVersion), kind: resource.kind })) return { namespace: name };
  if (namespaced === true && resource.namespaced === false)
    return { error: `the binding has no paramRef.namespace, and ${resource.kind} is cluster-scoped` };
  return { namespace: namespaceGuessed ? undefined : namespace };
}

function fits(param: Param, { namespaced, kind }: ApiResource, { namespace }: { readonly namespace: string | undefined }) {
  const label = `${kind} ${param.namespace === undefined ? '' : `${param.namespace}/`}${param.name}`;
  const trust = (): 'yes' | { readonly doubt: string } =>
    param.deployed === undefined || param.deployed.accepted
      ? 'yes'
      : {
          doubt: `its parameters, ${label}, are deployed with it, so the change could edit them (engines.cel.paramsFromManifests accepts them)`,
        };
  if (namespaced === false) return trust();
  if (param.namespace === undefined) {
    if (namespaced === undefined) return { doubt: `there is no CustomResourceDefinition of ${kind}, so its scope is unknown` };
    // What leaves its namespace to whoever applies it gets that of the resource that does the same.
    if (param.deployed !== undefined && namespace === undefined) return trust();
    return { doubt: `its parameters, ${label}, have no metadata.namespace` };
  }
  if (namespace === undefined) return { doubt: `the manifest has no namespace, in which ${label} would be its parameters` };
  return param.namespace === namespace ? trust() : 'no';
}

function reaches(some: readonly string[], others: readonly string[]): boolean {
  return some.some((name) => others.includes(name)) || (some.length === 0 && others.length === 0);
}

function isSame(one: Param, other: Param): boolean {
  return one.name === other.name && one.namespace === other.namespace && one.object.kind === other.object.kind;
}

function absent({ name, parameterNotFoundAction: action }: ParamRef, { kind }: ParamKind): string {
  const without =
    action === 'Allow' ? ' (without them the policy allows everything)' : ' (without them the policy allows nothing)';
  return `its parameters, ${kind}${name === undefined ? 's' : ''} ${name ?? 'with the labels of paramRef.selector'}, are only in the cluster${action === undefined ? '' : without}`;
}
